//! Failures, as the backend sees them: a process with files, an exit code and one document.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use flytekit::types::OutputsWriter;
use flytekit_proto::flyteidl::core::container_error::Kind;
use flytekit_proto::flyteidl::core::execution_error::ErrorKind;
use flytekit_proto::flyteidl::core::{ErrorDocument, LiteralMap};
use flytekit_tests::DEADLINE;
use prost::Message;
use tempfile::TempDir;

use crate::container::{Container, assert_says, execute};

#[test]
fn an_error_says_what_and_where() {
    let run = Container::of("fixture.failing.user_error")
        .text("the file is empty")
        .run();
    let error = run.user_error("USER:RuntimeError");
    assert_says(
        &error,
        &[
            "task fixture.failing.user_error\n",
            "raised at tests/src/bin/fixture/failing.rs:",
        ],
    );
    for text in [&error.message, &run.ended.stderr] {
        let named = text.matches("fixture.failing.user_error").count();
        assert_eq!(named, 1, "{text}");
    }
    assert!(
        error
            .message
            .ends_with("\nMessage:\n\n    USER:RuntimeError: the file is empty"),
        "{}",
        error.message
    );
    assert!(
        run.ended
            .stderr
            .contains("error: task fixture.failing.user_error: the file is empty"),
        "{}",
        run.ended
    );
}

#[test]
fn errors_of_other_types_keep_what_they_say() {
    let run = Container::of("fixture.broken.foreign_error")
        .inputs(|inputs| inputs.output("number", &"seven".to_owned()))
        .run();
    let error = run.user_error("USER:RuntimeError");
    assert_says(
        &error,
        &[
            "raised at tests/src/bin/fixture/broken.rs:",
            "invalid digit found in string",
        ],
    );

    let run = Container::of("fixture.broken.boxed_error")
        .text("boxed")
        .run();
    assert_says(&run.user_error("USER:RuntimeError"), &["boxed"]);
}

#[test]
fn a_recoverable_error_asks_for_another_try() {
    let run = Container::of("fixture.failing.recoverable")
        .text("restarting")
        .run();
    assert_says(
        &run.error("USER:Recoverable", Kind::Recoverable, ErrorKind::User),
        &["restarting"],
    );
}

#[test]
fn a_panic_says_where() {
    for task in [
        "fixture.broken.panics",
        "fixture.broken.panics_asynchronously",
    ] {
        let run = Container::of(task).text("boom").run();
        let error = run.user_error("USER:Panic");
        assert_says(
            &error,
            &[
                task,
                "panicked at tests/src/bin/fixture/broken.rs:",
                ": boom",
            ],
        );
    }
}

#[test]
fn everything_that_is_wrong_with_inputs_is_said_at_once() {
    let run = Container::of("fixture.broken.strict")
        .inputs(|inputs| {
            inputs.output("byte", &300_i64)?;
            inputs.output("flags", &vec![1.5])?;
            inputs.output("colour", &true)
        })
        .run();
    assert_says(
        &run.user_error("USER:BadInput"),
        &[
            "task fixture.broken.strict",
            "input byte: expected an integer from 0 to 255, found integer 300",
            "input `text` is missing",
            "input flags[0]: expected a boolean, found float 1.5",
            "input `colour` is not one of this task's (byte, text, flags, count)",
        ],
    );
}

#[test]
fn a_missing_input_may_have_a_default() {
    let run = Container::of("fixture.broken.strict")
        .inputs(|inputs| {
            inputs.output("byte", &255_u8)?;
            inputs.output("text", &String::new())?;
            inputs.output("flags", &Vec::<bool>::new())
        })
        .run();
    let mut expected = OutputsWriter::new();
    expected.output("o0", &262_i64).expect("an integer");
    assert_eq!(
        run.outputs(),
        LiteralMap::decode(&*expected.finish()).expect("a LiteralMap")
    );
}

#[test]
fn missing_inputs_may_come_with_another_try() {
    let run = Container::of("fixture.declared.plain").run();
    assert_says(
        &run.system_error(),
        &["the inputs cannot be read", "inputs.pb", "No such file"],
    );
}

#[test]
fn corrupt_inputs_are_an_error_wherever_they_end() {
    let mut whole = OutputsWriter::new();
    whole.output("text", &"some text".to_owned()).expect("text");
    let whole = whole.finish();
    for end in 1..whole.len() {
        let run = Container::of("fixture.values.void")
            .bytes(&whole[..end])
            .run();
        let error = run.document();
        assert!(run.ended.success(), "{}", run.ended);
        assert_says(&error, &["fixture.values.void"]);
    }
    let run = Container::of("fixture.values.void")
        .bytes(b"\xff\xff not protobuf")
        .run();
    assert_says(&run.system_error(), &["the inputs are not a LiteralMap"]);
}

