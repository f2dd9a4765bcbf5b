//! What can be asked about a program's tasks without running any of its code: in the program itself,
//! and of its file by `cargo flytekit`.

use std::process::ExitCode;

use clap::{ArgMatches, Command};

use super::{describe, list};
use crate::registry::Program;

/// The subcommands.
pub fn commands() -> Vec<Command> {
    vec![list::command(), describe::command()]
}

/// Does what a command line says, if one of these was chosen.
pub fn run(program: &Program, matches: &ArgMatches) -> Option<ExitCode> {
    match matches.subcommand()? {
        ("list", matches) => Some(list::list(program, matches)),
        ("describe", matches) => Some(describe::describe(program, matches)),
        _ => None,
    }
}
