//! Runs with the engine: its session, its progress, and its own errors.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn program(args: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_custom-engine");
    Command::new(program)
        .args(args)
        .output()
        .expect("it starts")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_task_borrows_the_session_and_progress_is_told() {
    let output = program(&["run", "custom_engine.squares", "--upto", "5", "--pool", "3"]);
    let said = stderr(&output);
    assert!(output.status.success(), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "o0 = 30\n");
    for part in ["a pool of 3 workers is up", " of 5", "the task Succeeded"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn an_error_of_the_engine_is_in_its_own_words() {
    let args = [
        "run",
        "custom_engine.quotients",
        "--of",
        "6",
        "--by",
        "[1, 0]",
    ];
    let output = program(&args);
    let said = stderr(&output);
    assert!(!output.status.success());
    for part in [
        "SYSTEM: the pool lost a worker (worker ",
        "of 2); another try may succeed",
        "caused by: worker ",
        "raised at src/main.rs:",
        "the task Failed",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn an_explained_error_asks_flyte_for_another_try() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("quotients");
    let _none_yet = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let inputs = folder.join("inputs.pb");
    // `literals { of: 6, by: [0] }`, as a LiteralMap.
    let of = b"\n\x0c\n\x02of\x12\x06\n\x04\n\x02\x08\x06";
    let by = b"\n\x10\n\x02by\x12\n\x12\x08\n\x06\n\x04\n\x02\x08\0";
    fs::write(&inputs, [&of[..], &by[..]].concat()).expect("a file");
    let output = program(&[
        "execute",
        "--task",
        "custom_engine.quotients",
        "--inputs",
        &inputs.to_string_lossy(),
        "--output-prefix",
        &folder.to_string_lossy(),
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let document = fs::read(folder.join("error.pb")).expect("a document");
    let document = String::from_utf8_lossy(&document);
    let message = "SYSTEM: the pool lost a worker";
    assert!(document.contains(message), "{document}");
    // `kind: RECOVERABLE`, the field after the message.
    assert!(document.contains("\u{18}\u{1}"), "{document:?}");
    assert!(!folder.join("outputs.pb").exists());
}
