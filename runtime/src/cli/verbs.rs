//! The table of verbs. Each verb is a file and a line here.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};

#[cfg(feature = "register")]
use super::{activate, deactivate, register, remote};
use super::{describe, execute, fail, fast_execute, list, logging, refuse, run as here};
#[cfg(feature = "package")]
use super::{diff, package, settings};
use crate::registry::{Program, Registry};

/// The verb of a module, or a placeholder if this build lacks its feature.
macro_rules! with_feature {
    ($feature:literal, $module:ident) => {{
        #[cfg(feature = $feature)]
        {
            $module::VERB
        }
        #[cfg(not(feature = $feature))]
        {
            Verb::missing(stringify!($module), $feature)
        }
    }};
}

/// All verbs, in the order in which help lists them.
const VERBS: &[Verb] = &[
    list::VERB,
    describe::VERB,
    with_feature!("package", diff),
    with_feature!("package", settings),
    with_feature!("package", package),
    with_feature!("register", register),
    with_feature!("register", activate),
    with_feature!("register", deactivate),
    here::VERB,
    execute::VERB,
    fast_execute::VERB,
];

/// A subcommand of a program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verb {
    name: &'static str,
    action: Action,
}

/// The subject of a verb, its flags, and its code.
#[derive(Clone, Copy, Debug)]
enum Action {
    /// The entities of the program. None of its code runs, so this also works on a file.
    Program(Flags, fn(&Program, &ArgMatches) -> ExitCode),
    /// The surroundings of the program: its crate and its settings.
    #[cfg_attr(not(feature = "package"), expect(dead_code, reason = "it has none"))]
    Crate(Flags, fn(&ArgMatches) -> ExitCode),
    /// Code of this process.
    Process(
        fn(Command, &Registry) -> Command,
        fn(&Registry, &ArgMatches) -> ExitCode,
    ),
    /// This build lacks the verb; the feature with this name adds it.
    #[cfg_attr(feature = "register", expect(dead_code, reason = "it has them all"))]
    Missing(&'static str),
}

/// Adds the flags of a command.
type Flags = fn(Command) -> Command;

impl Verb {
    /// A verb about the entities of a program.
    pub(super) const fn of_program(
        name: &'static str,
        flags: Flags,
        run: fn(&Program, &ArgMatches) -> ExitCode,
    ) -> Self {
        let action = Action::Program(flags, run);
        Verb { name, action }
    }

    /// A verb that needs no program.
    #[cfg(feature = "package")]
    pub(super) const fn of_crate(
        name: &'static str,
        flags: Flags,
        run: fn(&ArgMatches) -> ExitCode,
    ) -> Self {
        let action = Action::Crate(flags, run);
        Verb { name, action }
    }

    /// A verb that runs code of this process.
    pub(super) const fn of_process(
        name: &'static str,
        flags: fn(Command, &Registry) -> Command,
        run: fn(&Registry, &ArgMatches) -> ExitCode,
    ) -> Self {
        let action = Action::Process(flags, run);
        Verb { name, action }
    }

    #[cfg(not(feature = "register"))]
    const fn missing(name: &'static str, feature: &'static str) -> Self {
        let action = Action::Missing(feature);
        Verb { name, action }
    }

    /// The verb's command, unless it needs code of the process.
    fn command(&self) -> Option<Command> {
        let command = Command::new(self.name);
        match self.action {
            Action::Program(flags, _) | Action::Crate(flags, _) => Some(flags(command)),
            Action::Process(..) => None,
            Action::Missing(_) => {
                let words = Arg::new("words").num_args(0..).trailing_var_arg(true);
                let words = words.allow_hyphen_values(true);
                Some(command.hide(true).disable_help_flag(true).arg(words))
            }
        }
    }

