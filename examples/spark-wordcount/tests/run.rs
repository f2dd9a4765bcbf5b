//! Runs the tasks one after the other, as the documentation does, on Sail.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use flytekit_tests::{python, run};

const TEXT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/alice.txt");

/// The output of a task that runs in a folder, which is also the folder for temporary files.
fn output(folder: &Path, task: &str, args: &[&str]) -> serde_json::Value {
    let task = format!("spark_wordcount.{task}");
    let ended = run(Command::new(env!("CARGO_BIN_EXE_spark-wordcount"))
        .args(["run", &task, "--spark", "sail", "--json"])
        .args(args)
        .current_dir(folder)
        .env("TMPDIR", folder)
        .env("FLYTEKIT_PYTHON", python()));
    assert!(ended.success(), "{ended}");
    let outputs: serde_json::Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    outputs["o0"].clone()
}

/// The same count, without Spark.
fn counts(min_length: usize) -> BTreeMap<String, u64> {
    let text = fs::read_to_string(TEXT).expect("the text").to_lowercase();
    let mut counts = BTreeMap::new();
    for word in text.split(|letter: char| !letter.is_ascii_lowercase()) {
        if word.len() >= min_length {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    counts
}

#[test]
fn a_text_becomes_a_table_of_its_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let lines = output(folder, "read_lines", &["--path", TEXT]);
    let lines = Path::new(lines.as_str().expect("a place"));
    // Paths may be relative, although the server has another working directory.
    let lines = lines.strip_prefix(folder).expect("a temporary folder");
    let lines = lines.to_str().expect("text");

    let args = [
        "--lines",
        lines,
        "--min_length",
        "4",
        "--raw-output-data-prefix",
        "words",
    ];
    let words = output(folder, "count_words", &args);
    let words = words.as_str().expect("a place");
    assert!(
        Path::new(words).starts_with(folder.join("words")),
        "{words}"
    );
    let found = output(
        folder,
        "most_frequent",
        &["--counts", words, "--n", "100000"],
    );

    let found: BTreeMap<String, u64> = serde_json::from_value(found).expect("counts");
    let expected = counts(4);
    assert_eq!(found, expected);
    assert!(expected["alice"] > 50);

    let most = output(folder, "most_frequent", &["--counts", words, "--n", "1"]);
    assert_eq!(most, serde_json::json!({ "alice": expected["alice"] }));
}

/// The task for Databricks runs on a local Spark, and says so.
#[test]
fn a_task_on_databricks_runs_here() {
    let folder = tempfile::tempdir().expect("a folder");
    let task = ["run", "spark_wordcount.different_words"];
    let ended = run(Command::new(env!("CARGO_BIN_EXE_spark-wordcount"))
        .args(task)
        .args(["--databricks", "sail", "--json", "--path", TEXT])
        .current_dir(folder.path())
        .env("FLYTEKIT_PYTHON", python()));
    assert!(ended.success(), "{ended}");
    let outputs: serde_json::Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    assert_eq!(outputs["o0"], counts(1).len());
    let word = "Flyte runs this task on Databricks";
    assert!(ended.stderr.contains(word), "{ended}");
}

#[test]
fn templates_are_those_of_the_snapshots() {
    let binary = Path::new(env!("CARGO_BIN_EXE_spark-wordcount"));
    flytekit_tests::check_templates("spark-wordcount", binary);
}

#[test]
fn objects_are_those_of_the_snapshots() {
    flytekit_tests::check_objects(
        "spark-wordcount",
        Path::new(env!("CARGO_BIN_EXE_spark-wordcount")),
    );
}
