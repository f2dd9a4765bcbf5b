//! A panic of a task's function becomes an error with its place, or, where it ends the process, the process's
//! last words.

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

/// Calls `f`; a panic inside comes back as an error.
pub(crate) fn catch(f: &mut dyn FnMut() -> Result<(), Error>) -> Result<(), Error> {
    remember_sites();
    let outer = IS_CAUGHT.replace(true);
    // What the function left half-changed is not looked at again: the run ends with its error.
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    IS_CAUGHT.set(outer);
    result.unwrap_or_else(|payload| {
        let message = message(payload.as_ref());
        // Its end is the task's code, which may panic once more.
        if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(payload);
        }
        Err(error(message))
    })
}

/// The error of a panic that was caught, with the place where one with this message was.
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

/// Adds to the process's panic hook, once, that a panic leaves its site. One that is caught is not
/// printed here: the run reports it, without the task's secrets.
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

/// Whether the process is aborted after the hook, because nothing can be unwound: it was compiled like
/// that, or a second panic came while the first one was cleaned up.
fn ends_the_process(info: &PanicHookInfo<'_>) -> bool {
    // There is no stable way to ask, but it is written in what is for people.
    cfg!(panic = "abort") || format!("{info:?}").contains("can_unwind: false")
}

/// The error of a panic that ends the process, and of those before, which may have led to it.
fn last_words(site: Option<Site>) -> Error {
    let before = SITES.try_with(|sites| {
        sites
            .try_borrow_mut()
            .map(|mut it| std::mem::take(&mut *it))
    });
    let mut before = before.into_iter().flatten().flatten().chain(site);
    let Some(mut first) = before.next() else {
        return Error::panic("nobody knows why", None, None);
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
    /// A panic, and the one that may come while it is cleaned up.
    const MOST: usize = 2;
    // A thread that ends has nothing left to remember it with.
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

    /// Panics, and catches that, when it goes.
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
