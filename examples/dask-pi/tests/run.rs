//! Runs the task as the documentation does, on threads, which work everywhere.

use std::f64::consts::PI;
use std::path::Path;
use std::process::Command;

use flytekit_tests::{Ended, python, run};

/// A number of points that is not a multiple of a batch.
const SAMPLES: &str = "2500001";

fn estimate(dask: &str, args: &[&str]) -> Ended {
    run(Command::new(env!("CARGO_BIN_EXE_dask-pi"))
        .args(["run", "dask_pi.estimate_pi", "--json", "--dask", dask])
        .args(args)
        .env("FLYTEKIT_PYTHON", python()))
}

fn outputs(ended: &Ended) -> serde_json::Value {
    assert!(ended.success(), "{ended}");
    serde_json::from_slice(&ended.stdout).expect("JSON")
}

#[test]
fn every_dask_gives_the_same_estimate() {
    let threads = outputs(&estimate("threads", &["--samples", SAMPLES]));
    let cluster = outputs(&estimate("local", &["--samples", SAMPLES]));
    assert_eq!(threads, cluster);

    let number = |name: &str| threads[name].as_f64().expect("a number");
    let error = number("standard_error");
    assert!((error - 0.00104).abs() < 0.00002, "{threads}");
    assert!((number("pi") - PI).abs() < 5.0 * error, "{threads}");
    assert_eq!(threads["samples"].to_string(), SAMPLES);
}

#[test]
fn another_seed_gives_another_estimate() {
    let [first, second] = ["1", "2"].map(|seed| {
        let args = ["--samples", "100000", "--seed", seed];
        outputs(&estimate("threads", &args))
    });
    assert_ne!(first["pi"], second["pi"]);
}

#[test]
fn no_samples_are_an_error() {
    let ended = estimate("threads", &["--samples", "0"]);
    assert!(!ended.success());
    let expected = "an estimate needs at least one sample";
    assert!(ended.stderr.contains(expected), "{ended}");
}

#[test]
fn templates_are_those_of_the_snapshots() {
    flytekit_tests::check_templates("dask-pi", Path::new(env!("CARGO_BIN_EXE_dask-pi")));
}

#[test]
fn objects_are_those_of_the_snapshots() {
    flytekit_tests::check_objects("dask-pi", Path::new(env!("CARGO_BIN_EXE_dask-pi")));
}
