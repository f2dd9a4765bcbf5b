//! The errors on the page about the first hour are those that people see.

use std::fs;

use crate::workspace;

const PAGE: &str = "docs/first-hour.md";

/// Messages of rustup, cargo, rustc, linkers and build scripts.
const FOREIGN: [&str; 8] = [
    "cargo: command not found",
    "error: no such command: flytekit",
    "error: rustc 1.85.0 is not supported by the following packages",
    "feature edition2024 is required",
    "linker cc not found",
    "xcrun: error: invalid active developer path",
    "Could not find protoc",
    "failed to download from …/config.json",
];

/// The sources of our own messages, whose numbers and names differ from run to run.
const OURS: [(&str, &str, &str); 7] = [
    (
        "no Python for the demo: it needs Python 3.10 to 3.13",
        "xtask/src/setup/python.rs",
        "no Python for ",
    ),
    (
        "cannot install the pinned packages",
        "xtask/src/setup/installer.rs",
        "cannot install the pinned packages",
    ),
    (
        "found no Spark to run on",
        "runtime/src/engine/spark/endpoint.rs",
        "found no Spark to run on",
    ),
    (
        "cannot listen on port 8000",
        "connector/src/server/mod.rs",
        "cannot listen on port ",
    ),
    (
        "no tasks found",
        "runtime/src/registry/mod.rs",
        "no tasks found",
    ),
    (
        "exists already: choose another name",
        "cargo-flytekit/src/new/mod.rs",
        "exists already: choose another name",
    ),
    (
        "is too old: flytekit needs Rust",
        "cargo-flytekit/src/new/mod.rs",
        "is too old: flytekit needs Rust",
    ),
];

#[test]
fn each_error_on_the_page_is_a_real_one_with_a_cure() {
    let read = |path: &str| fs::read_to_string(workspace::root().join(path)).unwrap();
    let page = read(PAGE);
    let (_, table) = page.split_once("| you see | do this |").unwrap();
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let mut cells = row.trim_matches('|').split(" | ").map(str::trim);
        let error = cells.next().unwrap().trim_matches('`');
        assert!(cells.next().is_some_and(|cure| !cure.is_empty()), "{row}");
        let ours = OURS.iter().find(|(shown, ..)| *shown == error);
        match ours {
            Some((_, source, text)) => assert!(read(source).contains(text), "{error}"),
            None => assert!(FOREIGN.contains(&error), "whose error is {error:?}?"),
        }
    }
}
