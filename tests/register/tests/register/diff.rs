//! `diff`: between two builds, and between a build and an archive.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use flytekit_test_support::{Ended, run};
use serde_json::json;
use tempfile::TempDir;

const NOW: &str = env!("CARGO_BIN_EXE_registered");
const BEFORE: &str = env!("CARGO_BIN_EXE_registered_before");

/// A folder without settings.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, program: &str, args: &[&str]) -> Ended {
        run(Command::new(program)
            .args(args)
            .current_dir(&self.0)
            .env_remove("CARGO_MANIFEST_DIR")
            .env("HOME", self.0.path()))
    }

    fn package(&self, program: &str, args: &[&str]) -> Ended {
        self.run(program, &[&["package", "--image", "app:1"], args].concat())
    }
}

#[test]
fn two_builds_differ_in_words() {
    let folder = Folder::new();
    let ended = folder.run(NOW, &["diff", BEFORE]);
    let expected = "\
+ registered.fail
- registered.gone
~ registered.add
    retries: 3, was 2
    input a: integer, was string
    input b: added, integer
    input c: removed
    request memory: added, \"64Mi\"
    container env LOG: removed
1 added, 1 removed, 1 changed, 1 equal
";
    assert_eq!(
        (ended.code(), &*ended.text()),
        (Some(1), expected),
        "{ended}"
    );

    let ended = folder.run(BEFORE, &["diff", NOW, "--json"]);
    let found: serde_json::Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    let expected = json!({
        "added": ["registered.gone"],
        "removed": ["registered.fail"],
        "changed": {"registered.add": [
            "retries: 2, was 3",
            "input a: string, was integer",
            "input b: removed",
            "input c: added, integer",
            "request memory: removed",
            "container env LOG: added, \"info\"",
        ]},
        "equal": 1,
        "executable": null,
    });
    assert_eq!((ended.code(), found), (Some(1), expected), "{ended}");
}

#[test]
fn a_build_is_equal_to_itself_and_to_its_archive() {
    let folder = Folder::new();
    let equal = "0 added, 0 removed, 0 changed, 3 equal\n";
    for args in [&["-o", "plain.tgz"][..], &["-o", "fast.tgz", "--fast"]] {
        let packaged = folder.package(NOW, args);
        assert!(packaged.success(), "{packaged}");
        let ended = folder.run(NOW, &["diff", args[1], "--image", "app:1"]);
        assert_eq!((ended.code(), &*ended.text()), (Some(0), equal), "{ended}");
    }
    let ended = folder.run(NOW, &["diff", NOW]);
    assert_eq!((ended.code(), &*ended.text()), (Some(0), equal), "{ended}");
}

#[test]
fn an_archive_is_compared_with_what_would_be_packaged() {
    let folder = Folder::new();
    let packaged = folder.package(NOW, &["--env", "LOG=info"]);
    assert!(packaged.success(), "{packaged}");
    let ended = folder.run(NOW, &["diff", "flyte-package.tgz", "--image", "app:2"]);
    let changes = "    container image: \"app:2\", was \"app:1\"\n    container env LOG: removed\n";
    assert!(
        ended.code() == Some(1) && ended.text().contains(changes),
        "{ended}"
    );
}

#[test]
fn another_executable_is_a_difference_of_an_archive_that_has_one() {
    let folder = Folder::new();
    let other = folder.path("other");
    let mut content = fs::read(NOW).expect("the program");
    content.push(0);
    fs::write(&other, content).expect("another build");
    let permissions = fs::metadata(NOW).expect("the program").permissions();
    fs::set_permissions(&other, permissions).expect("a program");
    let packaged = folder.package(NOW, &["--fast"]);
    assert!(packaged.success(), "{packaged}");
    let args = ["diff", "flyte-package.tgz", "--image", "app:1"];
    let ended = folder.run(&other.display().to_string(), &args);
    let text = ended.text();
    let (executable, rest) = text.split_once('\n').expect("two lines");
    let is_said = executable.starts_with("executable: fast") && executable.contains(", was fast");
    assert!(ended.code() == Some(1) && is_said, "{ended}");
    assert_eq!(rest, "0 added, 0 removed, 0 changed, 3 equal\n", "{ended}");
}

#[test]
fn what_cannot_be_compared_is_named() {
    let folder = Folder::new();
    fs::write(folder.path("text"), "text").expect("a file");
    fs::write(folder.path("cut.tgz"), b"\x1f\x8b\x08\0").expect("a file");
    for (other, message) in [
        ("text", "text: neither an archive nor a binary with tasks"),
        ("cut.tgz", "cut.tgz: the archive is damaged"),
        ("missing", "missing: No such file"),
    ] {
        let ended = folder.run(NOW, &["diff", other, "--image", "app:1"]);
        assert!(
            ended.code() == Some(2) && ended.stderr.contains(message),
            "{ended}"
        );
    }
    let packaged = folder.package(NOW, &[]);
    assert!(packaged.success(), "{packaged}");
    let ended = folder.run(NOW, &["diff", "flyte-package.tgz"]);
    assert!(
        ended.code() == Some(2) && ended.stderr.contains("--image"),
        "{ended}"
    );
}
