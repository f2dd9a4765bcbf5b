//! `run`: runs a task, a workflow or a launch plan locally, with its inputs from the command line or a file.

use std::process::ExitCode;
use std::sync::Mutex;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::Value;

use super::engines;
use super::inputs::{self, InputError};
use super::verbs::Verb;
use super::{fail, refuse, show};
use crate::console::{end_when_unread, tell};
use crate::context::{self, Mode, Whereabouts};
use crate::declare::{Args, LaunchPlanDescriptor, LiteralType, Variable};
use crate::error::Error;
use crate::execute::{self, Answers, Local, Terminal};
use crate::registry::{Entry, RegisteredLaunchPlan, RegisteredTask, RegisteredWorkflow, Registry};
use crate::typed::{self, Here};
use crate::types::LiteralMapRef;

pub(super) const VERB: Verb = Verb::of_process("run", command, run);

/// An entity that can run.
#[derive(Clone, Copy)]
enum Runnable<'r> {
    Task(&'r RegisteredTask),
    Workflow(&'r RegisteredWorkflow),
    LaunchPlan(&'r RegisteredLaunchPlan),
}

impl<'r> Runnable<'r> {
    fn of(registry: &'r Registry, name: &str) -> Option<Self> {
        let workflow = || registry.workflows.get(name).map(Runnable::Workflow);
        let plan = || registry.launch_plans.get(name).map(Runnable::LaunchPlan);
        let task = registry.tasks.get(name).map(Runnable::Task);
        task.or_else(workflow).or_else(plan)
    }

    fn all(registry: &'r Registry) -> impl Iterator<Item = Self> {
        let workflows = registry.workflows.iter().map(Runnable::Workflow);
        let plans = registry.launch_plans.iter().map(Runnable::LaunchPlan);
        let tasks = registry.tasks.iter().map(Runnable::Task);
        tasks.chain(workflows).chain(plans)
    }

    fn noun(self) -> &'static str {
        match self {
            Runnable::Task(_) => RegisteredTask::NOUN.singular,
            Runnable::Workflow(_) => RegisteredWorkflow::NOUN.singular,
            Runnable::LaunchPlan(_) => RegisteredLaunchPlan::NOUN.singular,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Runnable::Task(task) => task.descriptor.name,
            Runnable::Workflow(workflow) => workflow.descriptor.name,
            Runnable::LaunchPlan(plan) => plan.descriptor.name,
        }
    }

    fn docs(self) -> &'static str {
        match self {
            Runnable::Task(task) => task.descriptor.docs,
            Runnable::Workflow(workflow) => workflow.descriptor.docs,
            Runnable::LaunchPlan(plan) => plan.descriptor.docs,
        }
    }

    fn inputs(self) -> &'static [Variable] {
        match self {
            Runnable::Task(task) => task.descriptor.inputs,
            Runnable::Workflow(workflow) => workflow.descriptor.inputs,
            Runnable::LaunchPlan(plan) => plan.descriptor.inputs,
        }
    }
}

fn command(verb: Command, registry: &Registry) -> Command {
    let runnables = Runnable::all(registry).map(|runnable| {
        // `defer` takes a function pointer, so the arguments are looked up by name again.
        let summary = runnable.docs().lines().next().unwrap_or_default();
        Command::new(runnable.name())
            .about(summary)
            .defer(with_arguments)
    });
    let (value_name, heading) = if !registry.launch_plans.is_empty() {
        ("NAME", "Tasks, workflows and launch plans")
    } else if !registry.workflows.is_empty() {
        ("NAME", "Tasks and workflows")
    } else {
        ("TASK", "Tasks")
    };
    verb.about("Run a task on this machine, or in Flyte: run --remote TASK")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand_value_name(value_name)
        .subcommand_help_heading(heading)
        .subcommands(runnables)
}

fn with_arguments(command: Command) -> Command {
    let Ok(registry) = Registry::load() else {
        return command;
    };
    match Runnable::of(&registry, command.get_name()) {
        Some(runnable) => arguments(command, runnable, &registry),
        None => command,
    }
}

fn arguments(command: Command, runnable: Runnable<'_>, registry: &Registry) -> Command {
    let command = command
        .arg(
            Arg::new(RAW_OUTPUT)
                .long("raw-output-data-prefix")
                .value_name("DIR")
                .help("The place for files and tables that the task returns [default: a new folder for temporary files]"),
        )
        .arg(
            Arg::new(JSON)
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print the outputs as JSON"),
        );
    #[cfg(feature = "deck")]
    let command = command.arg(
        Arg::new(OPEN)
            .long("open")
            .action(ArgAction::SetTrue)
            .help("Open the deck of each task with one in a browser"),
    );
    let command = match runnable {
        Runnable::Task(task) => engines::arguments(command, [of_element(task, registry)])
            .arg(
                Arg::new(CHECKPOINT)
                    .long("checkpoint-path")
                    .value_name("DIR")
                    .help("The place for the task's checkpoint [default: below --raw-output-data-prefix]"),
            )
            .arg(
                Arg::new(PREVIOUS_CHECKPOINT)
                    .long("prev-checkpoint")
                    .value_name("DIR")
                    .help("The place of the checkpoint of an earlier, unfinished run"),
            ),
        Runnable::Workflow(RegisteredWorkflow {
            descriptor: workflow,
            ..
        })
        | Runnable::LaunchPlan(RegisteredLaunchPlan {
            descriptor: LaunchPlanDescriptor { workflow, .. },
        }) => engines::arguments(command, engines::tasks(registry, workflow)).arg(
            Arg::new(SIGNAL)
                .long("signal")
                .value_name("NAME=VALUE")
                .action(ArgAction::Append)
                .help("The answer to the gate with this name; `run` asks for other answers at the terminal"),
        ),
    };
    inputs::arguments(command, runnable.inputs())
}

