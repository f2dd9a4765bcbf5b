//! Secrets: they are found in all places, and do not leave the process.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use flytekit_tests::{DEADLINE, run_within};

use crate::container::{Container, Run, assert_says};

const TOKEN: &str = "s3cr3t-\"t0ken\"";
const PASSWORD: &str = "correct\\horse's";
const CERTIFICATE: &str = "-----BEGIN-----\n  MIIBv\"Q+/x\nhush\\hush\n-----END-----\n";

/// Parts of secrets that must not be in any text that leaves the process.
const PARTS: [&str; 5] = ["s3cr3t", "horse", "MIIBv", "hush", "BEGIN"];

/// The task that leaks its secrets in this way, in a container with mounted secrets.
pub(crate) fn telling(how: &str) -> Container {
    let container = Container::of("fixture.broken.tells_secrets");
    let secrets = container.path("secrets");
    fs::create_dir_all(secrets.join("vault")).expect("a folder");
    // Flyte leaves the version out of the path.
    fs::write(secrets.join("vault/certificate"), CERTIFICATE).expect("a file");
    container
        .inputs(|inputs| inputs.output("how", &how.to_owned()))
        .env("FLYTE_INTERNAL_EXECUTION_ID", "a1")
        .env("FLYTE_SECRETS_DEFAULT_DIR", &secrets.to_string_lossy())
        .env("_FSEC_VAULT_TOKEN", &format!(" {TOKEN}\n"))
        .env("VAULT_PASSWORD", PASSWORD)
        .env("_FSEC_VAULT_ANOTHER", "hush-hush")
        .env("FLYTEKIT_LOG", "trace")
        .env("RUST_BACKTRACE", "1")
}

#[track_caller]
fn assert_untold(text: &str) {
    for part in PARTS {
        assert!(!text.contains(part), "{part} in {text}");
    }
}

#[test]
fn secrets_stay_in_the_process_however_they_are_told() {
    for how in [
        "error",
        "panic",
        "panic of a thread",
        "debug",
        "json",
        "cause",
        "undeclared",
    ] {
        let run = telling(how).run();
        let error = run.document();
        assert_says(&error, &["[secret]"]);
        for text in [&error.message, &run.ended.stderr, &run.ended.text()] {
            assert_untold(text);
        }
        if how == "panic of a thread" {
            let said = "panicked at tests/src/bin/fixture/broken.rs:";
            assert!(run.ended.stderr.contains(said), "{}", run.ended);
        }
    }
}

#[test]
fn secrets_stay_in_a_local_run_too() {
    for how in ["error", "panic", "debug", "cause"] {
        let container = telling(how);
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fixture"));
        command.args(["run", "fixture.broken.tells_secrets", "--how", how]);
        command
            .env("VAULT_TOKEN", TOKEN)
            .env("VAULT_PASSWORD", PASSWORD);
        command.env("FLYTE_SECRETS_DEFAULT_DIR", container.path("secrets"));
        command
            .env_remove("FLYTE_INTERNAL_EXECUTION_ID")
            .env_remove("_F_NM");
        let ended = run_within(DEADLINE, &mut command, |_| ());
        assert!(ended.stderr.contains("[secret]"), "{ended}");
        assert_untold(&ended.text());
    }
}

/// A run without a token, whose place may contain something else.
pub(crate) fn without_its_token(change: impl FnOnce(&mut Container)) -> Run {
    let mut container = telling("error");
    container.command.env_remove("_FSEC_VAULT_TOKEN");
    change(&mut container);
    container.run()
}

#[test]
fn a_secret_that_is_no_secret_is_told_from_one_that_is_not_there() {
    let absent = without_its_token(|_| ());
    assert_says(
        &absent.user_error("USER:RuntimeError"),
        &[
            "raised at tests/src/bin/fixture/broken.rs:",
            "secret `token` of group `vault` is neither in an environment variable \
             (_FSEC_VAULT_TOKEN, _FSEC_TOKEN, VAULT_TOKEN) nor in a file (",
            "the task requests it: check whether the platform has it",
        ],
    );
    let no_text = without_its_token(|container| {
        let value = OsStr::from_bytes(b"\xffs3cr3t");
        container.command.env("_FSEC_VAULT_TOKEN", value);
    });
    assert_says(
        &no_text.user_error("USER:RuntimeError"),
        &["is in the environment variable _FSEC_VAULT_TOKEN, and is not text (UTF-8)"],
    );
    let unreadable = without_its_token(|container| {
        let file = container.path("secrets/vault/token");
        std::os::unix::fs::symlink(&file, &file).expect("a link");
    });
    assert_says(
        &unreadable.user_error("USER:RuntimeError"),
        &["secrets/vault/token, and cannot be read: "],
    );
}
