//! The memory of a run.

#![cfg(target_os = "linux")]

use std::fs;
use std::thread;
use std::time::Duration;

use crate::container::{Container, Run};

/// Runs a container, and returns its peak memory in bytes.
fn peak(container: Container) -> (u64, Run) {
    let mut peak = 0;
    let run = container.run_and(|child| {
        let status = format!("/proc/{}/status", child.id());
        while child.try_wait().expect("a child").is_none() {
            let status = fs::read_to_string(&status).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kibibytes =
                line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
            // An ended process has no memory, and before `exec` it has its parent's.
            peak = peak.max(kibibytes.unwrap_or_default() << 10);
            thread::sleep(Duration::from_millis(1));
        }
    });
    (peak, run)
}

fn long_texts(count: usize, bytes: usize) -> u64 {
    let container = Container::of("fixture.ending.long_texts").inputs(|inputs| {
        inputs.output("count", &count)?;
        inputs.output("bytes", &bytes)
    });
    let (peak, run) = peak(container);
    assert!(run.file("outputs.pb").len() > count * bytes);
    peak
}

#[test]
fn outputs_are_encoded_once() {
    const SIZE: usize = 200 << 20;
    let little = long_texts(1, 1);
    for count in [1, 40, 4000] {
        let much = long_texts(count, SIZE / count) - little;
        // The value itself, and 1.2 times its size.
        let most = SIZE as u64 * 22 / 10;
        assert!(much < most, "{count}: {much} bytes, and at most {most}");
    }
}

/// A pod with little memory can still report its error.
#[test]
fn an_error_takes_little_more_than_success() {
    let (success, _) = peak(Container::of("fixture.values.void").text("x"));
    let (failure, run) = peak(Container::of("fixture.failing.user_error").text("x"));
    run.user_error("USER:RuntimeError");
    assert!(failure <= 2 * success, "{failure} and {success} bytes");
}

#[test]
fn an_error_looks_for_no_frames_unless_it_is_asked_to() {
    let frames = |backtrace: &str| {
        let container = Container::of("fixture.failing.user_error").text("x");
        let run = container.env("RUST_BACKTRACE", backtrace).run();
        run.document().message.contains("   0: ")
    };
    assert!(!frames("0") && frames("1"));
}
