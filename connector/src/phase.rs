//! The phases of jobs.

use flytekit_proto::flyteidl::core::task_execution;

/// The phase of a job, in Flyte's words.
///
/// There is no undefined phase: Flyte 1 would retry the task, and Flyte 2 would report an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Waits for its turn.
    Queued,
    /// Is set up.
    Initializing,
    /// Waits for machines.
    WaitingForResources,
    /// Runs.
    Running,
    /// Has ended as it should.
    Succeeded,
    /// Was ended. Flyte loses the message.
    Aborted,
    /// Has failed, and would again.
    Failed,
    /// Has failed for a reason that is not the task's.
    RetryableFailed,
}

impl Phase {
    /// The phase of a word that services use for a state, in any case; flytekit's
    /// `convert_to_flyte_phase`.
    ///
    /// ```
    /// use flytekit_connector::Phase;
    ///
    /// assert_eq!(Phase::of_word("TIMEDOUT"), Some(Phase::Failed));
    /// assert_eq!(Phase::of_word("no state"), None);
    /// ```
    pub fn of_word(word: &str) -> Option<Self> {
        let phase = match &*word.to_ascii_lowercase() {
            "failed" | "timeout" | "timedout" | "canceled" | "cancelled" | "skipped" => {
                Phase::Failed
            }
            "internal_error" => Phase::RetryableFailed,
            "done" | "succeeded" | "success" | "completed" => Phase::Succeeded,
            "running" | "terminating" => Phase::Running,
            "pending" => Phase::Initializing,
            _ => return None,
        };
        Some(phase)
    }

    /// Whether nothing comes after it.
    pub fn is_terminal(self) -> bool {
        matches!(
            self,
            Phase::Succeeded | Phase::Aborted | Phase::Failed | Phase::RetryableFailed
        )
    }

    /// In Flyte's message.
    pub(crate) fn in_message(self) -> task_execution::Phase {
        match self {
            Phase::Queued => task_execution::Phase::Queued,
            Phase::Initializing => task_execution::Phase::Initializing,
            Phase::WaitingForResources => task_execution::Phase::WaitingForResources,
            Phase::Running => task_execution::Phase::Running,
            Phase::Succeeded => task_execution::Phase::Succeeded,
            Phase::Aborted => task_execution::Phase::Aborted,
            Phase::Failed => task_execution::Phase::Failed,
            Phase::RetryableFailed => task_execution::Phase::RetryableFailed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_flytekits() {
        for (word, phase) in [
            ("FAILED", Phase::Failed),
            ("timeout", Phase::Failed),
            ("TimedOut", Phase::Failed),
            ("canceled", Phase::Failed),
            ("cancelled", Phase::Failed),
            ("SKIPPED", Phase::Failed),
            ("INTERNAL_ERROR", Phase::RetryableFailed),
            ("done", Phase::Succeeded),
            ("succeeded", Phase::Succeeded),
            ("SUCCESS", Phase::Succeeded),
            ("completed", Phase::Succeeded),
            ("RUNNING", Phase::Running),
            ("TERMINATING", Phase::Running),
            ("PENDING", Phase::Initializing),
        ] {
            assert_eq!(Phase::of_word(word), Some(phase), "{word}");
        }
        assert_eq!(Phase::of_word("queued"), None);
    }
}
