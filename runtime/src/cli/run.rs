//! `run`: a task on this machine, with its inputs from the command line or a file.

use std::path::Path;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::Value;

use super::{fail, show, values};
use crate::console::tell;
use crate::engine::Mode;
use crate::error::Error;
use crate::execute;
use crate::registry::{Registry, Task};
use crate::store;
use crate::template::words::object_names;
use crate::template::{LiteralType, SimpleType, Variable};
use crate::types::{LiteralMapRef, OutputsWriter};

pub(super) fn command(registry: &Registry) -> Command {
    let tasks = registry.tasks().iter().map(|task| {
        // `defer` takes no closure, so the arguments are found by the name again.
        let summary = task.descriptor.docs.lines().next().unwrap_or_default();
        Command::new(task.descriptor.name)
            .about(summary)
            .defer(with_arguments)
    });
    Command::new("run")
        .about("Run a task on this machine")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand_value_name("TASK")
        .subcommand_help_heading("Tasks")
        .subcommands(tasks)
}

fn with_arguments(command: Command) -> Command {
    let task = Registry::load()
        .ok()
        .and_then(|registry| registry.get(command.get_name()));
    task.map_or(command.clone(), |task| arguments(command, task))
}

fn arguments(command: Command, task: Task) -> Command {
    let command = command
        .arg(
            Arg::new(INPUTS)
                .long("inputs")
                .value_name("FILE")
                .help("All inputs from a file: a LiteralMap (inputs.pb), or an object (*.json)"),
        )
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
    command.args(
        task.descriptor
            .inputs
            .iter()
            .map(|variable| argument(variable, task)),
    )
}

/// Ids of this program's own arguments; no parameter can have such a name.
const INPUTS: &str = "--inputs";
const RAW_OUTPUT: &str = "--raw-output-data-prefix";
const JSON: &str = "--json";
const TARGET: &str = "--target";

/// The flag of an input. A name that this program uses itself gets `input-` in front.
fn argument(variable: &'static Variable, task: Task) -> Arg {
    let own = [
        "inputs",
        "raw_output_data_prefix",
        "json",
        "help",
        task.descriptor.task_type,
    ];
    let taken = own.contains(&variable.name);
    let flag = if taken {
        format!("input-{}", variable.name)
    } else {
        variable.name.to_owned()
    };
    let kebab = flag.replace('_', "-");
    let default = variable
        .default
        .map_or_else(String::new, |source| format!(" [default: {source}]"));
    let objects = object_names(&variable.literal_type);
    let objects = objects.into_iter().map(|object| format!("\n- {object}"));
    let help = [variable.description.to_owned(), default]
        .into_iter()
        .chain(objects)
        .collect::<String>();
    let mut argument = Arg::new(variable.name)
        .value_name(values::expectation(&variable.literal_type))
        .conflicts_with(INPUTS)
        .help(help.trim().to_owned());
    if variable.default.is_none() && !is_optional(&variable.literal_type) {
        argument = argument.required_unless_present(INPUTS);
    }
    if kebab != flag {
        argument = argument.alias(kebab);
    }
    let argument = argument.long(flag);
    match variable.literal_type {
        LiteralType::Simple(SimpleType::Boolean) => {
            argument.num_args(0..=1).default_missing_value("true")
        }
        _ => argument.allow_hyphen_values(true),
    }
}

fn is_optional(literal_type: &LiteralType) -> bool {
    matches!(literal_type, LiteralType::Union(union) if union.each().any(|it| it.literal_type.is_none()))
}

