//! Tokens that a program of the user's prints.

use std::process::Stdio;

use super::{SignInError, patience};
use crate::register::settings::Secret;

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
        let limit = patience()?;
        let child = tokio::process::Command::new(self.program)
            .args(self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| self.failed(&format!("cannot be started: {error}")))?;
        let Ok(output) = tokio::time::timeout(limit, child.wait_with_output()).await else {
            let why = format!("has not ended within {} s", limit.as_secs());
            return Err(self.failed(&why));
        };
        let output = output.map_err(|error| self.failed(&format!("cannot be read: {error}")))?;
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
