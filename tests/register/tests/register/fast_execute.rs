//! `fast-execute`: it runs the program in the archive instead of the one in the image, and reports its own
//! errors to Flyte.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use flytekit::types::OutputsWriter;
use flytekit_proto::flyteidl::core::container_error::Kind;
use flytekit_proto::flyteidl::core::execution_error::ErrorKind;
use flytekit_proto::flyteidl::core::literal::Value;
use flytekit_proto::flyteidl::core::scalar::Value as Scalar;
use flytekit_proto::flyteidl::core::{ContainerError, ErrorDocument, LiteralMap, primitive};
use flytekit_test_support::{DEADLINE, Ended, eventually, is_running, python_program, run, script};
use prost::Message;
use tempfile::TempDir;

/// The program in the image: an earlier build.
const IMAGE: &str = env!("CARGO_BIN_EXE_registered");

/// The registered program.
const CHANGED: &str = env!("CARGO_BIN_EXE_changed");

/// The program's path in the image.
const EXECUTABLE: &str = "/usr/local/bin/flytekit-app";

/// A container of a task that adds 1 and 2.
struct Container {
    folder: TempDir,
}

impl Container {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut inputs = OutputsWriter::new();
        for (name, value) in [("a", 1_i64), ("b", 2)] {
            inputs.output(name, &value).expect("a number");
        }
        fs::write(folder.path().join("inputs.pb"), inputs.finish()).expect("a file");
        Container { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().expect("text").to_owned()
    }

    /// Copies an archive under the same name.
    fn copy(&self, archive: &Path) -> String {
        let copy = self.path(archive.file_name().unwrap().to_str().unwrap());
        fs::copy(archive, &copy).expect("a copy");
        copy.to_str().expect("text").to_owned()
    }

    /// Makes the archive of a program with flytekit.
    fn archive(&self, content: &[u8]) -> String {
        let sources = self.path("sources");
        fs::create_dir_all(&sources).expect("a folder");
        let program = sources.join("flytekit-app");
        fs::write(&program, content).expect("a file");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let archive = pack(&sources, self.folder.path());
        archive.to_str().expect("text").to_owned()
    }

    /// The registered command of the container.
    fn command(&self, uri: &str) -> Command {
        let mut command = Command::new(IMAGE);
        command
            .args(["fast-execute", "--additional-distribution", uri])
            .args(["--dest-dir", &self.text("code"), "--"])
            .args([EXECUTABLE, "execute", "--task", "registered.add"])
            .args(["--inputs", &self.text("inputs.pb")])
            .args(["--output-prefix", &self.text("outputs")])
            .args(["--raw-output-data-prefix", &self.text("raw")]);
        command
    }

    /// The task's output.
    fn sum(&self) -> i64 {
        let bytes = fs::read(self.path("outputs/outputs.pb")).expect("outputs");
        let outputs = LiteralMap::decode(&*bytes).expect("a map");
        let Some(Value::Scalar(scalar)) = &outputs.literals["o0"].value else {
            panic!("{outputs:?}")
        };
        match &scalar.value {
            Some(Scalar::Primitive(primitive)) => match primitive.value {
                Some(primitive::Value::Integer(sum)) => sum,
                _ => panic!("{outputs:?}"),
            },
            _ => panic!("{outputs:?}"),
        }
    }

    fn error(&self) -> ContainerError {
        let bytes = fs::read(self.path("outputs/error.pb")).expect("an error document");
        let document = ErrorDocument::decode(&*bytes).expect("a document");
        document.error.expect("an error")
    }

    /// Runs a container that fails before its task starts, and returns the error that it reports to Flyte.
    fn failure(&self, uri: &str) -> ContainerError {
        let ended = run(&mut self.command(uri));
        assert_eq!(ended.code(), Some(0), "{ended}");
        let error = self.error();
        assert_eq!(error.origin(), ErrorKind::System, "{error:?}");
        assert!(error.message.contains("task registered.add"), "{error:?}");
        assert!(!self.path("outputs/outputs.pb").exists());
        error
    }

