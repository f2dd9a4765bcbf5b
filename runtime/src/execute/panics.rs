//! A panic of a task's function becomes an error with its place.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;
use std::thread;

use crate::console::{redacted, tell};
use crate::error::Error;

thread_local! {
    /// What is known of a panic in the call that is caught here; nothing where none is.
    static CAUGHT: RefCell<Option<Site>> = const { RefCell::new(None) };
}

/// Where a thread panicked.
#[derive(Default)]
struct Site {
    place: Option<String>,
    backtrace: Option<Backtrace>,
}

/// Calls `f`; a panic inside comes back as an error.
pub(crate) fn catch(f: &mut dyn FnMut() -> Result<(), Error>) -> Result<(), Error> {
    remember_sites();
    CAUGHT.set(Some(Site::default()));
    // What the function left half-changed is not looked at again: the run ends with its error.
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    let site = CAUGHT.take().unwrap_or_default();
    result.unwrap_or_else(|payload| {
        let message = message(payload.as_ref());
        Err(Error::panic(
            &message,
            site.place.as_deref(),
            site.backtrace,
        ))
    })
}

/// Adds to the process's panic hook, once, that a panic which is caught leaves its site. It is not
/// printed here: the run reports it, without the task's secrets.
fn remember_sites() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let next = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let is_caught = CAUGHT.with_borrow_mut(|caught| {
                caught.as_mut().map(|site| {
                    site.place = info.location().map(ToString::to_string);
                    site.backtrace = Some(Backtrace::capture());
                })
            });
            if is_caught.is_none() && !tell_without_secrets(info) {
                next(info);
            }
        }));
    });
}

/// Tells a panic of a thread that nobody catches, if its message has a secret in it, which other hooks
/// would show.
fn tell_without_secrets(info: &PanicHookInfo<'_>) -> bool {
    let message = message(info.payload());
    if redacted(&message) == message {
        return false;
    }
    let thread = thread::current();
    let name = thread.name().unwrap_or("<unnamed>");
    let place = info.location().map(ToString::to_string);
    let place = place.unwrap_or_else(|| "an unknown place".to_owned());
    let backtrace = Backtrace::capture();
    tell(format_args!(
        "thread '{name}' panicked at {place}:\n{message}"
    ));
    if backtrace.status() == BacktraceStatus::Captured {
        tell(format_args!("stack backtrace:\n{backtrace}"));
    }
    true
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "with a value that is not text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::catch;

    #[test]
    fn a_panic_names_its_place_and_message() {
        let error = catch(&mut || panic!("boom {}", 1)).expect_err("a panic");
        let text = error.to_string();
        assert!(
            text.contains("execute/panics.rs:") && text.ends_with("boom 1"),
            "{text}"
        );
    }
}