    /// The verb's command in this process.
    fn command_here(&self, registry: &Registry) -> Option<Command> {
        match self.action {
            Action::Process(flags, _) => Some(flags(Command::new(self.name), registry)),
            _ => self.command(),
        }
    }
}

/// The chosen verb, and its arguments.
fn chosen(matches: &ArgMatches) -> Option<(&'static Verb, &ArgMatches)> {
    let (name, matches) = matches.subcommand()?;
    let verb = VERBS.iter().find(|verb| verb.name == name)?;
    Some((verb, matches))
}

/// The subcommands of this process.
pub(super) fn commands_here(registry: &Registry) -> impl Iterator<Item = Command> {
    let verbs = VERBS.iter();
    verbs.filter_map(|verb| verb.command_here(registry))
}

/// Executes a command line in this process, if it has a verb.
pub(super) fn run_here(registry: &Registry, matches: &ArgMatches) -> Option<ExitCode> {
    let (verb, words) = chosen(matches)?;
    if let Action::Process(_, run) = verb.action {
        return Some(run(registry, words));
    }
    match Program::of_process(registry) {
        Ok(program) => run(&program, matches),
        Err(error) => Some(fail(&error)),
    }
}

/// The subcommands that work on a file.
pub fn commands() -> Vec<Command> {
    VERBS.iter().filter_map(Verb::command).collect()
}

/// Whether the chosen subcommand needs the entities of a program.
pub fn needs_program(matches: &ArgMatches) -> bool {
    let verb = chosen(matches).map(|(verb, _)| verb.action);
    !matches!(verb, Some(Action::Crate(..)))
}

/// Executes a command line, if it has one of [`commands`].
pub fn run(program: &Program, matches: &ArgMatches) -> Option<ExitCode> {
    let (verb, matches) = chosen(matches)?;
    match verb.action {
        Action::Program(_, run) => Some(run(program, matches)),
        Action::Crate(_, run) => Some(run(matches)),
        Action::Process(..) => None,
        Action::Missing(feature) => Some(fail(&format_args!(
            "this binary has no `{name}`: build it with the feature `{feature}` of `flytekit`, or use \
             `cargo flytekit {name}`",
            name = verb.name
        ))),
    }
}

/// Prints an error to standard error, and returns the exit code of a failure.
pub fn say_failure(error: &dyn std::fmt::Display) -> ExitCode {
    fail(error)
}

/// Reports the mistakes of a command line, or shows the requested help, and returns the exit code.
pub fn say_usage(error: &clap::Error) -> ExitCode {
    refuse(error)
}

/// Starts logging if the environment configures it.
pub fn start_logging() {
    logging::start();
}

/// Runs a registered task in Flyte, if the words after `run` contain `--remote`. The task need not be one of
/// the program's.
pub fn run_remote(program: &str, words: &[OsString]) -> Option<ExitCode> {
    // If the words begin with a task, it runs locally.
    let begins_with_option = words.first()?.as_encoded_bytes().starts_with(b"-");
    let is_remote = |word: &OsString| word == "--remote" || word == "-r";
    if !begins_with_option || !words.iter().any(is_remote) {
        return None;
    }
    #[cfg(feature = "register")]
    return Some(remote::run(program, words));
    #[cfg(not(feature = "register"))]
    return Some(fail(&format_args!(
        "`{program}` cannot reach Flyte: build it with the feature `register` of `flytekit`, or use \
         `cargo flytekit run --remote`"
    )));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_verb_has_its_own_name() {
        let names: BTreeSet<_> = VERBS.iter().map(|verb| verb.name).collect();
        assert_eq!(names.len(), VERBS.len());
    }

    #[test]
    fn commands_are_sound() {
        let registry = Registry::load().expect("no two have one name");
        let app = Command::new("app").subcommands(commands_here(&registry));
        app.debug_assert();
        let tool = Command::new("tool").subcommands(commands());
        let tool = tool.try_get_matches_from(["tool", "list"]).unwrap();
        assert!(needs_program(&tool));
    }
}
