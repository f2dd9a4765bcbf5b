//! Runs the tasks as the documentation does, one after the other, without an image: a stand-in for podman
//! starts the commands on this machine.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

use flytekit_tests::{ContainerEngine, run};
use serde_json::Value;

fn task(engine: &ContainerEngine, name: &str, args: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_container-words"));
    engine.provide(&mut command);
    let ended = run(command.args(["run", name, "--json"]).args(args));
    assert!(ended.success(), "{ended}");
    serde_json::from_slice(&ended.stdout).expect("JSON")
}

#[test]
fn the_containers_file_is_the_tasks_input() {
    let engine = ContainerEngine::new();
    let text = engine.path("poem.txt");
    fs::write(
        &text,
        "So long as men can breathe, or eyes can see,\nSo long lives this",
    )
    .expect("a file");
    let text = text.to_string_lossy();
    let words = task(
        &engine,
        "container_words.count_words",
        &["--text", &text, "--least", "2"],
    );
    assert_eq!(words["different"], 3);
    let counts = words["counts"].as_str().expect("a place");
    let written = fs::read_to_string(counts).expect("a file");
    assert_eq!(written, "can,2\nlong,2\nso,2\n");
    let favourite = task(&engine, "container_words.favourite", &["--counts", counts]);
    assert_eq!(favourite["o0"], "can");
    engine.assert_clean();
}

#[test]
fn templates_are_those_of_the_snapshots() {
    let program = Path::new(env!("CARGO_BIN_EXE_container-words"));
    flytekit_tests::check_templates("container", program);
}