#[test]
fn a_literal_of_any_depth_is_refused_without_recursion() {
    const LEVELS: usize = 10_000;
    let mut literal = Vec::new();
    for _ in 0..LEVELS {
        literal = field(2, &field(1, &literal)); // Literal { collection { literals } }
    }
    let entry = [field(1, b"flags"), field(2, &literal)].concat();
    let run = Container::of("fixture.broken.strict")
        .bytes(&field(1, &entry))
        .run();
    assert_says(
        &run.user_error("USER:BadInput"),
        &["input flags[0]: expected a boolean, found a list"],
    );
}

/// A length-delimited field.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    prost::encode_length_delimiter(content.len(), &mut bytes).expect("a vector grows");
    bytes.extend_from_slice(content);
    bytes
}

#[test]
fn an_unknown_task_is_the_users_error() {
    let run = Container::of("fixture.declared.plian")
        .inputs(|_| Ok(()))
        .run();
    assert_says(
        &run.user_error("USER:RuntimeError"),
        &["no task `fixture.declared.plian`", "fixture.declared.plain"],
    );
}

#[test]
fn an_output_that_flyte_cannot_hold_is_named() {
    let run = Container::of("fixture.broken.too_large")
        .inputs(|_| Ok(()))
        .run();
    let error = run.user_error("USER:RuntimeError");
    assert_says(
        &error,
        &[
            "task fixture.broken.too_large",
            "o1: ",
            "18446744073709551615",
        ],
    );
}

#[test]
fn an_output_that_is_too_large_is_no_output() {
    let limits = |text: &str, max| {
        Container::of("fixture.values.asynchronous")
            .text(text)
            .env("_F_L_MIN_SIZE_MB", "0")
            .env("_F_L_MAX_SIZE_MB", max)
            .run()
    };
    let error = limits(&"x".repeat(1 << 20), "1").system_error();
    assert_says(
        &error,
        &["output o0 has 1048588 bytes", "less than 1048576"],
    );
    let error = limits("x", "a lot").system_error();
    assert_says(
        &error,
        &["_F_L_MAX_SIZE_MB must be a whole number of MiB, but is `a lot`"],
    );
}

#[test]
fn an_offloaded_input_that_is_gone_is_named() {
    // LiteralMap { literals { key: "text" value { offloaded_metadata { uri } } } }
    let entry = [
        field(1, b"text"),
        field(2, &field(8, &field(1, b"/nowhere/x.pb"))),
    ];
    let run = Container::of("fixture.values.void")
        .bytes(&field(1, &entry.concat()))
        .run();
    assert_says(
        &run.user_error("USER:BadInput"),
        &[
            "input text: its offloaded literal cannot be fetched",
            "/nowhere/x.pb",
        ],
    );
}

#[test]
fn no_outputs_are_an_empty_file() {
    let run = Container::of("fixture.declared.nothing")
        .inputs(|_| Ok(()))
        .run();
    assert_eq!(run.outputs(), LiteralMap::default());
    assert_eq!(run.file("outputs.pb"), b"");
}

#[test]
fn a_prefix_that_cannot_be_written_makes_the_process_fail() {
    let file = |folder: &TempDir| {
        let file = folder.path().join("file");
        fs::write(&file, "not a folder").expect("a file");
        file.join("prefix")
    };
    let nowhere = |_: &TempDir| PathBuf::from("s3://bucket/prefix");
    for prefix in [file as fn(&TempDir) -> PathBuf, nowhere] {
        for (task, text) in [
            ("fixture.failing.user_error", "why it failed"),
            ("fixture.values.void", "x"),
        ] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let prefix = prefix(&folder);
            let run = Container::with_prefix(task, folder, prefix.clone())
                .text(text)
                .run();
            assert_eq!(run.ended.code(), Some(1), "{}", run.ended);
            assert!(
                run.ended.stderr.contains(&prefix.display().to_string()),
                "{}",
                run.ended
            );
            assert!(
                task.ends_with("void") || run.ended.stderr.contains(text),
                "{}",
                run.ended
            );
        }
    }
}

#[test]
fn inputs_and_prefix_may_be_uris() {
    let mut container = Container::of("fixture.values.void").text("x");
    let uri = |path: &Path| format!("file://{}", path.display());
    let (inputs, prefix) = (uri(&container.path("inputs.pb")), uri(&container.prefix));
    container.command = execute("fixture.values.void", inputs, prefix);
    assert_eq!(container.run().outputs(), LiteralMap::default());
}

#[test]
fn an_engine_that_is_not_there_is_named() {
    let started = Instant::now();
    let run = Container::of("fixture.broken.needs_spark")
        .inputs(|_| Ok(()))
        .env("SPARK_REMOTE", "sc://127.0.0.1:1")
        .env("FLYTEKIT_ENGINE_TIMEOUT", "600")
        .run();
    assert_says(
        &run.system_error(),
        &["fixture.broken.needs_spark", "127.0.0.1:1"],
    );
    assert!(
        started.elapsed() < Duration::from_secs(120),
        "a dead port is noticed late"
    );
}

