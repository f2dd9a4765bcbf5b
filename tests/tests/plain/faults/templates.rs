//! Faults of shim tasks, and of their executors.

use std::fs;

use flytekit_proto::flyteidl::core::{TaskTemplate, TypedInterface};
use prost::Message as _;

use super::faults;
use super::row::End;
use crate::container::{Container, Run};
use crate::shims::{BY_TEMPLATE, acting, asking, container, query, template, told_to_end};

/// With these bytes instead of the template.
fn with_template(bytes: &[u8]) -> Run {
    container(bytes).run()
}

/// Without the file of the template.
fn without_template() -> Run {
    let container = container(b"");
    fs::remove_file(container.path("task.pb")).expect("a file");
    container.run()
}

/// With an executor of this name.
fn by_executor(name: &str) -> Run {
    let container = acting("describe");
    let path = container.path("task.pb");
    asking(
        container,
        &[BY_TEMPLATE, "--", &path.to_string_lossy(), name],
    )
    .run()
}

/// A template without an interface.
fn without_interface() -> TaskTemplate {
    TaskTemplate {
        interface: Some(TypedInterface::default()),
        ..template("give an integer")
    }
}

fn given(container: Container, number: &str) -> Run {
    container
        .inputs(|inputs| inputs.output("number", &number.to_owned()))
        .run()
}

faults! {
    has_no_template: "the template is missing, or cannot be read"
        => End::SYSTEM,
        without_template(),
        ["task.pb cannot be read"];
    has_a_broken_template: "the file is not a template of a task"
        => End::user("USER:RuntimeError"),
        with_template(b"\xff\xff not protobuf"),
        ["task.pb is not a template of a task"];
    has_no_executor: "the image has no executor of this name"
        => End::user("USER:RuntimeError"),
        by_executor("module.Nobody"),
        ["no executor `module.Nobody`; it has", "`tests.Acting`"];
    has_no_resolver: "the image has no resolver of this name, or it finds no task"
        => End::user("USER:RuntimeError"),
        asking(acting("describe"), &["nobody", "--", "x"]).run(),
        ["no resolver `nobody`; it has"];
    has_an_input_of_another_type: "an input is not of the type that the template declares"
        => End::user("USER:BadInput"),
        given(acting("describe"), "five"),
        ["input number: expected integer, found string \"five\""];
    executor_fails: "the executor returns an error"
        => End::user("USER:RuntimeError"),
        acting("fail").run(),
        ["task a task of Python's", "as it was told"];
    executor_asks_again: "the executor returns a `RecoverableError`"
        => End::user_again("USER:Recoverable"),
        acting("ask again").run(),
        ["the service restarts"];
    executor_panics: "the executor panics"
        => End::user("USER:Panic"),
        acting("panic").run(),
        ["panicked at tests/src/bin/executors.rs:"];
    gives_another_type: "an output is missing, or not of the type that the template declares"
        => End::user("USER:RuntimeError"),
        acting("give an integer").run(),
        ["output text: expected string, found integer 7"];
    gives_more: "the executor returns an output that the template does not declare"
        => End::user("USER:RuntimeError"),
        container(&without_interface().encode_to_vec()).inputs(|_| Ok(())).run(),
        ["an output without a name, which the template does not declare; its outputs are: none"];
    query_is_refused: "a query's database is not there"
        => End::user("USER:RuntimeError"),
        query("select * from nowhere").run(),
        ["music.db", "No such file"];
    is_told_to_end: "SIGTERM while the executor works"
        => End::SYSTEM.exit(143),
        told_to_end(),
        ["told to end by SIGTERM"];
}
