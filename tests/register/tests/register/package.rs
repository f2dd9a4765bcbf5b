//! `package`: compares the archive with the one of `pyflyte package` for the same tasks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flytekit_test_support::{Ended, python, run, script};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_registered");
const IMAGE: &str = "registry.example/team/app:1";

/// A folder without settings.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn here<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let command = command.current_dir(&self.0).env("HOME", self.0.path());
        command.env_remove("CARGO_MANIFEST_DIR")
    }

    fn package(&self, args: &[&str]) -> Ended {
        let mut command = Command::new(PROGRAM);
        run(self.here(command.args(["package", "--image", IMAGE]).args(args)))
    }

    fn packaged(&self, name: &str, args: &[&str]) -> Vec<u8> {
        let ended = self.package(&[&["--output", name], args].concat());
        assert!(ended.success(), "{ended}");
        fs::read(self.path(name)).expect("an archive")
    }
}

/// The members of an archive, as the system's `tar` shows them.
fn listed(archive: &Path) -> Vec<String> {
    let ended = run(Command::new("tar").arg("tzvf").arg(archive));
    assert!(ended.success(), "{ended}");
    ended.text().lines().map(str::to_owned).collect()
}

/// Both formats of the section give the same package: the older one does not locate images.
#[test]
fn executables_of_all_formats_are_packaged() {
    let folder = Folder::new();
    let sections = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/sections");
    let archives = ["format-1-app", "format-2-app"].map(|name| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_of_file"));
        command.arg(sections.join(name).with_extension("elf"));
        command.args(["package", "--output", name, "--image", IMAGE]);
        for image in ["side", "spark", "dask"] {
            command.args(["--image", &format!("{image}=registry.example/{image}:2")]);
        }
        let ended = run(folder.here(&mut command));
        assert!(ended.success(), "{ended}");
        fs::read(folder.path(name)).expect("an archive")
    });
    assert!(archives[0] == archives[1], "they differ");
    let ended = run(Command::new("tar")
        .arg("xzOf")
        .arg(folder.path("format-2-app")));
    let members = String::from_utf8_lossy(&ended.stdout);
    assert!(!members.contains("{{.image"), "{members}");
    for image in ["side", "spark", "dask"] {
        let image = format!("registry.example/{image}:2");
        assert_eq!(members.matches(&image).count(), 2, "{image}: {members}");
    }
}

#[test]
fn it_is_what_pyflyte_packages_but_for_the_differences() {
    let folder = Folder::new();
    folder.packaged("ours.tgz", &["--env", "LOG=info"]);
    let theirs = folder.path("theirs.tgz");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../python/registered.py");
    fs::copy(sources, folder.path("registered.py")).expect("a copy");
    let pyflyte = python().with_file_name("pyflyte");
    let mut command = Command::new(pyflyte);
    command.args(["--pkgs", "registered", "package", "--image", IMAGE]);
    command.args(["--env", "LOG=info", "--output"]).arg(&theirs);
    let ended = run(folder.here(&mut command));
    assert!(ended.success(), "{ended}");
    let ours = folder.path("ours.tgz");
    let ended = run(script("packages.py").args([&ours, &theirs]));
    assert_eq!(ended.text(), "3 tasks are equal\n", "{ended}");

    // `diff` shows the same differences.
    let mut diff = Command::new(PROGRAM);
    diff.args(["diff", "theirs.tgz", "--env", "LOG=info", "--image", IMAGE]);
    let ended = run(folder.here(&mut diff));
    let said = ended.text();
    let changes: Vec<_> = said.lines().filter(|line| line.starts_with(' ')).collect();
    assert_eq!((ended.code(), changes.len()), (Some(1), 9), "{ended}");
    for change in [
        "    runtime.flavor: \"rust\", was \"python\"",
        "    documentation format: DESCRIPTION_FORMAT_MARKDOWN, was DESCRIPTION_FORMAT_RST",
    ] {
        assert_eq!(
            changes.iter().filter(|it| **it == change).count(),
            3,
            "{ended}"
        );
    }
}

