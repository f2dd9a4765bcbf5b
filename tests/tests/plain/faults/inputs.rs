//! What the container is given.

use std::process::Command;

use super::faults;
use super::row::End;
use crate::container::{Container, Run};

/// A task whose archive nobody has told where it is.
fn fetching_nothing() -> Run {
    let mut container = Container::of("fixture.values.void").text("x");
    let execute = std::mem::replace(&mut container.command, Command::new("none"));
    container.command = Command::new(execute.get_program());
    let template = "{{ .remote_package_path }}";
    container
        .command
        .args(["fast-execute", "--additional-distribution", template, "--"]);
    container
        .command
        .arg("flytekit-app")
        .args(execute.get_args());
    container.run()
}

faults! {
    has_no_inputs: "`inputs.pb` is missing, or cannot be read"
        => End::SYSTEM,
        Container::of("fixture.declared.plain").run(),
        ["the inputs cannot be read", "No such file"];
    has_corrupt_inputs: "`inputs.pb` is no `LiteralMap`"
        => End::SYSTEM,
        Container::of("fixture.values.void").bytes(b"\xff\xff not protobuf").run(),
        ["the inputs are not a LiteralMap"];
    has_a_wrong_input: "an input is missing, surplus, or of another type"
        => End::user("USER:BadInput"),
        Container::of("fixture.values.void").inputs(|inputs| inputs.output("text", &1_i64)).run(),
        ["input text: expected a string, found integer 1"];
    has_a_default: "an input that has a default is missing"
        => End::OUTPUTS,
        Container::of("fixture.broken.strict")
            .inputs(|inputs| {
                inputs.output("byte", &255_u8)?;
                inputs.output("text", &String::new())?;
                inputs.output("flags", &Vec::<bool>::new())
            })
            .run(),
        [];
    has_nothing_to_fetch: "a task of a fast registration was registered without its archive"
        => End::SYSTEM_FINALLY,
        fetching_nothing(),
        ["the task was registered without its executable"];
    has_no_such_task: "the executable has no such task"
        => End::user("USER:RuntimeError"),
        Container::of("fixture.declared.plian").text("").run(),
        ["no task `fixture.declared.plian`"];
    has_a_wrong_command_line: "the command line is wrong"
        => End::NOTHING.exit(2),
        {
            let mut container = Container::of("fixture.values.void").text("x");
            container.command.arg("--frobnicate");
            container.run()
        },
        ["--frobnicate"];
}
