//! Faults in the container's inputs.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

use flytekit_proto::flyteidl::core::{Literal, LiteralMap};
use prost::Message as _;

use super::faults;
use super::row::End;
use crate::container::{Container, Run, execute};
use crate::secrets::{telling, without_its_token};

/// A task without the place of its archive.
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

/// A task with one input; `make` writes its file.
fn with_inputs(make: impl FnOnce(&Path)) -> Run {
    let container = Container::of("fixture.values.void");
    make(&container.path("inputs.pb"));
    container.run()
}

/// A task with this many unknown inputs, whose document is nevertheless short.
fn with_unknown_inputs(count: usize) -> Run {
    const ENOUGH: usize = 160 << 10;
    let names = (0..count).map(|number| (format!("input_{number}"), Literal::default()));
    let inputs = LiteralMap {
        literals: names.collect(),
    };
    let container = Container::of("fixture.broken.strict");
    let run = container.bytes(&inputs.encode_to_vec()).run();
    let (document, line) = (run.file("error.pb").len(), run.ended.stderr.len());
    assert!(document < ENOUGH && line < ENOUGH, "{document}, {line}");
    run
}

/// A Spark task, with the server at this address.
fn spark_at(address: &str) -> Run {
    let container = Container::of("fixture.broken.needs_spark").bytes(b"");
    container.env("SPARK_REMOTE", address).run()
}

/// A Dask task, with the scheduler at this address.
fn dask_at(address: &str) -> Run {
    let container = Container::of("fixture.dask.defaults");
    let container = container.inputs(|inputs| inputs.output("a", &1_i64));
    container.env("DASK_SCHEDULER_ADDRESS", address).run()
}

faults! {
    has_no_inputs: "`inputs.pb` is missing, or cannot be read"
        => End::SYSTEM,
        Container::of("fixture.declared.plain").run(),
        ["the inputs cannot be read", "No such file"];
    has_endless_inputs: "`inputs.pb` has more bytes than there is memory, or a store says so"
        => End::SYSTEM,
        with_inputs(|path| {
            let file = std::fs::File::create(path).expect("a file");
            file.set_len(10 << 40).expect("a file system with holes");
        }),
        ["10485760 MiB are to be read into memory", "MiB of memory: pass less"];
    has_a_pipe: "`inputs.pb` is a pipe or a device"
        => End::SYSTEM,
        with_inputs(|path| {
            let made = Command::new("mkfifo").arg(path).status();
            assert!(made.expect("a program").success());
        }),
        ["the inputs cannot be read", "neither a file nor a folder"];
    has_corrupt_inputs: "`inputs.pb` is not a `LiteralMap`"
        => End::SYSTEM,
        Container::of("fixture.values.void").bytes(b"\xff\xff not protobuf").run(),
        ["the inputs are not a LiteralMap"];
    has_a_wrong_input: "an input is missing, surplus, or of another type"
        => End::user("USER:BadInput"),
        Container::of("fixture.values.void").inputs(|inputs| inputs.output("text", &1_i64)).run(),
        ["input text: expected a string, found integer 1"];
    has_very_many_wrong_inputs: "200,000 inputs are surplus; a few of them are named"
        => End::user("USER:BadInput"),
        with_unknown_inputs(200_000),
        ["input `byte` is missing", "input `input_", " and 199980 more are not "];
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
    has_no_secret: "a secret that the function reads is not there"
        => End::user("USER:RuntimeError"),
        without_its_token(|_| ()),
        ["raised at tests/src/bin/fixture/broken.rs:", "secret `token` of group `vault`", "_FSEC_VAULT_TOKEN"];
    has_a_secret_that_is_no_text: "a secret cannot be read, or is not text"
        => End::user("USER:RuntimeError"),
        without_its_token(|container| {
            let value = OsStr::from_bytes(b"\xff");
            container.command.env("_FSEC_VAULT_TOKEN", value);
        }),
        ["is in the environment variable _FSEC_VAULT_TOKEN, and is not text (UTF-8)"];
    tells_its_secrets: "the function tells a secret; the document does not"
        => End::user("USER:RuntimeError"),
        telling("error").run(),
        ["token [secret], password [secret], certificate:"];
    has_an_odd_spark: "`SPARK_REMOTE` is not an address of Spark"
        => End::user("USER:RuntimeError"),
        spark_at("http://127.0.0.1:1"),
        ["http://127.0.0.1:1", "sc://HOST:PORT"];
    has_a_dead_spark: "no server answers at `SPARK_REMOTE`"
        => End::SYSTEM,
        spark_at("sc://127.0.0.1:1"),
        ["127.0.0.1:1"];
    has_an_odd_dask: "`DASK_SCHEDULER_ADDRESS` is not an address of Dask"
        => End::user("USER:RuntimeError"),
        dask_at("scheduler"),
        ["DASK_SCHEDULER_ADDRESS is `scheduler`", "tcp://HOST:PORT"];
    has_no_prefix: "`--output-prefix` is empty, or a template without its values"
        => End::NOTHING.exit(1),
        {
            let mut container = Container::of("fixture.values.void").text("x");
            let inputs = container.path("inputs.pb");
            container.command = execute("fixture.values.void", inputs, "{{.outputPrefix}}");
            container.run()
        },
        ["--output-prefix is `{{.outputPrefix}}`"];
    has_a_wrong_command_line: "the command line is wrong"
        => End::NOTHING.exit(2),
        {
            let mut container = Container::of("fixture.values.void").text("x");
            container.command.arg("--frobnicate");
            container.run()
        },
        ["--frobnicate"];
}
