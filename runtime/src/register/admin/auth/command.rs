//! Tokens that a program of the user prints.

use std::io::{self, ErrorKind};
use std::process::{self, Stdio};

use super::{SignInError, patience};
use crate::child::{Group, Limits, end_at_signals};
use crate::register::settings::Secret;

/// The maximum length of a token: servers refuse larger headers.
const LONGEST: usize = 1 << 16;

/// A program that prints a token. Its arguments are never shown, because they may contain secrets.
pub(in crate::register::admin) struct Command<'a> {
    setting: &'static str,
    program: &'a str,
    arguments: &'a [String],
}

impl<'a> Command<'a> {
    /// The program that a setting names, if the setting is set.
    pub(in crate::register::admin) fn new(
        setting: &'static str,
        command: &'a [String],
    ) -> Option<Self> {
        let (program, arguments) = command.split_first()?;
        Some(Command {
            setting,
            program,
            arguments,
        })
    }

    /// Runs the program. Its standard error is shown to the user, because the program may ask for something.
    pub(in crate::register::admin) async fn token(&self) -> Result<Secret, SignInError> {
        let limits = Limits {
            time: patience()?,
            bytes: LONGEST,
        };
        let mut command = process::Command::new(self.program);
        command
            .args(self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        end_at_signals();
        // The program is waited for on another thread, so that other tasks can run meanwhile.
        let run = move || match Group::start_before_people(&mut command) {
            Ok(group) => Ok(group.output(&limits)),
            Err(error) => Err(error),
        };
        let ran = tokio::task::spawn_blocking(run).await;
        let output = ran
            .map_err(|error| self.failed(&format!("cannot be waited for: {error}")))?
            .map_err(|error| self.failed(&format!("cannot be started: {error}")))?
            .map_err(|error| self.failed(&went_too_far(&error, &limits)))?;
        if !output.status.success() {
            return Err(self.failed(&format!("has failed: {}", output.status)));
        }
        let token = String::from_utf8(output.stdout)
            .map_err(|_| self.failed("prints something that is not text"))?;
        match token.trim() {
            "" => Err(self.failed("prints no token")),
            token => Ok(Secret(token.to_owned())),
        }
    }

    fn failed(&self, why: &str) -> SignInError {
        SignInError::new(
            format!("the program `{}` {why}", self.program),
            format!("{} in config.yaml names it", self.setting),
        )
    }
}

fn went_too_far(error: &io::Error, limits: &Limits) -> String {
    match error.kind() {
        ErrorKind::TimedOut => format!("has not ended within {} s", limits.time.as_secs()),
        ErrorKind::FileTooLarge => {
            format!(
                "prints more than {} KiB, which is too much for a token",
                limits.bytes >> 10
            )
        }
        _ => format!("cannot be waited for: {error}"),
    }
}
