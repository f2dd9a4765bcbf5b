//! `describe`: what would be registered for an entity.

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::verbs::Verb;
use super::{fail, show};
use crate::registry::{Found, Program, unknown_entity};

pub(super) const VERB: Verb = Verb::of_program("describe", command, describe);

fn command(verb: Command) -> Command {
    verb.about("Show what is registered for a task, a workflow or a launch plan, as it lies in this binary")
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .required(true)
                .help("Its name"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(["text", "json", "pb"])
                .default_value("text")
                .help("Text-format protobuf, its JSON form, or the bytes of the message"),
        )
        .arg(
            Arg::new(LAUNCH_PLAN)
                .long("launch-plan")
                .action(ArgAction::SetTrue)
                .help("Of a workflow: the launch plan of its name"),
        )
}

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
        "json" => flytekit_proto::json::format(message, bytes)
            .map(|json| format!("{json:#}\n").into_bytes()),
        _ => flytekit_proto::text::format(message, bytes).map(String::into_bytes),
    };
    shown.map_err(|error| error.to_string())
}
