//! Output that nobody reads any more.

use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether what is printed is for people, who may have seen enough.
static FOR_PEOPLE: AtomicBool = AtomicBool::new(false);

/// From now on the process ends like any program of Unix, in silence, when it prints and nobody reads
/// any more: `println!` panics then, which is no mistake of the task's.
pub(crate) fn end_when_unread() {
    FOR_PEOPLE.store(true, Ordering::Relaxed);
}

/// Ends the process if a panic is of printing where nobody reads any more.
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

/// Whether a panic's message is that of `print!`, `eprintln!` or their like, to a pipe without a reader.
pub(crate) fn was_unread(panic: &str) -> bool {
    let printing = panic.strip_prefix("failed printing to std");
    let printing = printing.and_then(|it| it.strip_prefix("out: ").or(it.strip_prefix("err: ")));
    let unread = std::io::Error::from_raw_os_error(BROKEN_PIPE).to_string();
    printing == Some(&unread)
}

/// `EPIPE`.
const BROKEN_PIPE: i32 = 32;
