//! What can be asked about a program's tasks without running any of its code: in the program itself,
//! and of its file by `cargo flytekit`.

use std::process::ExitCode;

use clap::{ArgMatches, Command};

#[cfg(feature = "register")]
use super::register;
use super::{describe, list};
#[cfg(feature = "package")]
use super::{diff, package, settings};
use crate::registry::Program;

/// The subcommands.
pub fn commands() -> Vec<Command> {
    vec![
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
    ]
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
        _ => None,
    }
}