/// Ids of this program's own arguments.
const RAW_OUTPUT: &str = "--raw-output-data-prefix";
const JSON: &str = "--json";
#[cfg(feature = "deck")]
const OPEN: &str = "--open";
const CHECKPOINT: &str = "--checkpoint-path";
const PREVIOUS_CHECKPOINT: &str = "--prev-checkpoint";
const SIGNAL: &str = "--signal";

fn run(registry: &Registry, matches: &ArgMatches) -> ExitCode {
    let chosen = matches
        .subcommand()
        .and_then(|(name, matches)| Some((Runnable::of(registry, name)?, matches)));
    let Some((runnable, matches)) = chosen else {
        return ExitCode::FAILURE;
    };
    let file = match inputs::file(matches) {
        Ok(file) => file,
        Err(error) => return fail(&error),
    };
    let inputs = match inputs::read(runnable.inputs(), matches, file.as_ref(), &Here) {
        Ok(inputs) => inputs,
        Err(InputError::Usage(message)) => {
            let name = runnable.name();
            let command = Command::new(name).bin_name(format!("run {name}"));
            let command = &mut arguments(command, runnable, registry);
            return refuse(&command.error(ErrorKind::InvalidValue, message));
        }
        Err(InputError::File(error)) => return fail(&error),
    };
    // An engine's children end with this process, so a message is enough.
    if let Err(error) =
        execute::on_termination(|signal| tell(format_args!("error: ended by {signal}")))
    {
        return fail(&error);
    }
    end_when_unread();
    #[cfg(feature = "deck")]
    if matches.get_flag(OPEN) {
        crate::deck::open_when_left();
    }
    let (noun, name) = (runnable.noun(), runnable.name());
    let failed =
        move |error: &Error| fail(&execute::in_time(|| format!("{noun} {name}: {error:?}")));
    let _under_way = execute::during_run(failed);
    let abandon = |error: &Error| execute::leave(failed(error));
    let raw_output_prefix = match raw_output_prefix(matches) {
        Ok(prefix) => prefix,
        Err(error) => return fail(&error),
    };
    let abandon = execute::Abandon(&abandon);
    let local = Local {
        registry,
        mode: Mode::Local,
        raw_output_prefix: &raw_output_prefix,
        answers: &Given(matches),
        progress: &|path, entity| tell(format_args!("{path}: {entity}")),
        abandon,
        engines: &Mutex::new(()),
        targets: &|task| engines::given(matches, task),
    };
    let outputs = match runnable {
        Runnable::Task(task) if task.is_mapped() => local.mapped(task.descriptor, &inputs),
        Runnable::Task(task) => run_task(local, task, &inputs, matches),
        Runnable::Workflow(workflow) => local.workflow(workflow.descriptor, &inputs),
        Runnable::LaunchPlan(plan) => local.launch_plan(plan.descriptor, &inputs),
    };
    match outputs {
        Ok(outputs) => print(&outputs, matches.get_flag(JSON)),
        Err(error) => failed(&error),
    }
}

/// The task of a mapped task's elements, or the task itself.
fn of_element<'r>(task: &'r RegisteredTask, registry: &'r Registry) -> &'r RegisteredTask {
    match task.descriptor.args {
        Args::Map(mapped) => registry.tasks.get(mapped.task).unwrap_or(task),
        _ => task,
    }
}

fn run_task(
    local: Local<'_>,
    task: &RegisteredTask,
    inputs: &[u8],
    matches: &ArgMatches,
) -> Result<Vec<u8>, Error> {
    let place = |flag| matches.get_one::<String>(flag).map(|it| typed::place(it));
    let not_named = || Ok(format!("{}/checkpoint", local.raw_output_prefix));
    let whereabouts = Whereabouts {
        checkpoint: &place(CHECKPOINT).unwrap_or_else(not_named)?,
        previous_checkpoint: &place(PREVIOUS_CHECKPOINT).transpose()?.unwrap_or_default(),
        ..Whereabouts::here(local.raw_output_prefix)
    };
    local.alone(task, inputs, whereabouts)
}

/// The answers of the command line; for other gates, the terminal asks.
struct Given<'m>(&'m ArgMatches);

impl Answers for Given<'_> {
    fn answer(&self, signal: &str, literal_type: &LiteralType) -> Result<String, Error> {
        let given = self.0.get_many::<String>(SIGNAL).into_iter().flatten();
        let mut given = given.filter_map(|it| it.split_once('='));
        match given.find(|(name, _)| *name == signal) {
            Some((_, value)) => Ok(value.to_owned()),
            None => Terminal.answer(signal, literal_type),
        }
    }
}

/// The place for files and tables that the task returns. It is only a name: the first writer creates the
/// folder.
fn raw_output_prefix(matches: &ArgMatches) -> std::io::Result<String> {
    if let Some(given) = matches.get_one::<String>(RAW_OUTPUT) {
        return typed::place(given);
    }
    Ok(context::unique_place().to_string_lossy().into_owned())
}

/// Prints a line `o0 = 3.5` per output, or all outputs as one JSON object.
pub(super) fn print(outputs: &[u8], json: bool) -> ExitCode {
    let outputs = match typed::object(LiteralMapRef::new(outputs)) {
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
