//! Running commands.

use std::collections::VecDeque;
use std::env;
use std::fs::{self, Permissions};
use std::io::{self, BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::report::Ticker;

/// The number of lines of a failed command's output in the error.
const LAST_LINES: usize = 20;

/// Runs a command that uses the terminal itself.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a command, and returns its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{} failed ({})\n{}",
            shown(command),
            output.status,
            complaint.trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command whose output is news for the ticker; if it fails, its last lines are in the error.
pub(crate) fn run_quietly(command: &mut Command, ticker: &Ticker) -> Result<()> {
    let (reader, writer) = io::pipe().context("cannot open a pipe")?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone().context("cannot share a pipe")?)
        .stderr(writer);
    let mut child = command.spawn().with_context(|| cannot_start(command))?;
    // The command holds the writing ends of the pipe. They must be closed here, or the reading end would
    // never end.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let mut last = VecDeque::with_capacity(LAST_LINES);
    for line in BufReader::new(reader).lines() {
        let line = line.with_context(|| format!("cannot read the output of {}", shown(command)))?;
        ticker.news(&line);
        if last.len() == LAST_LINES {
            last.pop_front();
        }
        last.push_back(line);
    }
    let status = child.wait().with_context(|| cannot_start(command))?;
    if !status.success() {
        let last: Vec<String> = last.into();
        bail!("{} failed ({status})\n{}", shown(command), last.join("\n"));
    }
    Ok(())
}

/// Writes an executable script.
pub(crate) fn write_program(path: &Path, script: &str) -> Result<()> {
    let write = || {
        fs::create_dir_all(path.parent().unwrap_or(path))?;
        fs::write(path, script)?;
        fs::set_permissions(path, Permissions::from_mode(0o755))
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// The first program with that name on `PATH`.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

/// A command line for messages, without quoting, but good enough to recognise.
pub(crate) fn shown(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}

fn cannot_start(command: &Command) -> String {
    format!("cannot run {}", shown(command))
}
