//! Tasks in hostile surroundings: each module takes away, shadows or renames something that
//! generated code could lean on. That they compile is one half; the other is that their names,
//! interfaces and results are right.

#![allow(
    clippy::just_underscores_and_digits,
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    reason = "the surroundings are odd on purpose, and small"
)]

mod applications;
mod attributes;
mod conditional;
mod executors;
mod facade;
mod generated;
mod graphs;
mod handles;
mod lints;
mod names;
mod no_prelude;
mod places;
mod raw;
mod shadowed;
mod types;
mod worker_functions;

use std::fs;

use flytekit::registry::{RegisteredTask, Registry, Table};
use flytekit::types::{FlyteType, LiteralMapRef, LiteralRef, LiteralWriter, OutputsWriter};

/// The tasks of this binary, by name.
fn tasks() -> Table<RegisteredTask> {
    Registry::load().expect("no two tasks have one name").tasks
}

/// Runs a task as its container does, on integers, and gives the first of its outputs.
#[track_caller]
fn output<T: FlyteType>(task: &str, integers: &[(&'static str, i64)]) -> T {
    let mut inputs = OutputsWriter::new();
    for (name, value) in integers {
        inputs.output(name, value).expect("each has its own name");
    }
    let folder = tempfile::tempdir().expect("a folder for files");
    let path = |name: &str| format!("{}/{name}", folder.path().display());
    fs::write(path("inputs.pb"), inputs.finish()).expect("the inputs are written");
    let files = [
        format!("--inputs={}", path("inputs.pb")),
        format!("--output-prefix={}", path("")),
    ];
    let flags = ["hygiene", "execute", "--task", task].map(str::to_owned);
    flytekit::cli::run_with(flags.into_iter().chain(files));
    let outputs = fs::read(path("outputs.pb")).expect("the task succeeds");
    let first = LiteralMapRef::new(&outputs).iter().next();
    let (_, literal) = first.expect("an output").expect("a well-formed map");
    T::decode(literal).expect("the output's type")
}

/// Writes a value as a literal, and reads it again.
#[track_caller]
fn again<T: FlyteType>(value: &T) -> T {
    let literal = LiteralWriter::to_bytes(|out| value.encode(out)).expect("a literal");
    T::decode(LiteralRef::new(&literal)).expect("the same literal")
}

#[test]
fn each_task_has_the_name_of_its_place() {
    let tasks = tasks();
    let names = tasks.names();
    let expected: Vec<&str> = include_str!("names.txt").lines().collect();
    assert_eq!(names.collect::<Vec<_>>(), expected);
}
