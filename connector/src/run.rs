//! Runs a job from this process.

use std::time::Duration;

use tokio::time::sleep;
use tracing::warn;

use crate::server::told_to_end;
use crate::{Connector, Failure, NewTask, Resource};

/// Starts a job by a connector, and waits for its end. A signal that ends this process (SIGINT, SIGTERM) also
/// ends the job, like flytekit's `agent_signal_handler`.
///
/// # Errors
///
/// If the job cannot be started or watched, or if a signal ended it. A failed job is not an error: its
/// [`Resource`] contains the reason.
///
/// ```no_run
/// # async fn example(connector: impl flytekit_connector::Connector, task: flytekit_connector::NewTask)
/// # -> Result<(), flytekit_connector::Failure> {
/// use std::time::Duration;
///
/// let ended = flytekit_connector::run(&connector, task, Duration::from_secs(5), |_| ()).await?;
/// println!("{:?}: {}", ended.phase, ended.message);
/// # Ok(())
/// # }
/// ```
pub async fn run<C: Connector>(
    connector: &C,
    task: NewTask,
    interval: Duration,
    mut progress: impl FnMut(&Resource),
) -> Result<Resource, Failure> {
    let end = told_to_end()
        .map_err(|error| Failure::internal(format!("cannot listen for signals: {error}")))?;
    let call = task.call.clone();
    let job = connector.create(task).await?;
    let watched = async {
        loop {
            let resource = connector.get(&job, &call).await?;
            if resource.phase.is_terminal() {
                return Ok(resource);
            }
            progress(&resource);
            sleep(interval).await;
        }
    };
    let ended = tokio::select! {
        ended = watched => ended,
        () = end => Err(Failure::user("a signal ended this process, and the job with it")),
    };
    if ended.is_err()
        && let Err(failure) = connector.delete(&job, &call).await
    {
        warn!(%failure, "the job may still run");
    }
    ended
}
