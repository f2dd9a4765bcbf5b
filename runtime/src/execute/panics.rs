//! Panics: a panic of a task's function becomes an error with its place, or, if it ends the process, the last
//! words of the process.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;
use std::thread;

use super::abrupt;
use crate::console::{end_if_unread, redacted, tell};
use crate::error::Error;

thread_local! {
    /// Whether panics of this thread are caught.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
    /// The last panics of this thread.
    static SITES: RefCell<Vec<Site>> = const { RefCell::new(Vec::new()) };
}

/// A panic.
struct Site {
    message: String,
    place: Option<String>,
    backtrace: Option<Backtrace>,
}

/// Calls `f`, and turns a panic inside into an error.
pub(crate) fn catch(f: &mut dyn FnMut() -> Result<(), Error>) -> Result<(), Error> {
    remember_sites();
    let outer = IS_CAUGHT.replace(true);
    // Nothing reads the half-changed state of the function again: the run ends with its error.
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    IS_CAUGHT.set(outer);
    result.unwrap_or_else(|payload| {
        let message = message(payload.as_ref());
        // Dropping the payload runs the task's code, which may panic again.
        if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(payload);
        }
        Err(error(message))
    })
}

/// The error of a caught panic, with the place of the panic with this message.
fn error(message: String) -> Error {
    let sites = SITES.take();
    let site = sites.into_iter().rfind(|site| site.message == message);
    let site = site.unwrap_or(Site {
        message,
        place: None,
        backtrace: None,
    });
    site.into_error()
}

/// Extends the process's panic hook, once, to remember the site of a panic. The hook does not print a panic
/// that is caught: the run reports it, without the task's secrets.
fn remember_sites() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let next = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            end_if_unread(info);
            let site = Site::of(info);
            if ends_the_process(info) {
                let mut site = Some(site);
                abrupt::end(&mut || last_words(site.take()));
            } else {
                remember(site);
            }
            let is_caught = IS_CAUGHT.try_with(Cell::get).unwrap_or_default();
            if !is_caught && !tell_without_secrets(info) {
                next(info);
            }
        }));
    });
}

/// Whether the process aborts after the hook, because nothing can be unwound: it was compiled like that, or a
/// second panic happened during the clean-up of the first one.
fn ends_the_process(info: &PanicHookInfo<'_>) -> bool {
    // There is no stable way to ask, but the debug output contains it.
    cfg!(panic = "abort") || format!("{info:?}").contains("can_unwind: false")
}

/// The error of a panic that ends the process, and of earlier panics that may have caused it.
fn last_words(site: Option<Site>) -> Error {
    let before = SITES.try_with(|sites| {
        sites
            .try_borrow_mut()
            .map(|mut it| std::mem::take(&mut *it))
    });
    let mut before = before.into_iter().flatten().flatten().chain(site);
    let Some(mut first) = before.next() else {
        return Error::panic("for an unknown reason", None, None);
    };
    for after in before {
        let place = after.place.unwrap_or_default();
        first.message = format!(
            "{}; after that, at {place}: {}",
            first.message, after.message
        );
    }
    first.into_error()
}

fn remember(site: Site) {
    /// A panic, and one that may happen during its clean-up.
    const MOST: usize = 2;
    // A thread that ends has lost its thread-local variables.
    let _ = SITES.try_with(|sites| {
        if let Ok(mut sites) = sites.try_borrow_mut() {
            if sites.len() == MOST {
                sites.remove(0);
            }
            sites.push(site);
        }
    });
}

impl Site {
    fn of(info: &PanicHookInfo<'_>) -> Self {
        Site {
            message: message(info.payload()),
            place: info.location().map(ToString::to_string),
            backtrace: Some(Backtrace::capture()),
        }
    }

    fn into_error(self) -> Error {
        Error::panic(&self.message, self.place.as_deref(), self.backtrace)
    }
}

/// Prints an uncaught panic of a thread if its message contains a secret, because other hooks would show the
/// secret.
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
    use std::panic;

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

    #[test]
    fn a_panic_that_is_over_is_not_the_one_that_is_caught() {
        let error = catch(&mut || {
            let _ = panic::catch_unwind(|| panic!("first"));
            let _first = Late;
            panic!("second")
        });
        let text = error.expect_err("a panic").to_string();
        assert!(text.ends_with(": second"), "{text}");
    }

    /// Panics, and catches the panic, when it is dropped.
    struct Late;

    impl Drop for Late {
        fn drop(&mut self) {
            let _ = panic::catch_unwind(|| panic!("third"));
        }
    }

    #[test]
    fn a_payload_whose_end_panics_is_a_panic_too() {
        struct Payload;

        impl Drop for Payload {
            fn drop(&mut self) {
                panic!("at the end")
            }
        }

        let error = catch(&mut || panic::panic_any(Payload)).expect_err("a panic");
        let text = error.to_string();
        assert!(text.ends_with("with a value that is not text"), "{text}");
    }
}
