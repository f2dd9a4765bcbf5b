//! `execute`: the entrypoint of a task's container, with flytekit's flags.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};

use super::unknown_task;
use super::verbs::Verb;
use crate::error::Error;
use crate::execute::container;
use crate::registry::Registry;

/// What to say of a task in an image with flytekit's launcher, to which nothing says what to fetch.
const NO_TASKS: &str = "the image's executable has no tasks; if it is flytekit's launcher, tasks have to be \
    registered with `--fast`, which tells them from where to fetch theirs";

pub(super) const VERB: Verb = Verb::of_process("execute", command, execute);

fn command(verb: Command, _: &Registry) -> Command {
    let flag = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    verb.about("Run a task as Flyte does, from files to files")
        .arg(flag("task", "NAME", "The task's name").required(true))
        .arg(flag("inputs", "URI", "The serialized LiteralMap of its inputs").required(true))
        .arg(flag("output-prefix", "URI", "Where outputs.pb or error.pb goes").required(true))
        .arg(flag(
            "raw-output-data-prefix",
            "URI",
            "Where files and tables that the task returns go",
        ))
        .arg(flag("checkpoint-path", "URI", "This attempt's checkpoint"))
        .arg(flag("prev-checkpoint", "URI", "The attempt's before"))
}

fn execute(registry: &Registry, matches: &ArgMatches) -> ExitCode {
    let argument = |name| matches.get_one::<String>(name).map_or("", String::as_str);
    let name = argument("task");
    let tasks = &registry.tasks;
    let unknown = || {
        if tasks.is_empty() {
            return Error::user(NO_TASKS);
        }
        Error::user(unknown_task(tasks.names(), name))
    };
    let arguments = container::Arguments {
        task: name,
        inputs: argument("inputs"),
        output_prefix: argument("output-prefix"),
        raw_output_prefix: argument("raw-output-data-prefix"),
    };
    container::execute(tasks.get(name).ok_or_else(unknown), arguments)
}
