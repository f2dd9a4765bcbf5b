//! `run --remote`: runs a registered task in Flyte, with its inputs from the command line or a file.

mod files;
mod line;
mod options;
mod outcome;

use std::ffi::OsString;
use std::fmt::Display;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Command};
use flytekit_proto::flyteidl::core::{Identifier, Literal, LiteralMap};
use prost::Message;
use serde_json::json;

use super::inputs::{self, InputError};
use super::{fail, flags, refuse, show};
use crate::console::tell;
use crate::declare::Variable;
use crate::execute::on_termination;
use crate::register;
use crate::register::admin::Admin;
use crate::register::console::Console;
use crate::register::remote::{
    FindError, RemoteTask, Start, StartError, Started, Watch, find, start,
};
use crate::register::settings::Settings;
use crate::registry::nearest;
use crate::typed::{self, Files, Here};
use crate::types::{LiteralMapRef, LiteralWriter};
use files::Wanted;
use line::Line;
use options::Options;

/// The reason why the command stops.
enum Stop {
    /// The command line is wrong, or requests help.
    Usage(clap::Error),
    /// Any other failure.
    Failure(String),
}

impl From<clap::Error> for Stop {
    fn from(error: clap::Error) -> Self {
        Stop::Usage(error)
    }
}

fn stop(why: impl Display) -> Stop {
    Stop::Failure(why.to_string())
}

const TASK: &str = "TASK";

/// Executes the words after `run`, in the program with this name.
pub(super) fn run(program: &str, words: &[OsString]) -> ExitCode {
    let command = command(program);
    let line = Line::new(&command, words);
    let words = line.second(&command, options::is_left);
    let done = before_task(command, &line).and_then(|before| {
        let settings = Settings::resolve(&flags::given(&before)).map_err(stop)?;
        let conversation = Conversation::new(program, settings, &before)?;
        register::block_on(conversation.run(before, words)).map_err(stop)?
    });
    match done {
        Ok(code) => code,
        Err(Stop::Usage(error)) => refuse(&error),
        Err(Stop::Failure(why)) => fail(&why),
    }
}

fn command(program: &str) -> Command {
    let command = Command::new("run")
        .no_binary_name(true)
        .bin_name(format!("{program} run --remote"))
        .override_usage(format!("{program} run --remote [OPTIONS] <TASK> [INPUTS]"))
        .about("Run a task, a workflow or a launch plan in Flyte, where it is registered")
        .after_help(
            "The inputs follow the task; `--help` after the task lists them. If no input has an option's \
             name, the option can follow the task, too.",
        )
        .arg_required_else_help(true);
    options::all(command).arg(
        Arg::new(TASK)
            .required(true)
            .help("The name in Flyte of a task, a workflow or a launch plan"),
    )
}

/// The options that are known before the task is requested.
fn before_task(command: Command, line: &Line<'_>) -> Result<ArgMatches, Stop> {
    let mut words = line.first(&command, options::is_firm);
    words.extend(line.task.map(OsString::from));
    Ok(command.try_get_matches_from(words)?)
}

/// A conversation with Flyte about one task.
struct Conversation {
    program: String,
    task: String,
    settings: Settings,
    console: Console,
}

impl Conversation {
    fn new(program: &str, settings: Settings, matches: &ArgMatches) -> Result<Self, Stop> {
        let task = matches.get_one::<String>(TASK);
        Ok(Conversation {
            program: program.to_owned(),
            task: task.ok_or_else(|| stop("no task is given"))?.clone(),
            console: Console::of(&settings.platform),
            settings,
        })
    }

    /// Runs the task, with the options before it, and the words that are parsed with its inputs.
    async fn run(&self, before: ArgMatches, words: Vec<OsString>) -> Result<ExitCode, Stop> {
        // Connections belong to the runtime that drives them.
        let admin = Admin::connect(&self.settings.platform).map_err(stop)?;
        let task = self.find(&admin).await?;
        let command = self.command_of(&task);
        let after = command.clone().try_get_matches_from(words)?;
        let options = Options::new(before, after);
        let inputs = self.inputs(&admin, &task, command, &options).await?;
        let run = self
            .start(&admin, &task.id, inputs, options.start())
            .await?;
        if !options.waits() {
            return Ok(self.tell_name(&run, options.json()));
        }
        self.wait(&admin, &run, &options).await
    }

    async fn find(&self, admin: &Admin) -> Result<RemoteTask, Stop> {
        let Settings {
            project,
            domain,
            version,
            ..
        } = &self.settings;
        let found = find(admin, project, domain, &self.task, version.as_deref()).await;
        let mut found = found.map_err(|error| stop(self.not_found(&error)))?;
        for input in &mut found.inputs {
            if let Some(default) = found.defaults.literals.get(input.name) {
                input.default = Some(in_json(input.name, default).leak());
            }
        }
        Ok(found)
    }

    fn not_found(&self, error: &FindError) -> String {
        let (name, settings) = (&self.task, &self.settings);
        let place = format!(
            "in the project `{}`, domain `{}`",
            settings.project, settings.domain
        );
        match error {
            FindError::Admin(error) => error.to_string(),
            FindError::NoVersion(newest) => {
                let version = settings.version.as_deref().unwrap_or_default();
                format!(
                    "the task `{name}` has no version `{version}` {place}; its newest one is \
                     `{newest}`"
                )
            }
            FindError::NoTask(names) if names.is_empty() => {
                format!("no tasks are registered {place}")
            }
            FindError::NoTask(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let near = nearest(&names, name);
                let near = near.map(|near| format!("; did you mean `{near}`?"));
                format!(
                    "there is no task `{name}` {place}{}",
                    near.unwrap_or_default()
                )
            }
        }
    }

