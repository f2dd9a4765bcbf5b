//! The descendants of a process.

use std::collections::BTreeMap;
use std::process::Command;

use crate::run;

/// A running process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// The process id.
    pub id: u32,
    /// Its command line.
    pub command: String,
}

/// The descendants of a process: its children, then each one's children.
///
/// # Panics
///
/// If the machine cannot list them.
///
/// ```
/// assert_eq!(flytekit_test_support::below(u32::MAX), []);
/// ```
pub fn below(process: u32) -> Vec<Process> {
    let listed = run(Command::new("ps").args(["-A", "-o", "ppid=,pid=,stat=,command="]));
    assert!(listed.success(), "{listed}");
    let listed = listed.text();
    let mut children: BTreeMap<u32, Vec<Process>> = BTreeMap::new();
    for (parent, process) in listed.lines().filter_map(parse) {
        children.entry(parent).or_default().push(process);
    }
    let mut found = Vec::new();
    let mut next = process;
    for at in 0.. {
        found.extend(children.remove(&next).unwrap_or_default());
        let Some(process) = found.get(at) else { break };
        next = process.id;
    }
    found
}

/// Whether a process runs: it exists, and has not ended.
///
/// ```
/// assert!(flytekit_test_support::is_running(std::process::id()));
/// ```
pub fn is_running(process: u32) -> bool {
    let state = run(Command::new("ps").args(["-o", "stat=", "-p", &process.to_string()]));
    let state = state.text();
    !state.trim().is_empty() && !state.trim_start().starts_with('Z')
}

/// Parses a line of `ps` into the parent and the process; None for a zombie.
fn parse(line: &str) -> Option<(u32, Process)> {
    let (parent, rest) = line.trim_start().split_once(' ')?;
    let (id, rest) = rest.trim_start().split_once(' ')?;
    let (state, command) = rest.trim_start().split_once(' ')?;
    let process = Process {
        id: id.parse().ok()?,
        command: command.trim().to_owned(),
    };
    (!state.starts_with('Z')).then_some((parent.parse().ok()?, process))
}

/// Sends a signal, such as `TERM`.
///
/// # Panics
///
/// If there is no such process.
///
/// ```no_run
/// flytekit_test_support::signal("TERM", 12345);
/// ```
pub fn signal(name: &str, process: u32) {
    let sent = run(Command::new("kill").args(["-s", name, &process.to_string()]));
    assert!(sent.success(), "{sent}");
}

/// Kills processes, and ignores those that have ended meanwhile.
pub fn kill(processes: &[Process]) {
    let mut command = Command::new("kill");
    command.args(["-s", "KILL"]);
    command.args(processes.iter().map(|process| process.id.to_string()));
    // The command fails if one of them is gone, after it has tried all.
    run(&mut command);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_within;

    #[test]
    fn children_of_children_are_below() {
        let mut command = Command::new("sh");
        command.args(["-c", "sh -c 'sleep 60 & wait' & wait"]);
        run_within(crate::DEADLINE, &mut command, |child| {
            let deep = || {
                let found = below(child.id());
                found.into_iter().find(|it| it.command == "sleep 60")
            };
            crate::eventually("three generations", crate::DEADLINE, || deep().is_some());
            signal("KILL", deep().expect("it sleeps").id);
        });
    }
}
