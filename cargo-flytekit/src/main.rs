//! `cargo flytekit`: the verbs of `flytekit::main()`, for the executable that Cargo builds from a crate, and
//! `new`, which creates a crate.
//!
//! The crate is built with `cargo build`, possibly for another machine. The executable contains the finished
//! templates of its tasks. It is read, and never run.

mod arguments;
mod build;
mod executable;
mod new;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::ArgMatches;
use flytekit::cli::verbs;
use flytekit::registry::Program;

use executable::Executable;

fn main() -> ExitCode {
    verbs::start_logging();
    let args = own_args(std::env::args_os().collect());
    if let [_, verb, words @ ..] = &args[..]
        && verb == "run"
    {
        return run_remote(words);
    }
    let matches = match arguments::command(None).try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(error) => return verbs::say_usage(&error),
    };
    if let Some((new::VERB, matches)) = matches.subcommand() {
        return match new::run(matches) {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => verbs::say_failure(&message),
        };
    }
    match run(&args, &matches) {
        Ok(code) | Err(Stop::Cargo(code)) => code,
        Err(Stop::Own(message)) => verbs::say_failure(&message),
    }
}

/// Runs a registered task in Flyte. The task and its flags do not depend on the crate.
fn run_remote(words: &[OsString]) -> ExitCode {
    verbs::run_remote("cargo flytekit", words).unwrap_or_else(|| {
        verbs::say_failure(
            &"to run a crate's task here, use `cargo run -- run TASK`, and in Flyte, use \
              `cargo flytekit run --remote TASK`; `cargo flytekit run --remote --help` explains it",
        );
        ExitCode::from(2)
    })
}

/// The reason why the command stops.
enum Stop {
    /// Cargo has reported the error.
    Cargo(ExitCode),
    /// The error was not reported yet.
    Own(String),
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Stop::Own(message)
    }
}

/// The arguments without the name of the subcommand, which Cargo puts first.
fn own_args(mut args: Vec<OsString>) -> Vec<OsString> {
    if args.get(1).is_some_and(|first| first == "flytekit") {
        args.remove(1);
    }
    args
}

fn run(args: &[OsString], matches: &ArgMatches) -> Result<ExitCode, Stop> {
    let Executable {
        program,
        crate_folder,
    } = executable(matches)?;
    // The command looks for settings in the crate's folder, which is known only now.
    let command = arguments::command(crate_folder.as_deref());
    let matches = match command.try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => return Ok(verbs::say_usage(&error)),
    };
    Ok(verbs::run(&program, &matches).unwrap_or(ExitCode::FAILURE))
}

/// The finished executable that was named, or the one that Cargo builds.
fn executable(matches: &ArgMatches) -> Result<Executable, Stop> {
    if !verbs::needs_program(matches) {
        return Ok(Executable::of_folder(arguments::value(
            matches,
            arguments::MANIFEST,
        )));
    }
    let Some(file) = arguments::value(matches, arguments::FILE) else {
        let artifacts = build::build(matches)?;
        return Ok(executable::with_tasks(artifacts)?);
    };
    let program = Program::of_file(Path::new(file));
    Ok(Executable {
        program: program.map_err(|error| format!("{file}: {error}"))?,
        crate_folder: None,
    })
}