    /// The flags after the task.
    fn command_of(&self, task: &RemoteTask) -> Command {
        let command = Command::new("run")
            .no_binary_name(true)
            .bin_name(format!("{} run --remote {}", self.program, self.task))
            .about(task.summary.clone());
        let foreign = task.foreign.join("`, `");
        let command = if foreign.is_empty() {
            command
        } else {
            command.after_help(format!(
                "Flags cannot represent the type of `{foreign}`: give such inputs in a LiteralMap, \
                 with --inputs."
            ))
        };
        options::beside(command, &task.inputs)
    }

    async fn inputs(
        &self,
        admin: &Admin,
        task: &RemoteTask,
        mut command: Command,
        options: &Options,
    ) -> Result<LiteralMap, Stop> {
        let file = inputs::file(options.inputs()).map_err(stop)?;
        let mut read = |files: &dyn Files| {
            let read = inputs::read(&task.inputs, options.inputs(), file.as_ref(), files);
            read.map_err(|error| match error {
                InputError::Usage(message) => {
                    command.error(ErrorKind::InvalidValue, message).into()
                }
                InputError::File(error) => stop(error),
            })
        };
        let wanted = Wanted::default();
        let mut bytes = read(&wanted)?;
        if !wanted.is_empty() {
            let uploaded = wanted.upload(admin, &self.settings).await;
            bytes = read(&uploaded.map_err(stop)?)?;
        }
        complete(task, &bytes)
    }

    async fn start(
        &self,
        admin: &Admin,
        task: &Identifier,
        inputs: LiteralMap,
        how: Start,
    ) -> Result<Started, Stop> {
        let started = start(admin, task, inputs, how).await;
        started.map_err(|error| match error {
            StartError::Admin(error) => stop(error),
            StartError::NameTaken(id) => stop(format!(
                "there is a run `{}` already, of another task or with other inputs: {}",
                id.name,
                self.console.execution(&id)
            )),
        })
    }

    /// Prints the name of the run, for callers that do not wait for it.
    fn tell_name(&self, run: &Started, as_json: bool) -> ExitCode {
        let id = &run.id;
        let link = self.console.execution(id);
        if as_json {
            let run = json!({
                "name": id.name, "project": id.project, "domain": id.domain, "link": link,
            });
            return show(format!("{run}\n").as_bytes());
        }
        tell(format_args!("{}{link}", started_before(run)));
        show(format!("{}\n", id.name).as_bytes())
    }

    async fn wait(
        &self,
        admin: &Admin,
        run: &Started,
        options: &Options,
    ) -> Result<ExitCode, Stop> {
        let link = self.console.execution(&run.id);
        tell(format_args!(
            "{}{}: {link}",
            started_before(run),
            run.id.name
        ));
        let left = link.clone();
        let leave = move |signal: &str| {
            tell(format_args!("ended by {signal}; the run goes on\n{left}"));
        };
        on_termination(leave).map_err(stop)?;
        let watch = Watch::new(admin, &run.id, options.follows());
        let ended = watch.wait(options.timeout()).await;
        match outcome::of(admin, &run.id, ended).await {
            Ok(outputs) => Ok(super::run::print(&outputs, options.json())),
            Err(why) => Err(stop(format!("{why}\n{link}"))),
        }
    }
}

fn started_before(run: &Started) -> &'static str {
    if run.before {
        "this run was started before\n"
    } else {
        ""
    }
}

/// A default, in the form of the command line.
fn in_json(name: &str, literal: &Literal) -> String {
    let literals = [(name.to_owned(), literal.clone())].into();
    let bytes = LiteralMap { literals }.encode_to_vec();
    let object = typed::object(LiteralMapRef::new(&bytes));
    let value = object.ok().and_then(|mut object| object.remove(name));
    value.map_or_else(|| "a value".to_owned(), |value| value.to_string())
}

/// The inputs, with null for those that may be left out. Flyte fills in defaults.
fn complete(task: &RemoteTask, bytes: &[u8]) -> Result<LiteralMap, Stop> {
    let mut literals = LiteralMap::decode(bytes)
        .map_err(|error| stop(format!("the inputs are not a LiteralMap: {error}")))?;
    let absent = |name: &&str| {
        !literals.literals.contains_key(*name) && !task.defaults.literals.contains_key(*name)
    };
    let known = task.inputs.iter();
    let (optional, required): (Vec<&Variable>, Vec<_>) = known
        .filter(|input| absent(&input.name))
        .partition(|input| inputs::is_optional(&input.literal_type));
    let required = required.into_iter().map(|input| input.name);
    let foreign = task.foreign.iter().map(String::as_str).filter(absent);
    let missing: Vec<&str> = required.chain(foreign).collect();
    if !missing.is_empty() {
        let missing = missing.join("`, `");
        return Err(stop(format!(
            "`{}` needs a value for `{missing}`",
            task.id.name
        )));
    }
    for input in optional {
        literals
            .literals
            .insert(input.name.to_owned(), null(input)?);
    }
    Ok(literals)
}

fn null(input: &Variable) -> Result<Literal, Stop> {
    let written =
        LiteralWriter::to_bytes(|out| typed::write_text(out, &input.literal_type, "null", &Here));
    Literal::decode(&*written.map_err(stop)?).map_err(stop)
}
