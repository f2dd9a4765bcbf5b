//! The phases of jobs.

use flytekit_proto::flyteidl::core::task_execution;

/// The phase of a job, in Flyte's words.
///
/// There is no undefined phase: Flyte 1 would retry the task, and Flyte 2 would report an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The job waits for its turn.
    Queued,
    /// The job is being set up.
    Initializing,
    /// The job waits for machines.
    WaitingForResources,
    /// The job runs.
    Running,
    /// The job has succeeded.
    Succeeded,
    /// The job was aborted. Flyte drops the message.
    Aborted,
    /// The job has failed, and a retry cannot help.
    Failed,
    /// The job has failed for a reason outside of the task, and may be retried.
    RetryableFailed,
}

impl Phase {
    /// The phase for a service's name of a state, in upper or lower case, like flytekit's
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

    /// Whether the phase is final.
    pub fn is_terminal(self) -> bool {
        matches!(
            self,
            Phase::Succeeded | Phase::Aborted | Phase::Failed | Phase::RetryableFailed
        )
    }

    /// The phase in Flyte's message.
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
