//! Runs the task as the documentation does: on threads, and on a cluster of this machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use flytekit_tests::{Ended, python, run};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");

fn summarize(dask: &str, parent: &Path, folder: &str) -> Ended {
    run(Command::new(env!("CARGO_BIN_EXE_dask-weather"))
        .args(["run", "dask_weather.summarize", "--json", "--dask", dask])
        .args(["--folder", folder])
        .current_dir(parent)
        .env("FLYTEKIT_PYTHON", python()))
}

/// The readings of each station, read without Dask and without the crate `csv`.
fn readings() -> BTreeMap<String, Vec<f64>> {
    let mut readings = BTreeMap::<_, Vec<_>>::new();
    for file in fs::read_dir(DATA).expect("the data") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("text");
        for line in text.lines().skip(1) {
            let [_, station, celsius] = line.split(',').collect::<Vec<_>>()[..] else {
                panic!("not a reading: {line}")
            };
            let celsius = celsius.parse().expect("a number");
            let station: &mut Vec<f64> = readings.entry(station.to_owned()).or_default();
            station.push(celsius);
        }
    }
    readings
}

/// Summarizes `data`, by a path that is relative, and computes the same here.
fn assert_summarizes(dask: &str) {
    let ended = summarize(dask, Path::new(env!("CARGO_MANIFEST_DIR")), "data");
    assert!(ended.success(), "{ended}");
    let summary: serde_json::Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    let readings = readings();
    for name in ["coldest", "mean", "warmest"] {
        let stations = summary[name].as_object().expect("a map").keys();
        assert!(stations.eq(readings.keys()), "{summary}");
    }
    for (station, celsius) in readings {
        let number = |name: &str| summary[name][&station].as_f64().expect("a number");
        let [coldest, mean, warmest] = ["coldest", "mean", "warmest"].map(number);
        let count = f64::from(u32::try_from(celsius.len()).expect("a few"));
        let expected = celsius.iter().sum::<f64>() / count;
        assert!((mean - expected).abs() < 1e-9, "{station}: {summary}");
        assert!(celsius.contains(&coldest) && celsius.contains(&warmest));
        assert!(celsius.iter().all(|&it| coldest <= it && it <= warmest));
    }
}

#[test]
fn a_folder_is_summarized_on_threads() {
    assert_summarizes("threads");
}

#[test]
fn a_folder_is_summarized_on_a_cluster() {
    assert_summarizes("local");
}

/// The error of the task for a folder in which one file has a word instead of a number. It names the file.
fn complaint(dask: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    for file in fs::read_dir(DATA).expect("the data") {
        let file = file.expect("a file");
        fs::copy(file.path(), folder.path().join(file.file_name())).expect("a copy");
    }
    let broken = folder.path().join("2025-04.csv");
    let text = fs::read_to_string(&broken).expect("text");
    let mut lines: Vec<_> = text.lines().collect();
    lines[6] = "2025-04-04,Valley,warm";
    fs::write(&broken, lines.join("\n")).expect("a file");

    let ended = summarize(dask, folder.path(), ".");
    assert!(!ended.success(), "{ended}");
    let place = format!("{}: CSV deserialize error", broken.display());
    let said = &ended.stderr;
    // The functions that need this function's result are not to blame.
    assert!(said.contains("`dask_weather.read_file` failed"), "{said}");
    assert!(said.contains(&place) && said.contains("line: 7"), "{said}");
    ended.stderr
}

#[test]
fn a_broken_file_is_named_with_its_line() {
    complaint("threads");
}

#[test]
fn a_broken_file_on_a_cluster_is_named_with_the_worker() {
    let said = complaint("local");
    assert!(said.contains(" on the worker inproc://"), "{said}");
}

#[test]
fn a_folder_without_files_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let ended = summarize("threads", folder.path(), ".");
    assert!(!ended.success(), "{ended}");
    assert!(ended.stderr.contains("no .csv files in ."), "{ended}");
}

#[test]
fn templates_are_those_of_the_snapshots() {
    let binary = Path::new(env!("CARGO_BIN_EXE_dask-weather"));
    flytekit_tests::check_templates("dask-weather", binary);
}

#[test]
fn objects_are_those_of_the_snapshots() {
    flytekit_tests::check_objects(
        "dask-weather",
        Path::new(env!("CARGO_BIN_EXE_dask-weather")),
    );
}
