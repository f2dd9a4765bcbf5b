//! CPU time, which other work on the machine affects less than wall time.

use std::time::Duration;

use anyhow::{Context as _, Result};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike as _};

/// The CPU time of all child processes that have ended, and of theirs.
fn spent() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("the system counts no time")?;
    let of = |time: TimeVal| Duration::from_micros(time.num_microseconds().unsigned_abs());
    Ok(of(usage.user_time()) + of(usage.system_time()))
}

/// The result of `run`, and the CPU time in seconds of the processes that it starts and waits for.
pub(super) fn measured<T>(run: impl FnOnce() -> Result<T>) -> Result<(T, f64)> {
    let before = spent()?;
    let done = run()?;
    Ok((done, spent()?.saturating_sub(before).as_secs_f64()))
}
