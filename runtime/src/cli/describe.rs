//! `describe`: shows the message that would be registered for an entity.

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::verbs::Verb;
use super::{fail, show};
use crate::registry::{Found, Program, unknown_entity};

pub(super) const VERB: Verb = Verb::of_program("describe", command, describe);

fn command(verb: Command) -> Command {
    verb.about("Show the message of a task, a workflow or a launch plan that this binary contains")
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .required(true)
                .help("Its name"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(FORMATS)
                .default_value("text")
                .help(HELP),
        )
        .arg(
            Arg::new(LAUNCH_PLAN)
                .long("launch-plan")
                .action(ArgAction::SetTrue)
                .help("The default launch plan of a workflow"),
        )
}

#[cfg(feature = "package")]
const FORMATS: [&str; 7] = ["text", "json", "pb", "outline", "svg", "mermaid", "dot"];
#[cfg(not(feature = "package"))]
const FORMATS: [&str; 3] = ["text", "json", "pb"];

#[cfg(feature = "package")]
const HELP: &str = "Text-format protobuf, its JSON form, or the bytes of the message; of a workflow also a \
    picture: in lines of text, as SVG, for Mermaid, or for Graphviz";
#[cfg(not(feature = "package"))]
const HELP: &str = "Text-format protobuf, its JSON form, or the bytes of the message";

const LAUNCH_PLAN: &str = "launch-plan";

fn describe(program: &Program, matches: &ArgMatches) -> ExitCode {
    match described(program, matches) {
        Ok(shown) => show(&shown),
        Err(error) => fail(&error),
    }
}

fn described(program: &Program, matches: &ArgMatches) -> Result<Vec<u8>, String> {
    let argument = |name| matches.get_one::<String>(name).map_or("", String::as_str);
    let name = argument("name");
    let found = program.entities.get(name);
    let mut found = found.ok_or_else(|| unknown_entity(&program.entities, name))?;
    if matches.get_flag(LAUNCH_PLAN) {
        found = match found {
            Found::Workflow(workflow) => Found::LaunchPlan(&workflow.default_plan),
            Found::LaunchPlan(_) => found,
            Found::Task(_) => {
                return Err(format!("`{name}` is a task, which has no launch plan"));
            }
        };
    }
    let (message, bytes) = (found.message(), found.bytes());
    let shown = match argument("format") {
        "pb" => Ok(bytes.to_vec()),
        #[cfg(feature = "package")]
        picture @ ("outline" | "svg" | "mermaid" | "dot") => return drawn(found, picture),
        "json" => flytekit_proto::json::format(message, bytes)
            .map(|json| format!("{json:#}\n").into_bytes()),
        _ => flytekit_proto::text::format(message, bytes).map(String::into_bytes),
    };
    shown.map_err(|error| error.to_string())
}

/// A picture of a workflow's graph.
#[cfg(feature = "package")]
fn drawn(found: Found<'_>, format: &str) -> Result<Vec<u8>, String> {
    use crate::draw::{dot, graph, mermaid, outline, svg};

    if !matches!(found, Found::Workflow(_)) {
        let (kind, name) = (found.kind(), found.name());
        return Err(format!("`{name}` is a {kind}: only workflows can be drawn"));
    }
    let graph = graph(&found.decoded()?);
    let picture = match format {
        "svg" => svg(&graph),
        "mermaid" => mermaid(&graph),
        "dot" => dot(&graph),
        _ => outline(&graph),
    };
    Ok(picture.into_bytes())
}
