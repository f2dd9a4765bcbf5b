//! `list`: the tasks of this binary.

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

use crate::registry::{NO_TASKS, Registry, Task};
use crate::template::{LiteralType, SimpleType, Variable};

pub(super) fn command() -> Command {
    Command::new("list").about("List the tasks of this binary").arg(
        Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print JSON, for programs"),
    )
}

pub(super) fn list(registry: &Registry, matches: &ArgMatches) -> ExitCode {
    if matches.get_flag("json") {
        let tasks: Vec<_> = registry.tasks().iter().map(task_json).collect();
        println!("{}", json!(tasks));
        return ExitCode::SUCCESS;
    }
    if registry.tasks().is_empty() {
        eprintln!("{NO_TASKS}");
    }
    for task in registry.tasks() {
        println!("{}", signature(task));
        let summary = task.descriptor.docs.lines().next().unwrap_or_default();
        if !summary.is_empty() {
            println!("    {summary}");
        }
    }
    ExitCode::SUCCESS
}

fn task_json(task: &Task) -> serde_json::Value {
    let variables = |variables: &[Variable]| {
        let types = variables.iter().map(|it| (it.name.to_owned(), type_name(&it.literal_type).into()));
        serde_json::Value::Object(types.collect())
    };
    let descriptor = task.descriptor;
    json!({
        "name": descriptor.name,
        "type": descriptor.task_type,
        "inputs": variables(descriptor.inputs),
        "outputs": variables(descriptor.outputs),
        "location": descriptor.location.to_string(),
    })
}

/// `app.add(a: integer, b: integer) -> o0: float  [python-task]`
fn signature(task: &Task) -> String {
    let variables = |variables: &[Variable]| {
        let each = variables.iter().map(|it| format!("{}: {}", it.name, type_name(&it.literal_type)));
        each.collect::<Vec<_>>().join(", ")
    };
    let descriptor = task.descriptor;
    let outputs = if descriptor.outputs.is_empty() { "nothing".to_owned() } else { variables(descriptor.outputs) };
    format!("{}({}) -> {outputs}  [{}]", descriptor.name, variables(descriptor.inputs), descriptor.task_type)
}

/// A type in words: `list of optional integer`.
pub(super) fn type_name(literal_type: &LiteralType) -> String {
    match literal_type {
        LiteralType::Simple(SimpleType::None) => "none".to_owned(),
        LiteralType::Simple(SimpleType::Integer) => "integer".to_owned(),
        LiteralType::Simple(SimpleType::Float) => "float".to_owned(),
        LiteralType::Simple(SimpleType::String) => "string".to_owned(),
        LiteralType::Simple(SimpleType::Boolean) => "boolean".to_owned(),
        LiteralType::Collection(element) => format!("list of {}", type_name(element)),
        LiteralType::Map(value) => format!("map of {}", type_name(value)),
        LiteralType::Union(variants) => {
            let named = variants.iter().map(|variant| type_name(&variant.literal_type));
            named.collect::<Vec<_>>().join(" or ")
        }
    }
}
