//! Builds with Cargo, and reads its messages.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use clap::ArgMatches;
use serde::Deserialize;

use crate::Stop;
use crate::arguments::{self, DEBUG};

/// An executable that Cargo has built.
#[derive(Debug)]
pub(crate) struct Artifact {
    /// The path of the executable.
    pub(crate) executable: PathBuf,
    /// The name of its target.
    pub(crate) name: String,
    /// The folder of its package.
    pub(crate) folder: Option<PathBuf>,
}

/// The parts of a message from Cargo that are used.
#[derive(Deserialize)]
struct Message {
    reason: String,
    executable: Option<PathBuf>,
    manifest_path: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Builds the selected targets; errors and progress are shown as Cargo shows them.
pub(crate) fn build(matches: &ArgMatches) -> Result<Vec<Artifact>, Stop> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&cargo);
    command.args(["build", "--message-format", "json-render-diagnostics"]);
    command
        .args(profile(matches))
        .args(arguments::of_cargo(matches));
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        Stop::Own(format!("{what} {}: {error}", cargo.display()))
    };
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed("cannot start", &error))?;
    let stdout = child.stdout.take();
    let mut artifacts = Vec::new();
    let mut lost = None;
    for line in stdout
        .map(BufReader::new)
        .into_iter()
        .flat_map(BufRead::lines)
    {
        match line {
            // A process that the build leaves behind, such as the server of a compiler's cache, may keep the
            // pipe open.
            Ok(line) if is_last(&line) => break,
            Ok(line) => artifacts.extend(artifact(&line)),
            Err(error) => lost = Some(error),
        }
    }
    let status = child.wait().map_err(|error| failed("lost", &error))?;
    match lost {
        _ if !status.success() => Err(Stop::Cargo(code(status))),
        Some(error) => Err(failed("cannot read the output of", &error)),
        None => Ok(artifacts),
    }
}

/// The registered executable runs in Flyte, so it is optimized by default.
fn profile(matches: &ArgMatches) -> Option<&'static str> {
    let has_profile = arguments::value(matches, "cargo.profile").is_some();
    let is_debug = arguments::is_set(matches, DEBUG);
    (!has_profile && !is_debug).then_some("--release")
}

/// Whether this is Cargo's last message.
fn is_last(line: &str) -> bool {
    serde_json::from_str::<Message>(line).is_ok_and(|message| message.reason == "build-finished")
}

/// The executable in a message. Other lines may come from build scripts.
fn artifact(line: &str) -> Option<Artifact> {
    let message: Message = serde_json::from_str(line).ok()?;
    let target = message.target?;
    (message.reason == "compiler-artifact").then_some(Artifact {
        executable: message.executable?,
        name: target.name,
        folder: message
            .manifest_path
            .and_then(|path| Some(path.parent()?.to_owned())),
    })
}

fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

#[cfg(test)]
mod tests {
    use super::{artifact, is_last};

    #[test]
    fn a_build_ends_before_its_pipe() {
        assert!(is_last(r#"{"reason":"build-finished","success":true}"#));
        assert!(!is_last(r#"{"reason":"build-script-executed"}"#) && !is_last("build-finished"));
    }

    #[test]
    fn only_executables_are_of_interest() {
        let line = |executable: &str| {
            format!(
                "{{\"reason\": \"compiler-artifact\", \"package_id\": \"app\", \"manifest_path\": \
                 \"/app/Cargo.toml\", \"target\": {{\"name\": \"app\", \"kind\": [\"bin\"]}}, \
                 \"executable\": {executable}}}"
            )
        };
        assert!(artifact(&line("null")).is_none());
        let found = artifact(&line("\"/app/target/app\"")).expect("an executable");
        assert_eq!(found.name, "app");
        assert_eq!(found.folder.expect("a folder").to_str(), Some("/app"));
        for other in [
            "{\"reason\": \"build-finished\", \"success\": true}",
            "no JSON",
            "",
        ] {
            assert!(artifact(other).is_none(), "{other}");
        }
    }
}
