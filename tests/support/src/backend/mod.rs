//! The backend's own code as a judge: the errors of its compiler, the Kubernetes objects that its plugins
//! build, and executions in its engine. `tests/backend/README.md` describes the program.

mod build;
mod compile;
mod cron;
mod run;
mod templates;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use self::build::{Build, Built, build};
pub use self::compile::{Compile, Refusal, Verdict, compile};
pub use self::cron::cron;
pub use self::run::{Abort, Attempt, Child, Container, Execution, Image, Node, Run, Told};
pub use self::templates::{check, package};
use crate::Ended;

/// The program that `cargo xtask test` builds; the environment variable `FLYTEKIT_TEST_BACKEND` names
/// another one.
///
/// # Panics
///
/// If there is no such program.
///
/// ```no_run
/// let by_hand = std::process::Command::new(flytekit_test_support::backend::program()).arg("compile");
/// ```
pub fn program() -> PathBuf {
    if let Some(path) = std::env::var_os("FLYTEKIT_TEST_BACKEND") {
        return path.into();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/backend/flyte-backend");
    assert!(
        path.exists(),
        "the backend's own code is not built: run `cargo xtask test`, or name the program in \
         FLYTEKIT_TEST_BACKEND"
    );
    path
}

/// An error of the backend.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Failure {
    /// The kind: `USER`, `SYSTEM` or `UNKNOWN`.
    pub kind: String,
    /// The code: `BadTaskSpecification`, …
    pub code: String,
    /// The message.
    pub message: String,
}

/// Sends a request to the program, and reads its answer.
fn ask<A: DeserializeOwned>(command: &str, request: &impl Serialize) -> A {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("request.json");
    let text = serde_json::to_string_pretty(request).expect("a request as JSON");
    fs::write(&file, &text).expect("a request");
    let ended = crate::run(Command::new(program()).arg(command).arg(&file));
    answer(&ended).unwrap_or_else(|why| panic!("{why}\n{ended}\nthe request:\n{text}"))
}

fn answer<A: DeserializeOwned>(ended: &Ended) -> Result<A, String> {
    match ended.code() {
        Some(0) => serde_json::from_slice(&ended.stdout)
            .map_err(|error| format!("cannot parse the backend's answer: {error}")),
        Some(2) => Err("the execution did not end".to_owned()),
        _ => Err("the backend's program does not answer".to_owned()),
    }
}
