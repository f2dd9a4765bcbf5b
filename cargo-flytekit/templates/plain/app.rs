//! Runs the executable, as Flyte does.

use std::process::Command;

const TASK: &str = "my_app.greet";

fn app(args: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_my-app"))
        .args(args)
        .output()
        .expect("the executable starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    (output.status.success(), format!("{stdout}{stderr}"))
}

#[test]
fn the_task_is_in_the_executable() {
    let (success, tasks) = app(&["list"]);
    assert!(success && tasks.contains(".greet("), "{tasks}");
}

#[test]
fn the_task_runs() {
    let (success, output) = app(&["run", TASK, "--name", "World"]);
    assert!(success && output.contains("Hello, World!"), "{output}");
}

#[test]
fn an_error_says_what_to_do() {
    let (success, output) = app(&["run", TASK, "--name", ""]);
    assert!(!success && output.contains("`name` is empty"), "{output}");
}