    /// The unpacked files and folders.
    fn unpacked(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path("code")).into_iter().flatten();
        entries.map(|entry| entry.expect("a file").path()).collect()
    }
}

/// The archive of a folder that `pyflyte register --copy all` would upload.
fn pack(sources: &Path, to: &Path) -> PathBuf {
    let mut command = script("fast_archives.py");
    let packed = run(command.arg("pack").arg(sources).arg(to));
    assert!(packed.success(), "{packed}");
    packed.text().lines().last().expect("a path").into()
}

/// The archive of a program. It is made outside of `target/`, because flytekit leaves out files that git
/// ignores.
fn archive_of(program: &str, to: &Path) -> PathBuf {
    let sources = tempfile::tempdir().expect("a folder");
    fs::copy(program, sources.path().join("flytekit-app")).expect("a copy");
    pack(sources.path(), to)
}

/// The archive of the registered program, which is made once because that takes a while.
fn changed() -> &'static Path {
    static ARCHIVE: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fast");
        // The archive's name depends on the build: archives of earlier builds would remain.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        archive_of(CHANGED, &folder)
    });
    &ARCHIVE
}

fn succeed(command: &mut Command) -> Ended {
    let ended = run(command);
    assert!(ended.success(), "{ended}");
    ended
}

fn modified(path: &Path) -> SystemTime {
    let metadata = fs::metadata(path).expect("a file");
    metadata.modified().expect("a time")
}

#[test]
fn what_was_registered_runs_and_not_what_the_image_has() {
    let container = Container::new();
    let archive = container.copy(changed());
    let ended = succeed(&mut container.command(&archive));
    assert_eq!(container.sum(), 1_000_003);
    let [folder] = &*container.unpacked() else {
        panic!("{:?}", container.unpacked())
    };
    assert!(archive.contains(folder.file_name().unwrap().to_str().unwrap()));
    let program = folder.join("flytekit-app");
    let said = format!("changed: {} of {archive}\n", program.display());
    assert_eq!(ended.text(), said);
    assert_eq!(fs::read(&program).unwrap(), fs::read(CHANGED).unwrap());
    assert_eq!(
        fs::metadata(&program).unwrap().permissions().mode() & 0o777,
        0o755
    );
}

#[test]
fn what_is_there_is_not_fetched_again() {
    let container = Container::new();
    let archive = container.copy(changed());
    succeed(&mut container.command(&archive));
    let program = container.unpacked()[0].join("flytekit-app");
    let first = modified(&program);
    // A second download would fail.
    fs::rename(&archive, container.path("elsewhere")).unwrap();
    succeed(&mut container.command(&archive));
    assert_eq!(modified(&program), first);
    // A changed program is not run: the archive is downloaded again.
    fs::write(&program, "#!/bin/sh\n").unwrap();
    fs::remove_dir_all(container.path("outputs")).unwrap();
    let error = container.failure(&archive);
    assert!(error.message.contains(&archive), "{error:?}");
    fs::rename(container.path("elsewhere"), &archive).unwrap();
    succeed(&mut container.command(&archive));
    assert_eq!(container.sum(), 1_000_003);
}

#[test]
fn flytectl_uploads_what_is_in_the_gzip_file() {
    let container = Container::new();
    let archive = container.copy(changed());
    let unzipped = succeed(Command::new("gzip").args(["-dc", &archive]));
    fs::write(&archive, unzipped.stdout).unwrap();
    succeed(&mut container.command(&archive));
    assert_eq!(container.sum(), 1_000_003);
}

