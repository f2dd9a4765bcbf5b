//! Tokens that a program of the user's prints.

use std::io::{self, ErrorKind};
use std::process::{self, Stdio};

use super::{SignInError, patience};
use crate::child::{Group, Limits, end_at_signals};
use crate::register::settings::Secret;

/// More than any token has: servers take no headers that are larger.
const LONGEST: usize = 1 << 16;

/// A program that prints a token. Its arguments are not shown: they may hold secrets.
pub(in crate::register::admin) struct Command<'a> {
    setting: &'static str,
    program: &'a str,
    arguments: &'a [String],
}

impl<'a> Command<'a> {
    /// The one that a setting names, if it names one.
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

    /// Runs it. What it says besides the token, on standard error, the user sees: it may ask for
    /// something.
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
        // Others go on meanwhile.
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
            .map_err(|_| self.failed("prints something that is no text"))?;
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
                "prints more than {} KiB, which no token has",
                limits.bytes >> 10
            )
        }
        _ => format!("cannot be waited for: {error}"),
    }
}
