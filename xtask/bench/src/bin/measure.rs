//! Runs a command once, and prints its duration and its peak memory.
//!
//! ```text
//! $ measure app execute --task app.noop …
//! seconds 0.0023
//! peak_bytes 4554752
//! ```
//!
//! This is a separate program because of the kernel's accounting: a new process is charged with the memory of
//! the process that started it. This one uses hardly any, so it hardly distorts the result.

use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};

/// The unit of `ru_maxrss`: bytes on Apple's systems, KiB elsewhere.
const RSS_UNIT: i64 = if cfg!(target_vendor = "apple") {
    1
} else {
    1024
};

fn main() -> Result<()> {
    let mut words = std::env::args_os().skip(1);
    let program = words.next().context("usage: measure PROGRAM [ARGUMENT]…")?;
    let arguments: Vec<OsString> = words.collect();

    let mut command = Command::new(&program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let started = Instant::now();
    let status = command
        .status()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let seconds = started.elapsed().as_secs_f64();
    if !status.success() {
        bail!("{} failed ({status})", program.display());
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("the system counts no memory")?;
    println!("seconds {seconds}");
    println!("peak_bytes {}", usage.max_rss() * RSS_UNIT);
    Ok(())
}
