//! `list`: the tasks, workflows and launch plans of a binary.

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use flytekit_proto::tree::{Message, Value};
use serde_json::json;

use super::verbs::Verb;
use super::{fail, show};
use crate::console::{Foreign, tell};
use crate::declare::LiteralType;
use crate::declare::words::type_name;
use crate::order;
use crate::registry::{Entities, Found, NO_TASKS, Program};

pub(super) const VERB: Verb = Verb::of_program("list", command, list);

fn command(verb: Command) -> Command {
    verb.about("List the tasks, workflows and launch plans of this binary")
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print JSON"),
        )
}

fn list(program: &Program, matches: &ArgMatches) -> ExitCode {
    let entities = &program.entities;
    let found = order::sort_by_name(entities.iter().collect(), |found| found.name());
    let listed = found.into_iter().map(|found| Listed::of(found, entities));
    let listed = match listed.collect::<Result<Vec<_>, _>>() {
        Ok(listed) => listed,
        Err(error) => return fail(&error),
    };
    if matches.get_flag("json") {
        let listed: Vec<_> = listed.iter().map(Listed::json).collect();
        return show(format!("{}\n", json!(listed)).as_bytes());
    }
    if listed.is_empty() {
        tell(NO_TASKS);
    }
    let entries: String = listed.iter().map(Listed::entry).collect();
    show(entries.as_bytes())
}

/// The description of an entity.
struct Listed<'a> {
    found: Found<'a>,
    /// The type of a task, or the workflow of a launch plan.
    of: String,
    /// The schedule of a launch plan.
    schedule: Option<String>,
    /// Names and types in words, sorted by name, like on the wire.
    inputs: Vec<(String, String)>,
    /// The outputs, like the inputs. For the workflow of another program, they are unknown.
    outputs: Option<Vec<(String, String)>>,
    summary: String,
}

impl<'a> Listed<'a> {
    fn of(found: Found<'a>, entities: &Entities) -> Result<Self, String> {
        let message = found.decoded()?;
        if let Found::LaunchPlan(plan) = found {
            let spec = message.message("spec");
            let inputs = spec.and_then(|spec| spec.message("default_inputs"));
            let workflow = entities.workflows.get(&plan.workflow);
            let workflow = workflow.filter(|_| !plan.elsewhere);
            let workflow = workflow.map(|it| Listed::of(Found::Workflow(it), entities));
            return Ok(Listed {
                found,
                of: plan.workflow.clone(),
                schedule: spec.and_then(schedule),
                inputs: inputs.map(parameter_types).unwrap_or_default(),
                outputs: workflow.transpose()?.and_then(|it| it.outputs),
                summary: plan.description.clone(),
            });
        }
        let template = message.message("template");
        let interface = template.and_then(|template| template.message("interface"));
        let description = message.message("description");
        let summary = description.map_or("", |it| it.text("short_description"));
        let types = |name| interface.and_then(|it| it.message(name)).map(named_types);
        Ok(Listed {
            found,
            of: template.map_or("", |it| it.text("type")).to_owned(),
            schedule: None,
            inputs: types("inputs").unwrap_or_default(),
            outputs: Some(types("outputs").unwrap_or_default()),
            summary: summary.to_owned(),
        })
    }

    fn json(&self) -> serde_json::Value {
        let object = |types: &[(String, String)]| {
            let mut object = serde_json::Map::new();
            object.extend(types.iter().map(|(name, of)| (name.clone(), json!(of))));
            object
        };
        let mut entry = json!({
            "name": self.found.name(),
            "kind": self.found.kind().to_string(),
            "inputs": object(&self.inputs),
            "outputs": self.outputs.as_deref().map(object),
            "location": self.found.location(),
        });
        match self.found {
            Found::Task(_) => entry["type"] = json!(self.of),
            Found::Workflow(_) => {}
            Found::LaunchPlan(_) => {
                entry["workflow"] = json!(self.of);
                entry["schedule"] = json!(self.schedule);
            }
        }
        entry
    }

    /// The signature, and the first line of the documentation.
    fn entry(&self) -> String {
        let summary = self.summary.lines().next();
        let summary = summary.map_or_else(String::new, |line| format!("    {}\n", Foreign(line)));
        // The content of a file is untrusted.
        format!("{}\n{summary}", Foreign(&self.signature()))
    }

    /// `app.add(a: integer, b: integer) -> o0: float  [python-task]`
    fn signature(&self) -> String {
        let join = |types: &[(String, String)]| {
            let each = types.iter().map(|(name, ty)| format!("{name}: {ty}"));
            each.collect::<Vec<_>>().join(", ")
        };
        let outputs = match self.outputs.as_deref() {
            None => String::new(),
            Some([]) => " -> nothing".to_owned(),
            Some(outputs) => format!(" -> {}", join(outputs)),
        };
        let what = match (self.found, &self.schedule) {
            (Found::Task(_), _) => self.of.clone(),
            (Found::Workflow(_), _) => "workflow".to_owned(),
            (Found::LaunchPlan(_), None) => format!("launch plan of {}", self.of),
            (Found::LaunchPlan(_), Some(schedule)) => {
                format!("launch plan of {}, {schedule}", self.of)
            }
        };
        let (name, inputs) = (self.found.name(), join(&self.inputs));
        format!("{name}({inputs}){outputs}  [{what}]")
    }
}

/// The schedule of a launch plan: `at 0 2 * * *`, `every 2 days`.
fn schedule(spec: &Message<'_>) -> Option<String> {
    let schedule = spec.message("entity_metadata")?.message("schedule")?;
    if let Some(cron) = schedule.message("cron_schedule") {
        return Some(format!("at {}", cron.text("schedule")));
    }
    if let Some(rate) = schedule.message("rate") {
        let value = match rate.get("value") {
            Some(Value::U32(value)) => *value,
            _ => 0,
        };
        let unit = match rate.number("unit") {
            0 => "minute",
            1 => "hour",
            _ => "day",
        };
        let plural = if value == 1 { "" } else { "s" };
        return Some(format!("every {value} {unit}{plural}"));
    }
    None
}

/// The names and types of a `flyteidl.core.VariableMap`.
fn named_types(variables: &Message<'_>) -> Vec<(String, String)> {
    let variables = variables.messages_by_name("variables");
    variables
        .map(|(name, variable)| (name.to_owned(), words_of(variable)))
        .collect()
}

/// The names and types of a `flyteidl.core.ParameterMap`.
fn parameter_types(parameters: &Message<'_>) -> Vec<(String, String)> {
    let parameters = parameters.messages_by_name("parameters");
    let variables = parameters.filter_map(|(name, it)| Some((name, it.message("var")?)));
    variables
        .map(|(name, variable)| (name.to_owned(), words_of(variable)))
        .collect()
}

fn words_of(variable: &Message<'_>) -> String {
    let known = variable.message("type").and_then(LiteralType::of);
    known.map_or_else(|| "another type".to_owned(), |it| type_name(&it))
}
