//! When and where the measurement ran.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use anyhow::{Context as _, Result};

use crate::process;

/// One sentence with the date, the machine, the compiler, and the load of the machine.
pub(super) fn describe() -> Result<String> {
    let date = process::output(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    let system = process::output(Command::new("uname").args(["-srm"]))?;
    let rustc = process::output(Command::new("rustc").arg("--version"))?;
    let cores =
        available_parallelism().context("the system does not report its number of cores")?;
    Ok(format!(
        "Measured on {}: {cores} cores of {}, {}, {}{}.",
        date.trim(),
        cpu(),
        system.trim(),
        rustc.trim(),
        load()
    ))
}

/// The processor's name, if Linux reports it.
fn cpu() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == "model name").then(|| value.trim().to_owned())
    });
    name.unwrap_or_else(|| "a processor without a known name".to_owned())
}

/// The load average of the last minute: other work is noise in all numbers.
fn load() -> String {
    let averages = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    match averages.split_once(' ') {
        Some((minute, _)) => format!("; load before the run {minute}"),
        None => String::new(),
    }
}
