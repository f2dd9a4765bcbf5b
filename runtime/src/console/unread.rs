//! Output without a reader.

use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the output is for people, who may have seen enough.
static FOR_PEOPLE: AtomicBool = AtomicBool::new(false);

/// From now on the process ends silently, like any Unix program, when its output has no reader any more.
/// Otherwise `println!` panics, although the task has made no mistake.
pub(crate) fn end_when_unread() {
    FOR_PEOPLE.store(true, Ordering::Relaxed);
}

/// Ends the process if a panic is caused by output without a reader.
pub(crate) fn end_if_unread(panic: &PanicHookInfo<'_>) {
    let message = panic.payload().downcast_ref::<String>();
    let is_unread = message.is_some_and(|message| was_unread(message));
    if is_unread && FOR_PEOPLE.load(Ordering::Relaxed) {
        #[cfg(feature = "children")]
        crate::child::end_all();
        #[cfg(unix)]
        let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGPIPE);
    }
}

/// Whether a panic's message is the one of `print!`, `eprintln!` or the like, for a pipe without a reader.
pub(crate) fn was_unread(panic: &str) -> bool {
    let printing = panic.strip_prefix("failed printing to std");
    let printing = printing.and_then(|it| it.strip_prefix("out: ").or(it.strip_prefix("err: ")));
    let unread = std::io::Error::from_raw_os_error(BROKEN_PIPE).to_string();
    printing == Some(&unread)
}

/// The number of `EPIPE`.
const BROKEN_PIPE: i32 = 32;
