//! An executable with a thousand tasks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use flytekit::declare::{Location, TaskDescriptor};
use flytekit::registry::{Declaration, Draft, SECTION};
use flytekit_proto::flyteidl::admin::TaskCreateRequest;
use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::{Ended, run};
use object::write::Object;
use object::{Architecture, BinaryFormat, Endianness, SectionKind};
use tempfile::TempDir;

use super::{IMAGE, counts, elsewhere, statuses};

const COUNT: usize = 1000;

/// The first task. All tasks have frames of the same length.
const FIRST: TaskDescriptor = descriptor("many.task_0000");

const fn descriptor(name: &'static str) -> TaskDescriptor {
    TaskDescriptor {
        name,
        task_type: "python-task",
        docs: "One of many.",
        location: Location {
            file: "src/many.rs",
            line: 1,
        },
        ..TaskDescriptor::DEFAULT
    }
}

/// An object file with a thousand tasks, like a compiler's.
fn file(folder: &Path) -> PathBuf {
    const LEN: usize = <Draft>::new(Declaration::Task(&FIRST)).frame_len();
    let mut section = Vec::new();
    for index in 0..COUNT {
        let name = format!("many.task_{index:04}");
        let task = descriptor(name.leak());
        section.extend_from_slice(
            &<Draft>::new(Declaration::Task(&task)).finish::<LEN>(Declaration::Task(&task)),
        );
    }
    let mut object = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    let id = object.add_section(Vec::new(), SECTION.into(), SectionKind::Data);
    object.append_section_data(id, &section, 1);
    let path = folder.join("many.o");
    fs::write(&path, object.write().expect("an object file")).expect("a file");
    path
}

/// Registers the file's tasks.
fn register(server: &FlyteServer, file: &Path, arguments: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_of_file"));
    command
        .arg(file)
        .args(["register", "--image", IMAGE, "--json"]);
    command.args(arguments);
    elsewhere(&mut command, server);
    run(&mut command)
}

#[test]
fn a_thousand_tasks_are_registered_some_at_once() {
    let folder = TempDir::new().expect("a folder");
    let file = file(folder.path());
    // The delay is that of an Admin with a database.
    let server = FlyteServer::start(&["--delay", "20"]);
    let started = Instant::now();
    let ended = register(&server, &file, &["--concurrency", "16"]);
    let seconds = started.elapsed().as_secs_f64();
    assert!(ended.success(), "{ended}");
    assert_eq!(statuses(&ended), counts([("registered", COUNT)]));
    assert_eq!(server.answers("CreateTask"), counts([("OK", COUNT)]));
    let requests = server.requests_of::<TaskCreateRequest>("CreateTask");
    let names = requests.into_iter().map(|it| it.id.expect("an id").name);
    assert_eq!(names.collect::<BTreeSet<_>>().len(), COUNT);
    let most = server.most_at_once("CreateTask");
    assert!((2..=16).contains(&most), "{most} at once");
    eprintln!("{COUNT} tasks in {seconds:.1} s, up to {most} at once");
}

#[test]
fn what_fails_for_all_is_not_tried_a_thousand_times() {
    let folder = TempDir::new().expect("a folder");
    let file = file(folder.path());
    let server = FlyteServer::start(&["--fail", "CreateTask=PERMISSION_DENIED:go away"]);
    let ended = register(&server, &file, &["--concurrency", "8"]);
    assert_eq!(ended.code(), Some(1), "{ended}");
    let statuses = statuses(&ended);
    assert!(statuses["failed"] <= 16, "{statuses:?}");
    assert_eq!(statuses["failed"] + statuses["untried"], COUNT);
    let errors: Vec<_> = ended.stderr.lines().collect();
    assert_eq!(errors.len(), 1, "{ended}");
    assert!(
        errors[0].contains(" more: ") && errors[0].contains("go away"),
        "{ended}"
    );
}
