//! The engines of this build, and what they ask of the process around their tasks.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::error::Error;

/// What an engine does outside of its own tasks.
#[derive(Debug)]
pub(crate) struct Linked {
    /// Explains an error of code that uses the engine without being one of its tasks.
    pub(crate) explain: fn(Error) -> Error,
    /// The command line of a process that the engine's cluster may have started, as it was meant.
    pub(crate) arguments: fn(Vec<OsString>) -> Vec<OsString>,
    /// Subcommands that the engine's cluster starts, and no people.
    pub(crate) commands: &'static [EngineCommand],
}

/// A subcommand of an engine.
#[derive(Debug)]
pub(crate) struct EngineCommand {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn() -> ExitCode,
}

impl Linked {
    /// An engine that asks for nothing.
    #[cfg(any(feature = "spark", feature = "dask"))]
    pub(crate) const NOTHING: Linked = Linked {
        explain: |error| error,
        arguments: |arguments| arguments,
        commands: &[],
    };
}

/// They, a line each.
const LINKED: &[Linked] = &[
    #[cfg(feature = "dask")]
    super::dask::LINKED,
    #[cfg(feature = "spark")]
    super::spark::LINKED,
];

/// Explains another type's error that nobody has explained yet.
pub(crate) fn explain(error: Error) -> Error {
    LINKED.iter().fold(error, |error, engine| {
        if error.is_explained() {
            error
        } else {
            (engine.explain)(error)
        }
    })
}

/// A command line as it was meant.
pub(crate) fn arguments(given: Vec<OsString>) -> Vec<OsString> {
    LINKED
        .iter()
        .fold(given, |given, engine| (engine.arguments)(given))
}

/// The engines' subcommands.
pub(crate) fn commands() -> impl Iterator<Item = &'static EngineCommand> {
    LINKED.iter().flat_map(|engine| engine.commands)
}
