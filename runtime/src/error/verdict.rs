//! Whose fault a failure is, and whether another try may help.

use std::error::Error as StdError;
use std::io;

use super::{Cause, Origin, RecoverableError, chain};
use crate::console::was_unread;

/// The classification of a failure for Flyte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) code: &'static str,
    pub(crate) origin: Origin,
    pub(crate) recoverable: bool,
}

impl Verdict {
    /// The task's code failed, and would fail again.
    pub(crate) const USER: Verdict = Verdict {
        code: "USER:RuntimeError",
        origin: Origin::User,
        recoverable: false,
    };

    /// The task's input is wrong.
    pub(crate) const BAD_INPUT: Verdict = Verdict {
        code: "USER:BadInput",
        ..Verdict::USER
    };

    /// The task's code panicked.
    pub(crate) const PANIC: Verdict = Verdict {
        code: "USER:Panic",
        ..Verdict::USER
    };

    /// The task's code asks for another try.
    pub(crate) const AGAIN: Verdict = Verdict {
        code: "USER:Recoverable",
        recoverable: true,
        ..Verdict::USER
    };

    /// The platform, an engine or the machine failed.
    pub(crate) const SYSTEM: Verdict = Verdict {
        code: "SYSTEM",
        origin: Origin::System,
        recoverable: true,
    };

    /// The classification of an error of another type. Context around a [`RecoverableError`] does not change
    /// it, nor does context around a full disk.
    pub(super) fn of(source: &(dyn StdError + 'static)) -> Self {
        let asks = |error: &(dyn StdError + 'static)| {
            error.is::<RecoverableError>() || error.is::<Cause>()
        };
        let lacks =
            |error: &(dyn StdError + 'static)| error.downcast_ref().is_some_and(is_of_machine);
        if chain(Some(source)).any(asks) {
            Verdict::AGAIN
        } else if chain(Some(source)).any(lacks) {
            Verdict::SYSTEM
        } else {
            Verdict::USER
        }
    }

    /// The classification of a panic with this message.
    pub(super) fn of_panic(message: &str) -> Self {
        if was_unread(message) || SIGNS.iter().any(|sign| message.contains(sign)) {
            Verdict::SYSTEM
        } else {
            Verdict::PANIC
        }
    }
}

/// Whether the machine lacks a resource that it, or another machine, may have at the next try: disk space,
/// memory, threads or descriptors.
pub(crate) fn is_of_machine(error: &io::Error) -> bool {
    use io::ErrorKind::{
        OutOfMemory, QuotaExceeded, StaleNetworkFileHandle, StorageFull, WouldBlock,
    };
    /// `EIO`, `ENFILE` and `EMFILE`, which have no kind, but the same numbers on all systems.
    const WITHOUT_KIND: [i32; 3] = [5, 23, 24];
    // An error that a program has created itself, such as a read timeout, has no number.
    error.raw_os_error().is_some_and(|number| {
        let kinds = [
            OutOfMemory,
            QuotaExceeded,
            StaleNetworkFileHandle,
            StorageFull,
            WouldBlock,
        ];
        kinds.contains(&error.kind()) || WITHOUT_KIND.contains(&number)
    }) || matches!(error.kind(), StorageFull | QuotaExceeded | OutOfMemory)
}

/// Texts of panics about missing resources: an unwrapped [`io::Error`] is only text.
const SIGNS: [&str; 9] = [
    "kind: StorageFull",
    "kind: QuotaExceeded",
    "kind: OutOfMemory",
    "kind: StaleNetworkFileHandle",
    // Threads, of the standard library and of tokio.
    "code: 11, kind: WouldBlock",
    "OS can't spawn worker thread",
    // Descriptors.
    "code: 23, kind: Uncategorized",
    "code: 24, kind: Uncategorized",
    // The message of `println!`.
    "No space left on device",
];

#[cfg(test)]
mod tests {
    use std::io;

    use super::{Verdict, is_of_machine};
    use crate::error::Error;

    #[test]
    fn what_the_machine_lacks_is_not_the_users_fault() {
        // ENOSPC, ENOMEM, EMFILE, ENFILE and EIO.
        for number in [28, 12, 24, 23, 5] {
            let error = io::Error::from_raw_os_error(number);
            assert!(is_of_machine(&error), "{error}");
            let panic = Error::panic(&format!("wanted: {error:?}"), None, None);
            assert_eq!(panic.verdict() == Verdict::SYSTEM, number != 5, "{error:?}");
            let around = io::Error::other(Context(error));
            assert_eq!(Error::from(around).verdict(), Verdict::SYSTEM);
        }
        for number in [2, 13] {
            let error = io::Error::from_raw_os_error(number);
            assert_eq!(Error::from(error).verdict(), Verdict::USER);
        }
        let waited = io::Error::from(io::ErrorKind::WouldBlock);
        assert_eq!(Error::from(waited).verdict(), Verdict::USER);
    }

    #[derive(Debug)]
    struct Context(io::Error);

    impl std::fmt::Display for Context {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("cannot write")
        }
    }

    impl std::error::Error for Context {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
}