#[test]
fn archives_of_other_files_are_unpacked_as_flytekit_does() {
    let container = Container::new();
    let sources = container.path("sources");
    fs::create_dir_all(sources.join("data/deep")).unwrap();
    fs::write(sources.join("data/deep/a.txt"), "a").unwrap();
    let program = sources.join("flytekit-app");
    fs::write(&program, "#!/bin/sh\nexec sh -c \"echo $1\"\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let archive = pack(&sources, container.folder.path());
    let archive = archive.to_str().expect("text");
    let ended = succeed(&mut container.command(archive));
    assert_eq!(ended.text(), "execute\n");
    let code = container.path("code");
    assert_eq!(fs::read(code.join("data/deep/a.txt")).unwrap(), b"a");
    assert!(code.join("flytekit-app").exists());

    // A command other than the image's executable runs unchanged.
    let mut command = Command::new(IMAGE);
    command.args(["fast-execute", "--additional-distribution", archive]);
    command.arg("--dest-dir").arg(container.path("other"));
    command.args([
        "--",
        "sh",
        "-c",
        "cat data/deep/a.txt; echo $FLYTEKIT_DISTRIBUTION",
    ]);
    let ended = run(command.current_dir(container.path("code")));
    assert_eq!(ended.text(), format!("a{archive}\n"), "{ended}");
}

#[test]
fn flytekit_unpacks_the_same_archive() {
    let container = Container::new();
    let archive = container.copy(changed());
    let code = container.path("code");
    fs::create_dir(&code).unwrap();
    let mut command = python_program("pyflyte-fast-execute");
    command.args(["--additional-distribution", &archive, "--dest-dir"]);
    command.arg(&code).arg("--").arg(code.join("flytekit-app"));
    let ended = succeed(command.args(["list"]));
    assert!(ended.text().contains("registered.add"), "{ended}");
}

#[test]
fn codes_and_signals_are_those_of_the_command() {
    let container = Container::new();
    let archive = container.copy(changed());
    let sh = |words| {
        let mut command = Command::new(IMAGE);
        command.args(["fast-execute", "--additional-distribution", &archive]);
        command.arg("--dest-dir").arg(container.path("code"));
        run(command.args(["--", "sh", "-c", words])).status
    };
    assert_eq!(sh("exit 7").code(), Some(7));
    assert_eq!(sh("kill -TERM $$; sleep 60").signal(), Some(15));
    let without = run(Command::new(IMAGE).args(["fast-execute", "--", "sh", "-c", "exit 8"]));
    assert_eq!(without.code(), Some(8), "{without}");
}

#[test]
fn a_damaged_archive_is_an_error_that_flyte_may_try_again() {
    let container = Container::new();
    let archive = container.copy(changed());
    let whole = fs::read(&archive).unwrap();
    fs::write(&archive, &whole[..whole.len() / 2]).unwrap();
    let error = container.failure(&archive);
    assert!(error.message.contains("cannot be read"), "{error:?}");
    assert_eq!(error.kind(), Kind::Recoverable);

    // The archive is complete, but has another program.
    fs::copy(
        container.archive(
            b"#!/bin/sh
",
        ),
        &archive,
    )
    .unwrap();
    let error = container.failure(&archive);
    assert!(error.message.contains("another digest"), "{error:?}");
    assert_eq!(error.kind(), Kind::Recoverable);
    assert_eq!(container.unpacked(), [] as [PathBuf; 0]);
}

#[test]
fn a_missing_archive_is_final() {
    let container = Container::new();
    let error = container.failure(&container.text("fast.tar.gz"));
    assert!(error.message.contains("fast.tar.gz"), "{error:?}");
    assert_eq!(error.kind(), Kind::NonRecoverable);
    let error = container.failure("{{ .remote_package_path }}");
    assert!(error.message.contains("flytectl register"), "{error:?}");
    assert_eq!(error.kind(), Kind::NonRecoverable);
    let error = container.failure("ftp://host/fast.tar.gz");
    assert!(error.message.contains("ftp"), "{error:?}");
}

#[test]
fn an_archive_cannot_write_elsewhere() {
    let container = Container::new();
    let archive = container.text("evil.tar.gz");
    for member in ["../x", "/tmp/flytekit-evil", "a/../../x"] {
        let made = run(script("fast_archives.py").args(["evil", member, &archive]));
        assert!(made.success(), "{made}");
        let error = container.failure(&archive);
        assert!(error.message.contains(member), "{error:?}");
        assert!(error.message.contains("leads elsewhere"), "{error:?}");
        assert_eq!(error.kind(), Kind::NonRecoverable);
    }
    assert!(!container.path("x").exists());
    assert_eq!(container.unpacked(), [] as [PathBuf; 0]);
}

#[test]
fn what_cannot_run_here_says_so() {
    let container = Container::new();
    for (content, why) in [
        // A program for another processor.
        (
            &[b"\x7fELF\x02\x01\x01", &[0; 200][..]].concat()[..],
            "the processor",
        ),
        (b"#!/no/such/loader\n", "no loader"),
        (
            b"#!/bin/sh\necho \"version 'GLIBC_9.99' not found\" >&2; exit 1\n",
            "GLIBC_9.99",
        ),
    ] {
        let error = container.failure(&container.archive(content));
        assert!(error.message.contains(why), "{error:?}");
        assert_eq!(error.kind(), Kind::NonRecoverable);
    }
    let sources = container.path("sources");
    fs::rename(sources.join("flytekit-app"), sources.join("another")).unwrap();
    let archive = pack(&sources, container.folder.path());
    let error = container.failure(archive.to_str().expect("text"));
    assert!(
        error.message.contains("contains no `flytekit-app`"),
        "{error:?}"
    );
}

/// The trial run of a program ends, however much it prints and whatever processes it starts.
#[test]
fn what_is_tried_out_has_an_end() {
    let container = Container::new();
    let id = container.path("left-behind");
    let program = format!(
        "#!/bin/sh\nsleep 3600 & echo $! > {}; yes | head -c 3000000 >&2; exit 1\n",
        id.display()
    );
    let error = container.failure(&container.archive(program.as_bytes()));
    assert!(
        error.message.contains("does not run in this image"),
        "{error:?}"
    );
    assert!(error.message.len() < 200_000, "{}", error.message.len());
    let id = fs::read_to_string(id).unwrap();
    let id = id.trim().parse().expect("a number");
    eventually("what was left behind ends", DEADLINE, || !is_running(id));

    let error = container.failure(&container.archive(b"#!/bin/sh\nyes\n"));
    assert!(
        error.message.contains("prints more than 65536 bytes"),
        "{error:?}"
    );
    assert_eq!(error.kind(), Kind::NonRecoverable);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let container = Container::new();
    let archive = container.copy(changed());
    fs::write(container.path("code"), "in the way").unwrap();
    let error = container.failure(&archive);
    assert!(error.message.contains("--dest-dir"), "{error:?}");
    assert!(error.message.contains(&container.text("code")), "{error:?}");
}

#[test]
fn where_a_run_must_look_failed_it_does() {
    let container = Container::new();
    let mut command = container.command("/nowhere.tar.gz");
    let ended = run(command.env("FLYTE_FAIL_ON_ERROR", "true"));
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert!(container.error().message.contains("/nowhere.tar.gz"));
    // A command without an output prefix cannot report its error.
    let mut command = Command::new(IMAGE);
    command.args([
        "fast-execute",
        "--additional-distribution",
        "/nowhere.tar.gz",
    ]);
    let ended = run(command.args(["--", "sh", "-c", "true"]));
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert!(ended.stderr.contains("/nowhere.tar.gz"), "{ended}");
}

#[test]
fn two_containers_may_share_a_folder() {
    let container = Container::new();
    let archive = container.copy(changed());
    let mut children: Vec<_> = (0..4)
        .map(|_| container.command(&archive).spawn().expect("a process"))
        .collect();
    let started = std::time::Instant::now();
    for child in &mut children {
        while child.try_wait().expect("a child").is_none() {
            assert!(started.elapsed() < DEADLINE, "it hangs");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    assert_eq!(container.sum(), 1_000_003);
    assert_eq!(container.unpacked().len(), 1);
}