pub(super) fn run(registry: &Registry, matches: &ArgMatches) -> ExitCode {
    let chosen = matches
        .subcommand()
        .and_then(|(name, matches)| Some((registry.get(name)?, matches)));
    let Some((task, matches)) = chosen else {
        return ExitCode::FAILURE;
    };
    let inputs = match inputs(task, matches) {
        Ok(inputs) => inputs,
        Err(InputError::Usage(message)) => {
            let name = task.descriptor.name;
            let command = Command::new(name).bin_name(format!("run {name}"));
            let error = arguments(command, task).error(ErrorKind::InvalidValue, message);
            // Nothing can be done about a terminal that is gone.
            let _ = error.print();
            return ExitCode::from(2);
        }
        Err(InputError::File(error)) => return fail(&error),
    };
    // An engine's children die with this process; a word on the way out is all that is needed.
    if let Err(error) =
        execute::on_termination(|signal| tell(format_args!("error: ended by {signal}")))
    {
        return fail(&error);
    }
    let target = matches.try_get_one::<String>(TARGET).ok().flatten();
    let failed =
        |error: &Error| fail(&execute::Redacted::of(task.descriptor).redact(&format!("{error:?}")));
    let abandon = |error: &Error| {
        failed(error);
        std::process::exit(1);
    };
    let target = target.map(String::as_str);
    let raw_output_prefix = match raw_output_prefix(matches) {
        Ok(prefix) => prefix,
        Err(error) => return fail(&error),
    };
    let abandon = execute::Abandon(&abandon);
    match task.run(&inputs, Mode::Local, target, &raw_output_prefix, abandon) {
        Ok(outputs) => print(&outputs, matches.get_flag(JSON)),
        Err(error) => failed(&error),
    }
}

/// Where files and tables that the task returns go. It is only a name: who writes there makes the folder.
fn raw_output_prefix(matches: &ArgMatches) -> std::io::Result<String> {
    if let Some(given) = matches.get_one::<String>(RAW_OUTPUT) {
        return values::place(given);
    }
    let folder = std::env::temp_dir().join(format!("flytekit-{}", execute::unique()));
    Ok(folder.to_string_lossy().into_owned())
}

enum InputError {
    Usage(String),
    File(Error),
}

/// The inputs as a `LiteralMap`.
fn inputs(task: Task, matches: &ArgMatches) -> Result<Vec<u8>, InputError> {
    if let Some(file) = matches.get_one::<String>(INPUTS) {
        return read(task, file).map_err(InputError::File);
    }
    let mut literals = OutputsWriter::new();
    for variable in task.descriptor.inputs {
        let given = matches.get_one::<String>(variable.name).map(String::as_str);
        let text = match given {
            Some(text) => text,
            None if variable.default.is_none() && is_optional(&variable.literal_type) => "null",
            None => continue,
        };
        literals
            .literal(variable.name, |out| {
                values::write_text(out, &variable.literal_type, text)
            })
            .map_err(|error| InputError::Usage(error.to_string()))?;
    }
    Ok(literals.finish())
}

/// The inputs from a file: bytes as they are, JSON by the task's types.
fn read(task: Task, file: &str) -> Result<Vec<u8>, Error> {
    let bytes = store::read(file)?;
    if Path::new(file)
        .extension()
        .is_none_or(|extension| extension != "json")
    {
        return Ok(bytes);
    }
    let refused = |what: String| Error::bad_input(format!("{file}: {what}"));
    let json: Value = serde_json::from_slice(&bytes).map_err(|error| refused(error.to_string()))?;
    let members = json
        .as_object()
        .ok_or_else(|| refused("expected an object of inputs".to_owned()))?;
    let mut literals = OutputsWriter::new();
    for (name, value) in members {
        let variable = task
            .descriptor
            .inputs
            .iter()
            .find(|variable| variable.name == name);
        let variable =
            variable.ok_or_else(|| refused(format!("the task has no input `{name}`")))?;
        literals
            .literal(variable.name, |out| {
                values::write_json(out, &variable.literal_type, value)
            })
            .map_err(|error| refused(error.to_string()))?;
    }
    Ok(literals.finish())
}

/// Prints `o0 = 3.5` a line, or all as one JSON object.
fn print(outputs: &[u8], json: bool) -> ExitCode {
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
