//! `fast-execute`: fetches the executable of a task's registration, and replaces this process with it.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};

use super::verbs::Verb;
use crate::execute::container::launch;
use crate::registry::Registry;

pub(super) const VERB: Verb = Verb::of_process("fast-execute", command, fast_execute);

fn command(verb: Command, _: &Registry) -> Command {
    verb.about("Fetch the executable of a task's registration, and run a command with it")
        .arg(
            Arg::new("additional-distribution")
                .long("additional-distribution")
                .value_name("URI")
                .help("The archive, `fast….tar.gz`; without it the command runs as it is"),
        )
        .arg(
            Arg::new("dest-dir")
                .long("dest-dir")
                .value_name("DIR")
                .default_value(".")
                .help("The folder to unpack it into; created if it does not exist"),
        )
        .arg(
            Arg::new("command")
                .value_name("COMMAND")
                .help("The command to run; the fetched executable replaces the image's own")
                .value_parser(value_parser!(OsString))
                .num_args(1..)
                .required(true)
                .last(true),
        )
}

fn fast_execute(_: &Registry, matches: &ArgMatches) -> ExitCode {
    let argument = |name| matches.get_one::<String>(name).map(String::as_str);
    let command = matches.get_many("command");
    let command = command.map_or_else(Vec::new, |words| words.cloned().collect());
    let folder = argument("dest-dir").filter(|folder| !folder.is_empty());
    let archive = argument("additional-distribution");
    launch(command, archive, Path::new(folder.unwrap_or(".")))
}
