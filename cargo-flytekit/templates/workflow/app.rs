//! Runs the executable, as Flyte does.

use std::process::Command;

const WORKFLOW: &str = "my_app.report";

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
fn the_workflow_runs() {
    let (success, output) = app(&["run", WORKFLOW, "--day", "2026-01-03"]);
    assert!(success && output.contains("2026-01-03 is fine"), "{output}");
}

#[test]
fn the_graph_is_in_the_executable() {
    let (success, graph) = app(&["describe", WORKFLOW, "--format", "json"]);
    assert!(success && graph.contains("branchNode"), "{graph}");
}
