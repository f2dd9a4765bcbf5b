//! The subcommands of [`main()`].

#[cfg(feature = "register")]
mod activate;
#[cfg(feature = "package")]
mod amounts;
#[cfg(feature = "register")]
mod chosen;
#[cfg(feature = "register")]
mod deactivate;
mod describe;
#[cfg(feature = "package")]
mod diff;
mod engines;
mod execute;
mod fast_execute;
#[cfg(feature = "package")]
pub(crate) mod flags;
mod input_file;
mod inputs;
mod list;
mod logging;
#[cfg(feature = "package")]
mod package;
#[cfg(feature = "register")]
mod register;
#[cfg(feature = "register")]
mod registered;
#[cfg(feature = "register")]
mod remote;
mod run;
#[cfg(feature = "package")]
mod settings;
#[doc(hidden)]
pub mod verbs;

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::Command;

use crate::console::{tell, tell_usage};
use crate::context;
use crate::engine;
use crate::registry::Registry;

/// The `main` function of a binary with tasks: parses the command line and executes it.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     flytekit::main()
/// }
/// ```
///
/// Exit codes: 0 for success, and for a failed `execute` that wrote its error document (unless
/// `FLYTE_FAIL_ON_ERROR` is `true`, `t` or `1`); 1 for any other failure, and for a `diff` that finds
/// differences; 2 for a wrong command line, and for a `diff` that cannot compare; 128 + the signal's
/// number when the process was told to end.
pub fn main() -> ExitCode {
    run_with(engine::arguments(std::env::args_os().collect()))
}

/// Like [`main()`], with these arguments; the first is the program's name.
pub fn run_with(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
    logging::start();
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let args = execute::without_flytekits_name(args);
    if let [program, verb, words @ ..] = &args[..]
        && verb == "run"
        && let Some(code) = verbs::run_remote(&file_name(program), words)
    {
        return code;
    }
    let registry = match Registry::load() {
        Ok(registry) => registry,
        Err(duplicate) => return fail(&duplicate),
    };
    context::hide_secrets();
    if let Some(code) = execute::as_flyte_does(&registry, &args) {
        return code;
    }
    let command = command(&registry);
    let matches = match command.try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => return refuse(&error),
    };
    let of_engine = |name: &str| engine::commands().find(|(command, ..)| *command == name);
    if let Some((.., run)) = matches.subcommand_name().and_then(of_engine) {
        return run();
    }
    verbs::run_here(&registry, &matches).unwrap_or(ExitCode::FAILURE)
}

/// The file name of a program.
fn file_name(program: &OsStr) -> Cow<'_, str> {
    let name = Path::new(program).file_name();
    name.unwrap_or(program).to_string_lossy()
}

fn command(registry: &Registry) -> Command {
    let of_engines = engine::commands();
    let of_engines =
        of_engines.map(|(name, about, _)| Command::new(*name).about(*about).hide(true));
    Command::new("app")
        .about("A program of Flyte tasks")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help("Logging: set FLYTEKIT_LOG or RUST_LOG to a level or a list of target=level.")
        .subcommands(verbs::commands_here(registry))
        .subcommands(of_engines)
}

/// Writes a result to standard output. A closed pipe is not an error.
fn show(result: &[u8]) -> ExitCode {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(result).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => fail(&error),
        _ => ExitCode::SUCCESS,
    }
}

/// Reports the mistakes of a command line, or shows the requested help.
fn refuse(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        // The message repeats words of the command line.
        tell_usage(&error.to_string());
    } else {
        // Nothing can be done about a closed terminal.
        let _ = error.print();
    }
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Formats an error.
#[cfg(feature = "package")]
fn in_words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Prints an error to standard error.
fn fail(error: &dyn std::fmt::Display) -> ExitCode {
    tell(format_args!("error: {error}"));
    ExitCode::FAILURE
}