#[test]
fn equal_tasks_give_equal_bytes() {
    let folder = Folder::new();
    let first = folder.packaged("first.tgz", &[]);
    assert!(first == folder.packaged("second.tgz", &[]));
    assert!(first != folder.packaged("other.tgz", &["--env", "A=b"]));
    let names = [
        "0_registered.add_1.pb",
        "1_registered.fail_1.pb",
        "2_registered.greet_1.pb",
    ];
    let members = listed(&folder.path("first.tgz"));
    assert_eq!(members.len(), names.len(), "{members:?}");
    for (member, name) in members.iter().zip(names) {
        let is_reproducible = member.contains(" 0/0 ") && member.contains(" 1980-01-01 ");
        assert!(is_reproducible && member.ends_with(name), "{member}");
    }
    let fast = folder.packaged("fast.tgz", &["--fast"]);
    assert!(fast == folder.packaged("fast-again.tgz", &["--fast"]));
}

#[test]
fn the_executable_can_come_along() {
    let folder = Folder::new();
    folder.packaged("fast.tgz", &["--fast", "--destination-dir", "/opt/app"]);
    let members = listed(&folder.path("fast.tgz"));
    let code = members[0].rsplit(' ').next().expect("a name");
    assert!(
        code.starts_with("fast") && code.ends_with(".tar.gz"),
        "{code}"
    );
    assert_eq!(members.len(), 4, "{members:?}");

    let unpack = |archive: &Path| {
        let ended = run(folder.here(Command::new("tar").arg("xzf").arg(archive)));
        assert!(ended.success(), "{ended}");
    };
    unpack(&folder.path("fast.tgz"));
    let spec = fs::read(folder.path("0_registered.add_1.pb")).expect("a task");
    for word in [
        "fast-execute",
        "{{ .remote_package_path }}",
        "/opt/app",
        IMAGE,
    ] {
        let is_there = spec.windows(word.len()).any(|it| it == word.as_bytes());
        assert!(is_there, "no {word} in the task");
    }
    unpack(&folder.path(code));
    let executable = fs::read(folder.path("flytekit-app")).expect("the executable");
    assert!(executable == fs::read(PROGRAM).expect("the program"));
}

#[test]
fn a_file_that_is_there_stays_unless_it_is_told_to_go() {
    let folder = Folder::new();
    let packaged = folder.package(&[]);
    assert_eq!(
        packaged.text(),
        "Wrote 3 tasks to flyte-package.tgz\n",
        "{packaged}"
    );
    let archive = folder.path("flyte-package.tgz");
    let before = fs::read(&archive).expect("an archive");
    let refused = folder.package(&["--env", "A=b"]);
    let message = "flyte-package.tgz exists already: overwrite it with `--force`";
    assert!(
        refused.code() == Some(1) && refused.stderr.contains(message),
        "{refused}"
    );
    assert!(before == fs::read(&archive).expect("an archive"));
    assert!(folder.package(&["--env", "A=b", "--force"]).success());
    assert!(before != fs::read(&archive).expect("an archive"));
}

#[test]
fn what_cannot_be_packaged_leaves_nothing() {
    let folder = Folder::new();
    let mut command = Command::new(PROGRAM);
    let ended = run(folder.here(command.arg("package")));
    for part in ["`registered.add`", "`registered.greet`", "--image"] {
        assert!(
            ended.code() == Some(1) && ended.stderr.contains(part),
            "{ended}"
        );
    }
    let ended = folder.package(&["--output", "no/folder.tgz"]);
    assert!(
        ended.code() == Some(1) && ended.stderr.contains("no/folder.tgz"),
        "{ended}"
    );
    let left = fs::read_dir(&folder.0).expect("a folder").count();
    assert_eq!(left, 0, "something is left");
}
