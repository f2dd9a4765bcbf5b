//! What can be asked about a program's tasks without running any of its code: in the program itself,
//! and of its file by `cargo flytekit`.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};

#[cfg(feature = "register")]
use super::register;
use super::{describe, fail, list, logging};
#[cfg(feature = "package")]
use super::{diff, package, settings};
use crate::registry::Program;

/// Subcommands that this build is without, and the feature that has each.
const MISSING: &[(&str, &str)] = &[
    #[cfg(not(feature = "package"))]
    ("diff", "package"),
    #[cfg(not(feature = "package"))]
    ("settings", "package"),
    #[cfg(not(feature = "package"))]
    ("package", "package"),
    #[cfg(not(feature = "register"))]
    ("register", "register"),
];

/// The subcommands.
pub fn commands() -> Vec<Command> {
    let missing = MISSING.iter().map(|(verb, _)| {
        let words = Arg::new("words").num_args(0..).trailing_var_arg(true);
        let words = words.allow_hyphen_values(true);
        let verb = Command::new(*verb).hide(true).disable_help_flag(true);
        verb.arg(words)
    });
    let known = vec![
        list::command(),
        describe::command(),
        #[cfg(feature = "package")]
        diff::command(),
        #[cfg(feature = "package")]
        settings::command(),
        #[cfg(feature = "package")]
        package::command(),
        #[cfg(feature = "register")]
        register::command(),
    ];
    known.into_iter().chain(missing).collect()
}

/// Does what a command line says, if one of these was chosen.
pub fn run(program: &Program, matches: &ArgMatches) -> Option<ExitCode> {
    match matches.subcommand()? {
        ("list", matches) => Some(list::list(program, matches)),
        ("describe", matches) => Some(describe::describe(program, matches)),
        #[cfg(feature = "package")]
        ("diff", matches) => Some(diff::diff(program, matches)),
        #[cfg(feature = "package")]
        ("package", matches) => Some(package::package(program, matches)),
        #[cfg(feature = "package")]
        ("settings", matches) => Some(settings::settings(matches)),
        #[cfg(feature = "register")]
        ("register", matches) => Some(register::register(program, matches)),
        (verb, _) => missing(verb),
    }
}

fn missing(verb: &str) -> Option<ExitCode> {
    let (_, feature) = MISSING.iter().find(|(missing, _)| *missing == verb)?;
    Some(fail(&format_args!(
        "this binary has no `{verb}`: build it with the feature `{feature}` of `flytekit`, or use \
         `cargo flytekit {verb}`"
    )))
}

/// Starts logging if the environment says so.
pub fn start_logging() {
    logging::start();
}

/// Runs a task that is registered in Flyte, if the words after `run` say so. It need not be one of
/// the program's.
pub fn run_remote(program: &str, words: &[OsString]) -> Option<ExitCode> {
    // What begins with a task is the command line of one that runs here.
    let begins_with_option = words.first()?.as_encoded_bytes().starts_with(b"-");
    let is_remote = |word: &OsString| word == "--remote" || word == "-r";
    if !begins_with_option || !words.iter().any(is_remote) {
        return None;
    }
    #[cfg(feature = "register")]
    return Some(super::remote::run(program, words));
    #[cfg(not(feature = "register"))]
    return Some(fail(&format_args!(
        "`{program}` cannot reach Flyte: build it with the feature `register` of `flytekit`, or use \
         `cargo flytekit run --remote`"
    )));
}
