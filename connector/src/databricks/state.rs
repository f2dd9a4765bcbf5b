//! The states of runs.

use crate::Phase;

/// The phase of a run's state. A run that waits or is retried is still in progress.
///
/// The phase equals flytekit's for the states that flytekit knows. In flytekit, an unknown state fails the
/// call, and a few such calls fail the task. Here, a run that has not ended is in progress.
///
/// ```
/// use flytekit_connector::Phase;
/// use flytekit_connector::databricks::phase;
///
/// assert_eq!(phase("PENDING", None), Phase::Initializing);
/// assert_eq!(phase("TERMINATED", Some("SUCCESS")), Phase::Succeeded);
/// ```
pub fn phase(life_cycle_state: &str, result_state: Option<&str>) -> Phase {
    if result_state_is_available(life_cycle_state) {
        return match result_state {
            Some("SUCCESS" | "SUCCESS_WITH_FAILURES") => Phase::Succeeded,
            Some(_) => Phase::Failed,
            // The run has ended, and Databricks does not report the result.
            None => Phase::RetryableFailed,
        };
    }
    match life_cycle_state {
        "QUEUED" | "BLOCKED" | "WAITING_FOR_RETRY" => Phase::Queued,
        "PENDING" => Phase::Initializing,
        "SKIPPED" => Phase::Failed,
        "INTERNAL_ERROR" => Phase::RetryableFailed,
        _ => Phase::Running,
    }
}

/// Whether a run in this state has a result.
pub fn result_state_is_available(life_cycle_state: &str) -> bool {
    life_cycle_state == "TERMINATED"
}

/// Databricks' message about a run, with the run's own message.
pub(super) fn joined(message: &str, words: Option<&str>) -> String {
    match words {
        None => message.to_owned(),
        Some(words) if message.is_empty() => words.to_owned(),
        Some(words) if message.contains(words) => message.to_owned(),
        Some(words) => format!("{message}\n{words}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_its_phase() {
        for (life_cycle, result, expected) in [
            ("QUEUED", None, Phase::Queued),
            ("BLOCKED", None, Phase::Queued),
            ("WAITING_FOR_RETRY", None, Phase::Queued),
            ("PENDING", None, Phase::Initializing),
            ("RUNNING", None, Phase::Running),
            ("TERMINATING", None, Phase::Running),
            ("SKIPPED", None, Phase::Failed),
            ("INTERNAL_ERROR", None, Phase::RetryableFailed),
            ("INTERNAL_ERROR", Some("FAILED"), Phase::RetryableFailed),
            ("TERMINATED", Some("SUCCESS"), Phase::Succeeded),
            (
                "TERMINATED",
                Some("SUCCESS_WITH_FAILURES"),
                Phase::Succeeded,
            ),
            ("TERMINATED", Some("FAILED"), Phase::Failed),
            ("TERMINATED", Some("TIMEDOUT"), Phase::Failed),
            ("TERMINATED", Some("CANCELED"), Phase::Failed),
            ("TERMINATED", Some("EXCLUDED"), Phase::Failed),
            (
                "TERMINATED",
                Some("MAXIMUM_CONCURRENT_RUNS_REACHED"),
                Phase::Failed,
            ),
            ("TERMINATED", None, Phase::RetryableFailed),
            ("OF_NEXT_YEAR", None, Phase::Running),
        ] {
            assert_eq!(
                phase(life_cycle, result),
                expected,
                "{life_cycle} {result:?}"
            );
        }
    }

    #[test]
    fn what_is_said_twice_is_said_once() {
        assert_eq!(joined("", Some("b")), "b");
        assert_eq!(joined("a", None), "a");
        assert_eq!(joined("a", Some("b")), "a\nb");
        assert_eq!(joined("a: b", Some("b")), "a: b");
    }
}
