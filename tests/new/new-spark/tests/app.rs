//! Runs the executable, as Flyte does.

use std::process::Command;

const TASK: &str = "new_spark.sum_range";

fn app(args: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_new-spark"))
        .args(args)
        .output()
        .expect("the executable starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    (output.status.success(), format!("{stdout}{stderr}"))
}

#[test]
fn the_settings_of_spark_are_in_the_executable() {
    let (success, template) = app(&["describe", TASK]);
    assert!(success, "{template}");
    assert!(template.contains("spark.executor.memory"), "{template}");
}

/// `pip install pysail pyspark-client`, then `cargo test -- --ignored`.
#[test]
#[ignore = "needs Sail or a local Spark"]
fn the_task_runs_on_spark() {
    let (success, output) = app(&["run", TASK, "--bound", "11"]);
    assert!(success && output.contains("55"), "{output}");
}
