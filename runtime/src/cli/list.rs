//! `list`: the tasks of a binary.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use flytekit_proto::tree::Message;
use serde_json::json;

use super::verbs::Verb;
use super::{fail, show};
use crate::console::{Foreign, tell};
use crate::declare::LiteralType;
use crate::declare::words::type_name;
use crate::registry::{FoundTask, NO_TASKS, Program};

pub(super) const VERB: Verb = Verb::of_program("list", command, list);

fn command(verb: Command) -> Command {
    verb.about("List the tasks of this binary").arg(
        Arg::new("json")
            .long("json")
            .action(ArgAction::SetTrue)
            .help("Print JSON, for programs"),
    )
}

fn list(program: &Program, matches: &ArgMatches) -> ExitCode {
    let listed = program.entities.tasks.iter().map(Listed::of);
    let tasks = match listed.collect::<Result<Vec<_>, _>>() {
        Ok(tasks) => tasks,
        Err(error) => return fail(&error),
    };
    if matches.get_flag("json") {
        let tasks: Vec<_> = tasks.iter().map(Listed::json).collect();
        return show(format!("{}\n", json!(tasks)).as_bytes());
    }
    if tasks.is_empty() {
        tell(NO_TASKS);
    }
    let entries: String = tasks.iter().map(Listed::entry).collect();
    show(entries.as_bytes())
}

/// What is said about a task.
struct Listed<'a> {
    name: &'a str,
    location: &'a str,
    task_type: &'a str,
    /// Names and types in words, sorted by name as they are on the wire.
    inputs: Vec<(String, String)>,
    outputs: Vec<(String, String)>,
    summary: &'a str,
}

impl<'a> Listed<'a> {
    fn of(task: &'a FoundTask) -> Result<Self, String> {
        let spec = Message::decode("flyteidl.admin.TaskSpec", &task.spec)
            .map_err(|error| format!("the template of `{}` is damaged: {error}", task.name))?;
        let template = spec.message("template");
        let interface = template.and_then(|template| template.message("interface"));
        let description = spec.message("description");
        let types = |name| interface.and_then(|it| it.message(name)).map(named_types);
        Ok(Listed {
            name: &task.name,
            location: &task.location,
            task_type: template.map_or("", |it| it.text("type")),
            inputs: types("inputs").unwrap_or_default(),
            outputs: types("outputs").unwrap_or_default(),
            summary: description.map_or("", |it| it.text("short_description")),
        })
    }

    fn json(&self) -> serde_json::Value {
        let object = |types: &[(String, String)]| types.iter().cloned().collect::<BTreeMap<_, _>>();
        json!({
            "name": self.name,
            "type": self.task_type,
            "inputs": object(&self.inputs),
            "outputs": object(&self.outputs),
            "location": self.location,
        })
    }

    /// The signature and, in a line of its own, the first one of the documentation.
    fn entry(&self) -> String {
        let summary = self.summary.lines().next();
        let summary = summary.map_or_else(String::new, |line| format!("    {}\n", Foreign(line)));
        // What lies in a file may be anybody's.
        format!("{}\n{summary}", Foreign(&self.signature()))
    }

    /// `app.add(a: integer, b: integer) -> o0: float  [python-task]`
    fn signature(&self) -> String {
        let join = |types: &[(String, String)]| {
            let each = types.iter().map(|(name, ty)| format!("{name}: {ty}"));
            each.collect::<Vec<_>>().join(", ")
        };
        let outputs = match &*self.outputs {
            [] => "nothing".to_owned(),
            outputs => join(outputs),
        };
        let Listed {
            name, task_type, ..
        } = self;
        format!("{name}({}) -> {outputs}  [{task_type}]", join(&self.inputs))
    }
}

/// Of a `flyteidl.core.VariableMap`.
fn named_types(variables: &Message<'_>) -> Vec<(String, String)> {
    let variables = variables.messages_by_name("variables");
    variables
        .map(|(name, variable)| (name.to_owned(), words_of(variable)))
        .collect()
}

fn words_of(variable: &Message<'_>) -> String {
    let known = variable.message("type").and_then(LiteralType::of);
    known.map_or_else(|| "another type".to_owned(), |it| type_name(&it))
}
