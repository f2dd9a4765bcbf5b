//! What the machine, the platform and the stores do.

use std::process::Command;

use super::faults;
use super::row::End;
use crate::container::{Container, Run};
use crate::failures::wait_for;

/// A task that sleeps, and a signal for it.
fn told_to_end(signal: &str) -> Run {
    let container = Container::of("fixture.broken.sleeps");
    let started = container.path("started");
    let container = container.inputs(|inputs| {
        inputs.output("started", &started.display().to_string())?;
        inputs.output("seconds", &3600_i64)
    });
    container.run_and(|child| {
        wait_for(&started);
        // The shell's own `kill`: not every machine has a program of that name.
        let kill = format!("kill -s {signal} {}", child.id());
        let killed = Command::new("sh").args(["-c", &kill]).status();
        assert!(killed.expect("a shell").success());
    })
}

faults! {
    is_terminated: "SIGTERM: the platform ends the pod"
        => End::SYSTEM.exit(143),
        told_to_end("TERM"),
        ["the process was told to end by SIGTERM"];
    is_interrupted: "SIGINT: somebody presses Ctrl-C"
        => End::SYSTEM.exit(130),
        told_to_end("INT"),
        ["the process was told to end by SIGINT"];
    is_killed: "SIGKILL, also for too much memory"
        => End::NOTHING.signal(9),
        told_to_end("KILL"),
        [];
}
