//! `run`: a task on this machine, with its inputs from the command line or a file.

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::Value;

use super::inputs::{self, Here, InputError};
use super::verbs::Verb;
use super::{fail, refuse, show, values};
use crate::console::{end_when_unread, tell};
use crate::context::{self, Mode};
use crate::error::Error;
use crate::execute::{self, Product, Products};
use crate::registry::{RegisteredTask, Registry};
use crate::types::LiteralMapRef;

pub(super) const VERB: Verb = Verb::of_process("run", command, run);

fn command(verb: Command, registry: &Registry) -> Command {
    let tasks = registry.tasks.iter().map(|task| {
        // `defer` takes no closure, so the arguments are found by the name again.
        let summary = task.descriptor.docs.lines().next().unwrap_or_default();
        Command::new(task.descriptor.name)
            .about(summary)
            .defer(with_arguments)
    });
    verb.about("Run a task on this machine, or in Flyte: run --remote TASK")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand_value_name("TASK")
        .subcommand_help_heading("Tasks")
        .subcommands(tasks)
}

fn with_arguments(command: Command) -> Command {
    let registry = Registry::load().ok();
    let tasks = registry.as_ref().map(|registry| &registry.tasks);
    match tasks.and_then(|tasks| tasks.get(command.get_name())) {
        Some(task) => arguments(command, task),
        None => command,
    }
}

fn arguments(command: Command, task: &RegisteredTask) -> Command {
    let command = command
        .arg(
            Arg::new(RAW_OUTPUT)
                .long("raw-output-data-prefix")
                .value_name("DIR")
                .help("Where files and tables that the task returns go [default: a new folder for temporary files]"),
        )
        .arg(
            Arg::new(JSON)
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print the outputs as JSON"),
        );
    let command = match task.targets {
        Some(targets) => command.arg(
            Arg::new(TARGET)
                .long(task.descriptor.task_type)
                .value_name("TARGET")
                .help(targets),
        ),
        None => command,
    };
    inputs::arguments(command, task.descriptor.inputs)
}

/// Ids of this program's own arguments.
const RAW_OUTPUT: &str = "--raw-output-data-prefix";
const JSON: &str = "--json";
const TARGET: &str = "--target";

fn run(registry: &Registry, matches: &ArgMatches) -> ExitCode {
    let chosen = matches
        .subcommand()
        .and_then(|(name, matches)| Some((registry.tasks.get(name)?, matches)));
    let Some((task, matches)) = chosen else {
        return ExitCode::FAILURE;
    };
    let file = match inputs::file(matches) {
        Ok(file) => file,
        Err(error) => return fail(&error),
    };
    let inputs = match inputs::read(task.descriptor.inputs, matches, file.as_ref(), &Here) {
        Ok(inputs) => inputs,
        Err(InputError::Usage(message)) => {
            let name = task.descriptor.name;
            let command = Command::new(name).bin_name(format!("run {name}"));
            return refuse(&arguments(command, task).error(ErrorKind::InvalidValue, message));
        }
        Err(InputError::File(error)) => return fail(&error),
    };
    // An engine's children die with this process; a word on the way out is all that is needed.
    if let Err(error) =
        execute::on_termination(|signal| tell(format_args!("error: ended by {signal}")))
    {
        return fail(&error);
    }
    end_when_unread();
    let target = matches.try_get_one::<String>(TARGET).ok().flatten();
    let name = task.descriptor.name;
    let failed = move |error: &Error| fail(&execute::in_time(|| format!("task {name}: {error:?}")));
    let _under_way = execute::during_run(failed);
    let abandon = |error: &Error| execute::leave(failed(error));
    let target = target.map(String::as_str);
    let raw_output_prefix = match raw_output_prefix(matches) {
        Ok(prefix) => prefix,
        Err(error) => return fail(&error),
    };
    let abandon = execute::Abandon(&abandon);
    match task.run(&inputs, Mode::Local, target, &raw_output_prefix, abandon) {
        Ok(Products {
            product: Product::Outputs(outputs),
        }) => print(&outputs.to_vec(), matches.get_flag(JSON)),
        Err(error) => failed(&error),
    }
}

/// Where files and tables that the task returns go. It is only a name: who writes there makes the folder.
fn raw_output_prefix(matches: &ArgMatches) -> std::io::Result<String> {
    if let Some(given) = matches.get_one::<String>(RAW_OUTPUT) {
        return values::place(given);
    }
    let folder = std::env::temp_dir().join(format!("flytekit-{}", context::unique()));
    Ok(folder.to_string_lossy().into_owned())
}

/// Prints `o0 = 3.5` a line, or all as one JSON object.
pub(super) fn print(outputs: &[u8], json: bool) -> ExitCode {
    let outputs = match values::object(LiteralMapRef::new(outputs)) {
        Ok(outputs) => outputs,
        Err(error) => return fail(&error),
    };
    let text: String = if json {
        format!("{}\n", Value::Object(outputs))
    } else {
        let lines = outputs
            .iter()
            .map(|(name, value)| format!("{name} = {value}\n"));
        lines.collect()
    };
    show(text.as_bytes())
}
