//! Waiting until a run ends.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use flytekit_proto::flyteidl::admin::{Execution, ExecutionClosure, WorkflowExecutionGetRequest};
use flytekit_proto::flyteidl::core::WorkflowExecutionIdentifier;
use flytekit_proto::flyteidl::core::workflow_execution::Phase;
use tonic::Code;

use super::follow::Follow;
use crate::console::tell;
use crate::meter::{Audience, Meter};
use crate::register::admin::{Admin, AdminError};

/// The pause after the first poll; each further pause is an eighth longer.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// If Flyte is silent for this long, it counts as unreachable.
const SILENCE: Duration = Duration::from_secs(15 * 60);

/// Polls a run until it ends, and shows its progress.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    admin: &'a Admin,
    id: &'a WorkflowExecutionIdentifier,
    /// Reports events of the run's parts, if requested.
    follow: Option<Follow>,
    started: Instant,
    heard: Instant,
    shown: String,
    meter: Meter,
}

/// The reason why the wait is over.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The run has ended.
    Run(Box<Execution>),
    /// The timeout is over; the run was in this phase.
    Time(String),
    /// Flyte does not answer.
    Connection(AdminError),
}

impl<'a> Watch<'a> {
    /// Watches a run, and also its nodes and their attempts if requested.
    pub(crate) fn new(
        admin: &'a Admin,
        id: &'a WorkflowExecutionIdentifier,
        with_parts: bool,
    ) -> Self {
        Watch {
            admin,
            id,
            follow: with_parts.then(Follow::default),
            started: Instant::now(),
            heard: Instant::now(),
            shown: String::new(),
            meter: Meter::default(),
        }
    }

    /// Waits for the end of the run, at most for the given time.
    pub(crate) async fn wait(mut self, at_most: Option<Duration>) -> Ended {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.look().await {
                Ok(run) if has_ended(&run) => return Ended::Run(Box::new(run)),
                Ok(run) => {
                    self.heard = Instant::now();
                    self.show(phase(&run));
                }
                Err(error) if self.can_wait(&error) => {
                    self.show(format!("Flyte does not answer: {error}"));
                }
                Err(error) => return Ended::Connection(error),
            }
            let left = at_most.map(|at_most| at_most.saturating_sub(self.started.elapsed()));
            if left.is_some_and(|left| left.is_zero()) {
                return Ended::Time(self.shown);
            }
            tokio::time::sleep(left.map_or(pause, |left| left.min(pause))).await;
            pause = (pause * 9 / 8).min(LONGEST_PAUSE);
        }
    }

    async fn look(&mut self) -> Result<Execution, AdminError> {
        let request = WorkflowExecutionGetRequest {
            id: Some(self.id.clone()),
        };
        let run = self.admin.get_execution(request).await?;
        if let Some(follow) = &mut self.follow {
            let news = follow.look(self.admin, self.id).await?;
            if !news.is_empty() {
                self.meter.clear();
            }
            news.iter().for_each(tell);
        }
        Ok(run)
    }

    /// Whether a repeated call may succeed later.
    fn can_wait(&self, error: &AdminError) -> bool {
        let passes = matches!(
            error.code(),
            Code::Unavailable
                | Code::DeadlineExceeded
                | Code::ResourceExhausted
                | Code::Aborted
                | Code::Internal
                | Code::Unknown
        );
        passes && self.heard.elapsed() < SILENCE
    }

    /// A change is shown immediately, an unchanged state only occasionally.
    fn show(&mut self, what: String) {
        if self.shown != what {
            self.meter = Meter::default();
            self.shown = what;
        }
        let audience = Audience {
            name: &self.id.name,
            can_draw: io::stderr().is_terminal(),
        };
        let seconds = self.started.elapsed().as_secs();
        if audience.can_draw || seconds == 0 {
            self.meter.show(audience, 0, None, &self.shown);
        } else {
            let what = format!("{}, after {seconds} s", self.shown);
            self.meter.show(audience, 0, None, &what);
        }
    }
}

/// The phase of a run in words.
pub(super) fn phase(run: &Execution) -> String {
    let phase = run
        .closure
        .as_ref()
        .map_or(Phase::Undefined, ExecutionClosure::phase);
    in_words(phase.as_str_name())
}

/// `WAITING_FOR_RESOURCES` as people write it.
pub(super) fn in_words(name: &str) -> String {
    name.to_lowercase().replace('_', " ")
}

fn has_ended(run: &Execution) -> bool {
    let phase = run.closure.as_ref().map(ExecutionClosure::phase);
    matches!(
        phase,
        Some(Phase::Succeeded | Phase::Failed | Phase::Aborted | Phase::TimedOut)
    )
}
