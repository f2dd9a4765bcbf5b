//! The engines of this build, and their hooks into the process outside of their tasks.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::error::Error;

/// The hooks of an engine outside of its own tasks.
pub(crate) trait Linked: Sync {
    /// Explains an error of code that uses the engine outside of its tasks.
    fn explain(&self, error: Error) -> Error {
        error
    }

    /// The intended command line of a process that the engine's cluster may have started.
    fn arguments(&self, given: Vec<OsString>) -> Vec<OsString> {
        given
    }

    /// Subcommands that only the engine's cluster starts, not people.
    fn commands(&self) -> &'static [EngineCommand] {
        &[]
    }
}

/// A subcommand's name, a line of help, and the function that runs the subcommand.
pub(crate) type EngineCommand = (&'static str, &'static str, fn() -> ExitCode);

/// The engines of this build, one per line.
const LINKED: &[&dyn Linked] = &[
    #[cfg(feature = "dask")]
    &super::dask::Dask,
    #[cfg(feature = "spark")]
    &super::spark::Spark,
];

/// Explains an error of another type that is not explained yet.
pub(crate) fn explain(error: Error) -> Error {
    LINKED.iter().fold(error, |error, engine| {
        if error.is_explained() {
            error
        } else {
            engine.explain(error)
        }
    })
}

/// The intended command line.
pub(crate) fn arguments(given: Vec<OsString>) -> Vec<OsString> {
    let engines = LINKED.iter();
    engines.fold(given, |given, engine| engine.arguments(given))
}

/// The engines' subcommands.
pub(crate) fn commands() -> impl Iterator<Item = &'static EngineCommand> {
    LINKED.iter().flat_map(|engine| engine.commands())
}
