//! The engines of this build, and what they ask of the process around their tasks.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::error::Error;

/// What an engine does outside of its own tasks.
pub(crate) trait Linked: Sync {
    /// Explains an error of code that uses the engine without being one of its tasks.
    fn explain(&self, error: Error) -> Error {
        error
    }

    /// The command line of a process that the engine's cluster may have started, as it was meant.
    fn arguments(&self, given: Vec<OsString>) -> Vec<OsString> {
        given
    }

    /// Subcommands that the engine's cluster starts, and no people.
    fn commands(&self) -> &'static [EngineCommand] {
        &[]
    }
}

/// A subcommand's name, a line of help, and the function that runs the subcommand.
pub(crate) type EngineCommand = (&'static str, &'static str, fn() -> ExitCode);

/// The engines of this build, a line each.
const LINKED: &[&dyn Linked] = &[
    #[cfg(feature = "dask")]
    &super::dask::Dask,
    #[cfg(feature = "spark")]
    &super::spark::Spark,
];

/// Explains another type's error that nobody has explained yet.
pub(crate) fn explain(error: Error) -> Error {
    LINKED.iter().fold(error, |error, engine| {
        if error.is_explained() {
            error
        } else {
            engine.explain(error)
        }
    })
}

/// A command line as it was meant.
pub(crate) fn arguments(given: Vec<OsString>) -> Vec<OsString> {
    let engines = LINKED.iter();
    engines.fold(given, |given, engine| engine.arguments(given))
}

/// The engines' subcommands.
pub(crate) fn commands() -> impl Iterator<Item = &'static EngineCommand> {
    LINKED.iter().flat_map(|engine| engine.commands())
}
