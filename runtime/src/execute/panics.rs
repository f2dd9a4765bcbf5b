//! A panic of a task's function becomes an error with its place.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use crate::error::Error;

thread_local! {
    /// Where this thread panicked last.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Calls `f`; a panic inside comes back as an error.
pub(crate) fn catch<T>(f: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    remember_places();
    // What the function left half-changed is not looked at again: the run ends with its error.
    panic::catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|payload| {
        let place = PLACE.with_borrow_mut(Option::take);
        Err(Error::panic(&message(payload.as_ref()), place.as_deref()))
    })
}

/// Adds to the process's panic hook, once, that the place is remembered.
fn remember_places() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let next = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PLACE.with_borrow_mut(|place| *place = info.location().map(ToString::to_string));
            next(info);
        }));
    });
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "with a value that is not text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::catch;

    #[test]
    fn a_panic_names_its_place_and_message() {
        let error = catch::<()>(|| panic!("boom {}", 1)).expect_err("a panic");
        let text = error.to_string();
        assert!(text.contains("execute/panics.rs:") && text.ends_with("boom 1"), "{text}");
    }
}
