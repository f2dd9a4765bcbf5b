//! Gates of workflows.

use std::time::Duration;

use crate::error::{Error, Result};

/// Waits in a workflow for an approval, under the name of a signal, and passes the value on. A rejection
/// fails the workflow.
///
/// ```
/// use flytekit::prelude::*;
///
/// #[task]
/// fn draft(topic: String) -> String {
///     topic
/// }
///
/// #[task]
/// fn publish(text: String) -> Result<String> {
///     Ok(text)
/// }
///
/// #[workflow]
/// fn article(topic: String) -> Result<String> {
///     let text = draft(topic);
///     let text = approve(text, "reads well")?;
///     publish(text)
/// }
/// ```
///
/// A local run asks at the terminal; `run … --signal NAME=VALUE` answers in advance.
///
/// # Errors
///
/// Always, outside of a workflow's body.
pub fn approve<T>(value: T, signal: &str) -> Result<T> {
    drop(value);
    Err(outside("approve", signal))
}

/// Waits in a workflow for a value, under the name of a signal.
///
/// ```
/// use flytekit::prelude::*;
///
/// #[task]
/// fn search(limit: i64) -> Result<i64> {
///     Ok(limit)
/// }
///
/// #[workflow]
/// fn asks() -> Result<i64> {
///     let limit = wait_for_input::<i64>("limit")?;
///     search(limit)
/// }
/// ```
///
/// # Errors
///
/// Always, outside of a workflow's body.
pub fn wait_for_input<T>(signal: &str) -> Result<T> {
    Err(outside("wait_for_input", signal))
}

/// Waits in a workflow for some time, without occupying a machine. The gate is a node of its own: put
/// `#[node(after(…))]` on the statements that wait for it.
///
/// # Panics
///
/// Outside of a workflow's body: a task can use `std::thread::sleep`.
pub fn sleep(length: Duration) {
    panic!(
        "`sleep` for {length:?} is only for a workflow's body: elsewhere, sleep as in any program"
    );
}

fn outside(function: &str, signal: &str) -> Error {
    Error::user(format!(
        "`{function}` of the signal \"{signal}\" is only for a workflow's body: nothing waits elsewhere"
    ))
}

macro_rules! handles {
    ($($gate:ident)+) => {$(
        #[doc(hidden)]
        #[allow(missing_debug_implementations, non_camel_case_types)]
        pub enum $gate {}

        impl IsGate for $gate {}
    )+};
}

handles!(approve wait_for_input sleep);

/// Only for rustc, which checks gates with it: an entity with one of their names is something else.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not flytekit's",
    label = "a workflow reads a call of this name as a gate",
    note = "call another function of this name by its path: `self::approve(…)`"
)]
pub trait IsGate {
    #[expect(missing_docs, reason = "that of the module")]
    fn approve<T>(value: T, signal: &'static str) -> Result<T> {
        approve(value, signal)
    }

    #[expect(missing_docs, reason = "that of the module")]
    fn wait_for_input<T>(signal: &'static str) -> Result<T> {
        wait_for_input(signal)
    }

    #[expect(missing_docs, reason = "that of the module")]
    fn sleep(length: Duration) {
        sleep(length);
    }
}
