//! Decides when a call is repeated.

use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use tonic::Code;

use super::failure::FailedCall;

/// The maximum number of attempts for a call.
const ATTEMPTS: u32 = 5;

/// The maximum number of attempts for a silent server.
const SILENT_ATTEMPTS: u32 = 2;

/// The pause before the second attempt; each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The longest pause that a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// Whether a call may reach the server twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// The second call changes nothing.
    Harmless,
    /// The second call would repeat the effect.
    Harmful,
}

/// The attempts to make one call.
#[derive(Debug)]
pub(super) struct Attempts {
    repeat: Repeat,
    made: u32,
    may_be_done: bool,
}

impl Attempts {
    pub(super) fn new(repeat: Repeat) -> Self {
        Attempts {
            repeat,
            made: 0,
            may_be_done: false,
        }
    }

    /// The number of failed attempts.
    pub(super) fn made(&self) -> u32 {
        self.made
    }

    /// Whether an attempt before the last one may have reached the server.
    pub(super) fn may_be_done(&self) -> bool {
        self.may_be_done
    }

    /// The pause before the next attempt, if this failure allows one.
    pub(super) fn after(&mut self, failure: &FailedCall) -> Option<Duration> {
        self.made += 1;
        let most = match failure.code {
            Code::DeadlineExceeded => SILENT_ATTEMPTS,
            _ => ATTEMPTS,
        };
        let is_harmless = self.repeat == Repeat::Harmless || failure.is_unsent;
        if self.made >= most || !failure.passes || !is_harmless {
            return None;
        }
        self.may_be_done |= !failure.is_unsent;
        let pause = FIRST_PAUSE * 2_u32.pow(self.made - 1);
        Some(
            failure
                .pushback
                .map_or_else(|| pause.mul_f64(jitter()), |it| it.min(LONGEST_PAUSE)),
        )
    }
}

/// A random factor between a half and one, so that clients which a server has turned away together do not
/// come back together.
fn jitter() -> f64 {
    let random = std::hash::RandomState::new().build_hasher().finish();
    0.5 + f64::from(u8::try_from(random % 256).unwrap_or(u8::MAX)) / 512.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: Code, is_unsent: bool) -> FailedCall {
        FailedCall {
            code,
            message: String::new(),
            advice: None,
            passes: true,
            is_unsent,
            is_unclear: false,
            pushback: None,
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let mut attempts = Attempts::new(Repeat::Harmless);
        let failure = failure(Code::Unavailable, false);
        let pauses: Vec<_> = std::iter::from_fn(|| attempts.after(&failure)).collect();
        assert_eq!(pauses.len(), 4);
        for (pause, longest) in pauses.iter().zip([200, 400, 800, 1600]) {
            let longest = Duration::from_millis(longest);
            assert!((longest / 2..=longest).contains(pause), "{pauses:?}");
        }
    }

    #[test]
    fn a_silent_server_is_asked_twice() {
        let mut attempts = Attempts::new(Repeat::Harmless);
        let silence = FailedCall::of_silence(Duration::from_secs(1));
        assert!(attempts.after(&silence).is_some());
        assert_eq!(attempts.after(&silence), None);
    }

    #[test]
    fn what_would_be_done_twice_is_repeated_only_if_the_server_cannot_have_got_it() {
        let mut attempts = Attempts::new(Repeat::Harmful);
        assert!(attempts.after(&failure(Code::Unavailable, true)).is_some());
        assert!(!attempts.may_be_done());
        assert_eq!(attempts.after(&failure(Code::Unavailable, false)), None);
    }

    #[test]
    fn an_attempt_that_may_have_been_served_is_remembered() {
        let mut attempts = Attempts::new(Repeat::Harmless);
        assert!(attempts.after(&failure(Code::Unavailable, false)).is_some());
        assert!(attempts.may_be_done());
    }

    #[test]
    fn a_server_says_when_to_come_back() {
        let mut attempts = Attempts::new(Repeat::Harmless);
        let asked = Duration::from_millis(1234);
        let busy = FailedCall {
            pushback: Some(asked),
            ..failure(Code::ResourceExhausted, true)
        };
        assert_eq!(attempts.after(&busy), Some(asked));
    }
}