/// The place is the user's line, because users cannot change the library's own file.
#[test]
fn an_error_of_a_public_function_is_raised_where_it_was_called() {
    let run = Container::of("fixture.broken.asks_for_spark")
        .inputs(|_| Ok(()))
        .env("SPARK_REMOTE", "sc://127.0.0.1:1")
        .run();
    let error = run.system_error();
    assert_says(
        &error,
        &["127.0.0.1:1", "raised at tests/src/bin/fixture/broken.rs:"],
    );
    assert!(!error.message.contains("runtime/src/"), "{}", error.message);
}

#[test]
fn a_process_that_is_told_to_end_reports_it() {
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        for task in ["fixture.broken.sleeps", "fixture.broken.waits"] {
            let container = Container::of(task);
            let started = container.path("started");
            let run = container
                .inputs(|inputs| {
                    inputs.output("started", &started.display().to_string())?;
                    if task.ends_with("sleeps") {
                        inputs.output("seconds", &3600_i64)
                    } else {
                        Ok(())
                    }
                })
                .run_and(|child| {
                    wait_for(&started);
                    // The shell's own `kill`, because not every machine has such a program.
                    let kill = format!("kill -s {signal} {}", child.id());
                    let killed = Command::new("sh").args(["-c", &kill]).status();
                    assert!(killed.expect("a shell").success());
                });
            assert_eq!(run.ended.code(), Some(code), "{}", run.ended);
            let error = run.document();
            assert_eq!(
                (error.code.as_str(), error.kind()),
                ("SYSTEM", Kind::Recoverable)
            );
            assert_says(&error, &[task, &format!("SIG{signal}")]);
        }
    }
}

pub(crate) fn wait_for(file: &Path) {
    let started = Instant::now();
    while !file.exists() {
        assert!(started.elapsed() < DEADLINE, "the task was not called");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn some_hosts_want_a_failure_to_look_like_one() {
    let failing = |value| {
        Container::of("fixture.failing.user_error")
            .text("x")
            .env("FLYTE_FAIL_ON_ERROR", value)
            .run()
    };
    for value in ["true", "True", "TRUE", "t", "T", "1"] {
        let run = failing(value);
        assert_eq!(
            (run.ended.code(), run.document().code.as_str()),
            (Some(1), "USER:RuntimeError"),
            "{value}"
        );
    }
    for value in ["", "0", "false", "yes", "2"] {
        let run = failing(value);
        assert_eq!(
            (run.ended.code(), run.document().code.as_str()),
            (Some(0), "USER:RuntimeError"),
            "{value}"
        );
    }
    let run = Container::of("fixture.values.void")
        .text("x")
        .env("FLYTE_FAIL_ON_ERROR", "true")
        .run();
    assert_eq!(run.outputs(), LiteralMap::default());
}

#[test]
fn a_worker_of_several_has_a_document_of_its_own() {
    let run = Container::of("fixture.failing.user_error")
        .text("x")
        .env("FLYTE_INTERNAL_DIST_ERROR_STRATEGY", "Earliest")
        .env("FLYTE_INTERNAL_WORKER_NAME", "worker-3")
        .run();
    let [(name, bytes)] = run.files.as_slice() else {
        panic!("{}", run.ended)
    };
    let unique = name
        .strip_prefix("error-")
        .and_then(|name| name.strip_suffix(".pb"))
        .expect("error-….pb");
    assert!(
        unique.len() == 32 && unique.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{name}"
    );
    let document = ErrorDocument::decode(bytes.as_slice()).expect("an ErrorDocument");
    assert_eq!(document.error.expect("an error").worker, "worker-3");
}

#[test]
fn a_wrong_command_line_leaves_nothing() {
    let mut container = Container::of("fixture.values.void").text("x");
    container.command.arg("--frobnicate");
    let run = container.run();
    assert_eq!(run.ended.code(), Some(2), "{}", run.ended);
    assert!(
        run.files.is_empty() && run.ended.stderr.contains("--frobnicate"),
        "{}",
        run.ended
    );
}

/// flytekit ends without a document if the raw prefix is missing or was not rendered.
#[test]
fn flags_that_a_task_does_not_need_may_be_missing() {
    for flags in [
        [].as_slice(),
        &["--raw-output-data-prefix", "{{.rawOutputDataPrefix}}"],
    ] {
        let mut container = Container::of("fixture.values.void").text("x");
        container.command = execute(
            "fixture.values.void",
            container.path("inputs.pb"),
            &container.prefix,
        );
        container.command.args(flags);
        assert_eq!(container.run().outputs(), LiteralMap::default());
    }
}
