//! Runs the executable, as Flyte does.

use std::process::Command;

const TASK: &str = "new_dask.primes";

fn app(args: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_new-dask"))
        .args(args)
        .output()
        .expect("the executable starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    (output.status.success(), format!("{stdout}{stderr}"))
}

#[test]
fn the_task_runs_on_threads() {
    let task = ["run", TASK, "--bound", "30000"];
    let (success, output) = app(&[&task[..], &["--dask", "threads"]].concat());
    assert!(success && output.contains("3245"), "{output}");
}

/// `pip install distributed`, then `cargo test -- --ignored`.
#[test]
#[ignore = "needs Python with distributed"]
fn the_task_runs_on_a_cluster() {
    let task = ["run", TASK, "--bound", "30000"];
    let (success, output) = app(&[&task[..], &["--dask", "local"]].concat());
    assert!(success && output.contains("3245"), "{output}");
}
