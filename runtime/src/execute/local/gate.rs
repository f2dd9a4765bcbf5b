//! Gates: nodes that wait for an answer, or for some time.

use std::io::{self, BufRead, IsTerminal};
use std::sync::Mutex;
use std::thread;

use super::values::{Values, named};
use crate::console::ask;
use crate::declare::{Gate, LiteralType, SimpleType};
use crate::error::Error;
use crate::typed;

/// The source of answers for gates.
pub(crate) trait Answers: Sync {
    /// The typed answer for this signal, a value of this type.
    ///
    /// # Errors
    ///
    /// If nobody answers.
    fn answer(&self, signal: &str, literal_type: &LiteralType) -> Result<String, Error>;
}

/// The user at the terminal.
pub(crate) struct Terminal;

impl Answers for Terminal {
    fn answer(&self, signal: &str, literal_type: &LiteralType) -> Result<String, Error> {
        // Only one question is asked at a time, because gates may wait in parallel.
        static ASKING: Mutex<()> = Mutex::new(());
        let expected = typed::expectation(literal_type);
        if !io::stdin().is_terminal() {
            return Err(Error::user(format!(
                "the workflow waits for the signal `{signal}` ({expected}), and there is no terminal to \
                 ask at: answer it with `run … --signal {signal}=VALUE`"
            )));
        }
        let _asking = ASKING.lock();
        ask(format_args!("{signal} ({expected}): "))?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Err(Error::user(format!(
                "nobody answered the signal `{signal}`"
            )));
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }
}

/// Waits, and returns the node's outputs.
pub(super) fn wait(
    gate: &Gate<'_>,
    values: &Values,
    answers: &dyn Answers,
) -> Result<Vec<u8>, Error> {
    const TRUTH: LiteralType = LiteralType::Simple(SimpleType::Boolean);
    match gate {
        Gate::Sleep(length) => {
            thread::sleep(*length);
            Ok(Vec::new())
        }
        Gate::Approve { signal, value } => {
            let answer = answers.answer(signal, &TRUTH)?;
            match answer.trim() {
                "true" | "yes" | "y" => Ok(named(value.variable, &values.promised(value)?)),
                "false" | "no" | "n" => Err(Error::user(format!("`{signal}` was not approved"))),
                other => Err(Error::bad_input(format!(
                    "the signal `{signal}` is answered by true or false, not by `{other}`"
                ))),
            }
        }
        Gate::Input {
            signal,
            literal_type,
        } => {
            let answer = answers.answer(signal, literal_type)?;
            let literal = typed::literal(literal_type, &answer);
            let literal = literal
                .map_err(|error| Error::bad_input(format!("the signal `{signal}`: {error}")))?;
            Ok(named("o0", &literal))
        }
    }
}
