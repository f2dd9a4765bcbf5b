//! `describe`: what would be registered for a task.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};

use super::verbs::Verb;
use super::{fail, show};
use crate::registry::Program;
use crate::registry::unknown_task;

/// The message that a task's bytes are.
const MESSAGE: &str = "flyteidl.admin.TaskSpec";

pub(super) const VERB: Verb = Verb::of_program("describe", command, describe);

fn command(verb: Command) -> Command {
    verb.about("Show a task's template and description, as they lie in this binary")
        .arg(
            Arg::new("task")
                .value_name("NAME")
                .required(true)
                .help("The task's name"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(["text", "json", "pb"])
                .default_value("text")
                .help("Text-format protobuf, its JSON form, or the bytes of the TaskSpec"),
        )
}

fn describe(program: &Program, matches: &ArgMatches) -> ExitCode {
    let argument = |name| matches.get_one::<String>(name).map_or("", String::as_str);
    let name = argument("task");
    let Some(task) = program.entities.tasks.get(name) else {
        return fail(&unknown_task(program.entities.tasks.names(), name));
    };
    let spec = &task.spec;
    let shown = match argument("format") {
        "pb" => Ok(spec.clone()),
        "json" => flytekit_proto::json::format(MESSAGE, spec)
            .map(|json| format!("{json:#}\n").into_bytes()),
        _ => flytekit_proto::text::format(MESSAGE, spec).map(String::into_bytes),
    };
    match shown {
        Ok(shown) => show(&shown),
        Err(error) => fail(&error),
    }
}
