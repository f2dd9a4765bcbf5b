//! How the function, or the process around it, ends.

use super::faults;
use super::row::End;
use crate::container::{Container, Run};

/// A task of the fixture with the one input `text`.
fn with_text(task: &str, text: &str) -> Run {
    Container::of(task).text(text).run()
}

faults! {
    returns_an_error: "the function returns an error"
        => End::user("USER:RuntimeError"),
        with_text("fixture.failing.user_error", "the file is empty"),
        ["raised at tests/src/bin/fixture/failing.rs:", "the file is empty"];
    asks_for_another_try: "the function returns a `RecoverableError`, or an error that one caused"
        => End::user_again("USER:Recoverable"),
        with_text("fixture.failing.recoverable", "restarting"),
        ["restarting"];
    panics: "the function panics"
        => End::user("USER:Panic"),
        with_text("fixture.broken.panics", "boom"),
        ["panicked at tests/src/bin/fixture/broken.rs:", ": boom"];
}
