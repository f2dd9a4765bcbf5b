//! Runs the workflow as the documentation does: on a local Spark and a local Dask cluster.

use std::path::Path;
use std::process::Command;

use flytekit_tests::{Ended, python, run};

const PROGRAM: &str = env!("CARGO_BIN_EXE_etl");

fn etl(args: &[&str]) -> Ended {
    let mut command = Command::new(PROGRAM);
    run(command.args(args).env("FLYTEKIT_PYTHON", python()))
}

#[track_caller]
fn assert_reports(args: &[&str], report: &str) {
    let ended = etl(&[&["run"], args, &["--json"]].concat());
    assert!(ended.success(), "{ended}");
    let outputs: serde_json::Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    assert_eq!(outputs["o0"], report, "{ended}");
}

#[test]
fn each_side_of_the_condition_is_run() {
    assert_reports(
        &["etl.report", "--day", "2026-01-31"],
        "2026-01-31 was an ordinary day of 16.0 degrees",
    );
    assert_reports(
        &[
            "etl.report",
            "--day",
            "2026-01-31",
            "--limit",
            "5",
            "--spark",
            "sail",
            "--dask",
            "threads",
        ],
        "look at 2026-01-31: a reading is 8.1 degrees from the mean",
    );
}

#[test]
fn people_can_look_at_the_readings() {
    let ended = etl(&["run", "etl.load", "--day", "2026-01-31"]);
    assert!(ended.success(), "{ended}");
    let mut lines = ended.stderr.lines();
    let deck = lines.find_map(|line| line.strip_prefix("deck: "));
    let page = std::fs::read_to_string(deck.expect("a deck")).expect("a page");
    assert!(
        page.contains("<strong>48</strong> readings of 2026-01-31"),
        "{page}"
    );
}

#[test]
fn the_plan_runs_its_workflow() {
    assert_reports(
        &["etl.daily", "--day", "2026-07-31"],
        "2026-07-31 was an ordinary day of 21.0 degrees",
    );
}

/// The graph has a map, and workflows with tasks on Spark and on Dask.
#[test]
fn a_dynamic_task_compares_days() {
    assert_reports(
        &["etl.compare", "--first", "2026-01-30", "--days", "2"],
        "the warmest of 2 days from 2026-01-30 on has 16.0 degrees, and the largest distance is 8.1",
    );
}

#[test]
fn an_engine_is_where_the_command_line_wants_it() {
    let ended = etl(&[
        "run",
        "etl.report",
        "--day",
        "2026-01-31",
        "--dask",
        "nowhere",
    ]);
    assert!(!ended.success(), "{ended}");
    let told = &ended.stderr;
    assert!(
        told.contains("node `n1/n1` (etl.largest_distance)"),
        "{ended}"
    );
    assert!(told.contains("nowhere"), "{ended}");
    // A run of tasks without Dask does not mention Dask.
    let ended = etl(&[
        "run",
        "etl.mean",
        "--readings",
        "[1.0]",
        "--dask",
        "threads",
    ]);
    assert!(
        ended.stderr.contains("unexpected argument '--dask'"),
        "{ended}"
    );
}

#[test]
fn a_failure_names_its_node_and_is_cleared_up() {
    let ended = etl(&["run", "etl.report", "--day", "1999-12-31"]);
    assert!(!ended.success(), "{ended}");
    let (told, said) = (&ended.stderr, String::from_utf8_lossy(&ended.stdout));
    assert!(told.contains("node `n0` (etl.load)"), "{ended}");
    assert!(
        told.contains("there are no readings of 1999-12-31"),
        "{ended}"
    );
    assert!(said.contains("there is no report of 1999-12-31"), "{ended}");
}

#[test]
fn the_picture_is_that_of_the_documentation() {
    let drawn = etl(&["describe", "etl.report", "--format", "svg"]);
    assert!(drawn.success(), "{drawn}");
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/workflows.svg");
    let picture = std::fs::read_to_string(picture).expect("the picture");
    assert_eq!(String::from_utf8_lossy(&drawn.stdout), picture);
}
