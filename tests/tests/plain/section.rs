//! Reading the tasks of a file without running it.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use flytekit::declare::{
    LaunchPlanDescriptor, LiteralType, Location, Node, Schedule, SimpleType, Target,
    TaskDescriptor, Timing, Variable, WorkflowDescriptor,
};
use flytekit::registry::{
    Declaration, Draft, Entities, FORMAT_VERSION, FoundLaunchPlan, FoundTask, ProgramError,
    read_file, read_object,
};
use flytekit_proto::flyteidl::admin::{LaunchPlan, TaskSpec, WorkflowSpec};
use flytekit_proto::flyteidl::core::{Identifier, TaskTemplate};
use flytekit_proto::registry::{LaunchPlanEntry, TaskEntry, WorkflowEntry};
use flytekit_proto::text;
use flytekit_tests::{diff, run};
use object::write::{Object, pe};
use object::{Architecture, BinaryFormat, Endianness, SectionKind};
use prost::{Message, Name};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// The offset of a frame's parts after its magic.
const FORMAT: usize = 8;
const WRITER: usize = 10;
const KIND: usize = 16;
const PAYLOAD: usize = 22;

const FIRST: TaskDescriptor = TaskDescriptor {
    name: "crafted.first",
    task_type: "python-task",
    docs: "The first.",
    location: Location {
        file: "src/first.rs",
        line: 3,
    },
    ..TaskDescriptor::DEFAULT
};
const SECOND: TaskDescriptor = TaskDescriptor {
    name: "crafted.second",
    location: Location {
        file: "src/second.rs",
        line: 70_000,
    },
    ..TaskDescriptor::DEFAULT
};
const NAMESAKE: TaskDescriptor = TaskDescriptor {
    name: FIRST.name,
    ..SECOND
};

const WORKFLOW: WorkflowDescriptor<'_> = WorkflowDescriptor {
    name: "crafted.workflow",
    inputs: &[Variable {
        name: "day",
        literal_type: LiteralType::Simple(SimpleType::Datetime),
        description: "",
        default: None,
    }],
    nodes: &[Node {
        id: "n0",
        target: Target::Task(&FIRST),
        ..Node::DEFAULT
    }],
    docs: "Runs the first.",
    location: Location {
        file: "src/workflow.rs",
        line: 5,
    },
    ..WorkflowDescriptor::DEFAULT
};
const PLAN: LaunchPlanDescriptor<'_> = LaunchPlanDescriptor {
    name: "crafted.plan",
    workflow: &WORKFLOW,
    inputs: WORKFLOW.inputs,
    schedule: Some(Schedule {
        timing: Timing::Cron("0 2 * * *"),
        kickoff_time: "day",
    }),
    auto_activate: true,
    docs: "Each night.",
    location: Location {
        file: "src/workflow.rs",
        line: 9,
    },
    ..LaunchPlanDescriptor::DEFAULT
};

fn workflow() -> Vec<u8> {
    const DRAFT: Draft<{ 1 << 14 }> = Draft::new(Declaration::Workflow(&WORKFLOW));
    DRAFT
        .finish::<{ DRAFT.frame_len() }>(Declaration::Workflow(&WORKFLOW))
        .to_vec()
}

fn plan() -> Vec<u8> {
    const DRAFT: Draft = Draft::new(Declaration::LaunchPlan(&PLAN));
    DRAFT
        .finish::<{ DRAFT.frame_len() }>(Declaration::LaunchPlan(&PLAN))
        .to_vec()
}

fn first() -> Vec<u8> {
    const DRAFT: Draft = Draft::new(Declaration::Task(&FIRST));
    DRAFT
        .finish::<{ DRAFT.frame_len() }>(Declaration::Task(&FIRST))
        .to_vec()
}

fn second() -> Vec<u8> {
    const DRAFT: Draft = Draft::new(Declaration::Task(&SECOND));
    DRAFT
        .finish::<{ DRAFT.frame_len() }>(Declaration::Task(&SECOND))
        .to_vec()
}

fn namesake() -> Vec<u8> {
    const DRAFT: Draft = Draft::new(Declaration::Task(&NAMESAKE));
    DRAFT
        .finish::<{ DRAFT.frame_len() }>(Declaration::Task(&NAMESAKE))
        .to_vec()
}

/// The content of a section in a linker's layout: in any order, with gaps.
fn both() -> Vec<u8> {
    [second(), vec![0; 7], first(), vec![0; 16]].concat()
}

/// Like that, with all kinds of entities.
fn kinds_of_all() -> Vec<u8> {
    [plan(), both(), workflow()].concat()
}

fn elf(section: &[u8]) -> Vec<u8> {
    object(
        BinaryFormat::Elf,
        Architecture::X86_64,
        Endianness::Little,
        section,
    )
}

fn object(
    format: BinaryFormat,
    architecture: Architecture,
    endianness: Endianness,
    section: &[u8],
) -> Vec<u8> {
    let mut object = Object::new(format, architecture, endianness);
    let segment = if format == BinaryFormat::MachO {
        "__DATA"
    } else {
        ""
    };
    let id = object.add_section(segment.into(), b"flytekit".to_vec(), SectionKind::Data);
    object.append_section_data(id, section, 1);
    object.write().expect("an object file")
}

/// A PE image with one section. Its sections are padded to the file's alignment.
fn portable_executable(section: &[u8]) -> Vec<u8> {
    const ALIGNMENT: u32 = 512;
    let mut image = Vec::new();
    let mut writer = pe::Writer::new(true, 4096, ALIGNMENT, &mut image);
    writer.reserve_dos_header();
    writer.reserve_nt_headers(0);
    writer.reserve_section_headers(1);
    let size = u32::try_from(section.len()).expect("a small section");
    let range = writer.reserve_section(
        *b"flytekit",
        object::pe::IMAGE_SCN_CNT_INITIALIZED_DATA | object::pe::IMAGE_SCN_MEM_READ,
        size,
        size,
    );
    writer.write_empty_dos_header().expect("a header");
    writer.write_nt_headers(pe::NtHeaders {
        machine: object::pe::IMAGE_FILE_MACHINE_AMD64,
        time_date_stamp: 0,
        characteristics: object::pe::IMAGE_FILE_EXECUTABLE_IMAGE,
        major_linker_version: 0,
        minor_linker_version: 0,
        address_of_entry_point: 0,
        image_base: 0x1_4000_0000,
        major_operating_system_version: 0,
        minor_operating_system_version: 0,
        major_image_version: 0,
        minor_image_version: 0,
        major_subsystem_version: 0,
        minor_subsystem_version: 0,
        subsystem: object::pe::IMAGE_SUBSYSTEM_WINDOWS_CUI,
        dll_characteristics: object::pe::DllFlags(0),
        size_of_stack_reserve: 0,
        size_of_stack_commit: 0,
        size_of_heap_reserve: 0,
        size_of_heap_commit: 0,
    });
    writer.write_section_headers();
    writer.write_section(range.file_offset, section);
    image
}

/// Names and places, and the templates as text.
fn shown(tasks: &[FoundTask]) -> String {
    let spec =
        |task: &FoundTask| text::format(&TaskSpec::full_name(), &task.spec).expect("a TaskSpec");
    let entries: Vec<_> = tasks
        .iter()
        .map(|task| format!("# {} at {}\n{}", task.name, task.location, spec(task)))
        .collect();
    entries.concat()
}

/// Like [`shown`], for all kinds of entities.
fn all_shown(entities: &Entities) -> String {
    let plan = |plan: &FoundLaunchPlan| {
        let FoundLaunchPlan {
            name,
            workflow,
            location,
            auto_activate,
            description,
            ..
        } = plan;
        let text = text::format(&LaunchPlan::full_name(), &plan.plan).expect("a LaunchPlan");
        format!("# {name} of {workflow} at {location}, {auto_activate}: {description}\n{text}")
    };
    let mut all = shown(&entities.tasks);
    for workflow in &entities.workflows {
        let spec = text::format(&WorkflowSpec::full_name(), &workflow.spec).expect("a spec");
        let heading = format!("# {} at {}\n", workflow.name, workflow.location);
        all.extend([heading, spec, plan(&workflow.default_plan)]);
    }
    all + &entities.launch_plans.iter().map(plan).collect::<String>()
}

fn places(tasks: &[FoundTask]) -> Vec<(&str, &str)> {
    tasks
        .iter()
        .map(|task| (task.name.as_str(), task.location.as_str()))
        .collect()
}

fn refusal(file: &[u8]) -> String {
    read_object(file)
        .expect_err("no readable tasks")
        .to_string()
}

#[test]
fn the_file_holds_what_the_process_says() {
    let tasks = read_file(Path::new(FIXTURE)).expect("tasks").tasks;
    let listed = run(Command::new(FIXTURE).args(["list", "--json"]));
    let listed: Vec<serde_json::Value> = serde_json::from_slice(&listed.stdout).expect("JSON");
    let listed: Vec<_> = listed
        .iter()
        .filter(|entity| entity["kind"] == "task")
        .map(|task| {
            (
                task["name"].as_str().expect("a name"),
                task["location"].as_str().expect("a place"),
            )
        })
        .collect();
    assert_eq!(places(&tasks), listed);
    for task in &tasks {
        let described = run(Command::new(FIXTURE).args(["describe", &task.name, "--format", "pb"]));
        assert!(described.stdout == task.spec, "{described}");
    }
}

#[test]
fn tasks_of_a_library_are_there() {
    let tasks = read_file(Path::new(FIXTURE)).expect("tasks").tasks;
    let source = include_str!("../../src/tasks.rs");
    for (name, function) in [
        ("flytekit_tests.tasks.double", "pub fn double("),
        ("flytekit_tests.tasks.etl.match", "pub fn r#match("),
        ("etl.renamed", "pub fn renamed("),
    ] {
        let task = tasks
            .iter()
            .find(|task| task.name == name)
            .unwrap_or_else(|| panic!("no {name}"));
        let line = source
            .lines()
            .position(|line| line.contains(function))
            .expect("the function")
            + 1;
        assert_eq!(task.location, format!("tests/src/tasks.rs:{line}"));
    }
}

#[test]
fn stripping_takes_nothing_away() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let stripped = folder.path().join("stripped");
    let ended = run(Command::new("strip")
        .arg("-s")
        .arg("-o")
        .arg(&stripped)
        .arg(FIXTURE));
    assert!(ended.success(), "{ended}");
    let size = |path: &Path| fs::metadata(path).expect("a file").len();
    assert!(
        size(&stripped) < size(Path::new(FIXTURE)),
        "nothing was stripped"
    );

    assert_eq!(
        read_file(&stripped).expect("tasks"),
        read_file(Path::new(FIXTURE)).expect("tasks")
    );
    let ended =
        run(Command::new(&stripped).args(["run", "flytekit_tests.tasks.double", "--number", "21"]));
    assert_eq!(ended.text(), "o0 = 42\n", "{ended}");
}

/// A large file, as with debug information, which must not slow down the reading of tasks.
#[test]
fn of_a_large_file_only_the_section_is_read() {
    const LARGE: u64 = 1 << 40;
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(&file, elf(&both())).expect("a file that can be written");
    // A sparse file: reading all of it would not end.
    file.as_file().set_len(LARGE).expect("a sparse file");
    let tasks = read_file(file.path()).expect("tasks").tasks;
    let names: Vec<_> = tasks.names().collect();
    assert_eq!(names, ["crafted.first", "crafted.second"]);
}

#[test]
fn what_is_no_file_is_refused() {
    for (path, what) in [("/tmp", "is a folder"), ("/dev/null", "is not a file")] {
        let error = read_file(Path::new(path)).expect_err("no file").to_string();
        assert!(error.contains(path) && error.contains(what), "{error}");
    }
    let error = read_file(Path::new("/missing")).expect_err("no file");
    assert!(matches!(error, ProgramError::Io(_)), "{error}");
}

#[test]
fn files_of_all_machines_are_read() {
    use Architecture::{Aarch64, Arm, I386, PowerPc64, Riscv64, S390x, X86_64};
    use BinaryFormat::{Coff, Elf, MachO};
    use Endianness::{Big, Little};

    let section = both();
    let read = |file: &[u8]| shown(&read_object(file).expect("tasks").tasks);
    let expected = read(&elf(&section));
    assert!(
        expected.starts_with("# crafted.first at src/first.rs:3\n"),
        "{expected}"
    );
    assert!(
        expected.contains("\n# crafted.second at src/second.rs:70000\n"),
        "{expected}"
    );

    for (format, architecture, endianness) in [
        (Elf, Aarch64, Little),
        (Elf, Arm, Little),
        (Elf, I386, Little),
        (Elf, Riscv64, Little),
        (Elf, PowerPc64, Big),
        (Elf, S390x, Big),
        (MachO, X86_64, Little),
        (MachO, Aarch64, Little),
        (Coff, X86_64, Little),
    ] {
        let file = object(format, architecture, endianness, &section);
        assert_eq!(read(&file), expected, "{format:?} for {architecture:?}");
    }
    assert_eq!(read(&portable_executable(&section)), expected, "a PE image");
}

#[test]
fn two_tasks_of_one_name_are_refused_with_both_places() {
    let message = refusal(&elf(&[first(), namesake()].concat()));
    for part in ["`crafted.first`", "src/first.rs:3", "src/second.rs:70000"] {
        assert!(message.contains(part), "{message}");
    }

    let binary = env!("CARGO_BIN_EXE_duplicates");
    let source = include_str!("../../src/bin/duplicates.rs");
    let lines = source
        .lines()
        .zip(1..)
        .filter(|(line, _)| line.starts_with("fn load"));
    let places: Vec<_> = lines
        .map(|(_, line)| format!("tests/src/bin/duplicates.rs:{line}"))
        .collect();
    let ended = run(Command::new(binary).arg("list"));
    assert_eq!((ended.code(), places.len()), (Some(1), 2), "{ended}");
    let in_file = read_file(Path::new(binary))
        .expect_err("duplicates")
        .to_string();
    for message in [ended.stderr.as_str(), &in_file] {
        assert!(
            message.contains("`etl.load`") && places.iter().all(|place| message.contains(place)),
            "{message}"
        );
    }
}

/// The message about a newer format names the version that wrote it.
#[test]
fn what_is_newer_is_refused_by_its_number() {
    for (part, what) in [(FORMAT, "format version 9"), (KIND, "kind 9")] {
        let mut newer = second();
        newer[part..part + 2].copy_from_slice(&9_u16.to_le_bytes());
        newer[WRITER..KIND].copy_from_slice(&[7, 0, 0, 1, 2, 0]);
        let message = refusal(&elf(&[first(), newer].concat()));
        for part in [what, "flytekit 7.256.2 writes", "or a newer one"] {
            assert!(message.contains(part), "{message}");
        }
    }
}

/// Each would be a task without a name.
#[test]
fn a_frame_without_its_task_is_refused() {
    let id = |name: &str| Identifier {
        name: name.to_owned(),
        ..Identifier::default()
    };
    let template = |id| TaskTemplate {
        id,
        ..TaskTemplate::default()
    };
    let spec = |template| TaskSpec {
        template,
        ..TaskSpec::default()
    };
    let entry = |spec| TaskEntry {
        spec,
        ..TaskEntry::default()
    };
    let of_template = |it| entry(Some(spec(Some(template(it)))));
    for (entry, part) in [
        (entry(None), "specification"),
        (entry(Some(spec(None))), "template"),
        (of_template(None), "identifier"),
        (of_template(Some(id(""))), "name"),
    ] {
        let message = refusal(&elf(&framed(&entry.encode_to_vec())));
        let place = "the task in the frame at byte 0";
        assert!(
            message.contains(place) && message.contains(part),
            "{message}"
        );
    }
    let whole = of_template(Some(id("whole")));
    let tasks = read_object(&elf(&framed(&whole.encode_to_vec())));
    let tasks = tasks.expect("a task").tasks;
    assert_eq!(tasks[0].name, "whole");
}

/// A task's frame around another payload.
fn framed(payload: &[u8]) -> Vec<u8> {
    framed_as(1, payload)
}

fn framed_as(kind: u16, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("it is short");
    let header = [&first()[..KIND], &kind.to_le_bytes()].concat();
    [&header, &length.to_le_bytes()[..], payload].concat()
}

#[test]
fn workflows_and_launch_plans_are_found_by_kind() {
    let entities = read_object(&elf(&kinds_of_all())).expect("entities");
    let names: Vec<_> = entities.tasks.names().collect();
    assert_eq!(names, ["crafted.first", "crafted.second"]);
    let workflow = &entities.workflows[0];
    assert_eq!(workflow.name, "crafted.workflow");
    assert_eq!(workflow.location, "src/workflow.rs:5");
    assert_eq!(workflow.default_plan.name, workflow.name);
    let plan = &entities.launch_plans[0];
    assert_eq!((&*plan.name, &*plan.workflow), (PLAN.name, WORKFLOW.name));
    assert_eq!((&*plan.description, plan.auto_activate), (PLAN.docs, true));
    let message = LaunchPlan::decode(&*plan.plan).expect("a launch plan");
    // prost writes the same bytes.
    assert_eq!(message.encode_to_vec(), plan.plan);
    let message = WorkflowSpec::decode(&*workflow.spec).expect("a workflow");
    assert_eq!(message.encode_to_vec(), workflow.spec);
}

/// There is already a launch plan with the workflow's name.
#[test]
fn entities_of_different_kinds_have_different_names() {
    let found = read_object(&elf(&plan())).expect("a launch plan");
    let plan = LaunchPlan::decode(&*found.launch_plans[0].plan).expect("a launch plan");
    for (name, noun, place) in [
        (
            "crafted.first",
            "a task and a launch plan",
            "src/first.rs:3",
        ),
        (
            "crafted.workflow",
            "a workflow and a launch plan",
            "src/workflow.rs:5",
        ),
    ] {
        let mut plan = plan.clone();
        plan.id.as_mut().expect("an id").name = name.to_owned();
        let namesake = LaunchPlanEntry {
            plan: Some(plan),
            ..LaunchPlanEntry::default()
        };
        let namesake = framed_as(3, &namesake.encode_to_vec());
        let message = refusal(&elf(&[both(), workflow(), namesake].concat()));
        let renaming = "#[launch_plan(name = \"…\")]";
        for part in [noun, place, name, renaming] {
            assert!(message.contains(part), "{message}");
        }
    }
}

#[test]
fn a_frame_without_its_workflow_or_launch_plan_is_refused() {
    for (kind, noun, part) in [
        (2, "workflow", "specification"),
        (3, "launch plan", "specification"),
    ] {
        let message = refusal(&elf(&framed_as(kind, &[])));
        let place = format!("the {noun} in the frame at byte 0");
        assert!(message.contains(&place), "{message}");
        assert!(message.contains(part), "{message}");
    }
    let entities = read_object(&elf(&workflow())).expect("a workflow");
    let spec = WorkflowSpec::decode(&*entities.workflows[0].spec).ok();
    let without_plan = WorkflowEntry {
        spec,
        ..WorkflowEntry::default()
    };
    let message = refusal(&elf(&framed_as(2, &without_plan.encode_to_vec())));
    assert!(message.contains("has no launch plan"), "{message}");
}

#[test]
fn what_holds_no_tasks_says_so() {
    assert!(refusal(&elf(&[])).contains("#[task]"));
    assert!(refusal(&elf(&[0; 64])).contains("#[task]"));
    let none = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little)
        .write()
        .expect("an object");
    assert!(refusal(&none).contains("use my_tasks as _;"));
}

#[test]
fn what_is_damaged_is_refused() {
    let section = both();
    for end in 1..second().len() {
        assert!(read_object(&elf(&section[..end])).is_err(), "{end} bytes");
    }
    assert!(refusal(&elf(b"no frame")).contains("byte 0"));
    let mut payload = first();
    let last = payload.len() - 1;
    payload[PAYLOAD] = 0xff;
    payload[last] = 0xff;
    assert!(
        refusal(&elf(&payload)).contains("damaged"),
        "{}",
        refusal(&elf(&payload))
    );
}

#[test]
fn what_is_no_binary_is_refused() {
    for file in [b"".as_slice(), b"#!/bin/sh\n", b"\x7fELF", b"MZ"] {
        assert!(
            refusal(file).contains("ELF, Mach-O or PE"),
            "{file:?}: {}",
            refusal(file)
        );
    }
    let nowhere = read_file(Path::new("/nowhere/at/all")).expect_err("no file");
    assert!(nowhere.to_string().contains("No such file"), "{nowhere}");
}

/// Files of each format version are kept, so that old files stay readable. `FLYTEKIT_BLESS=1` writes the file
/// of a new version, and the missing expected text of a file; it does not change older ones.
#[test]
fn files_of_all_formats_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sections");
    let is_blessed = env::var_os("FLYTEKIT_BLESS").is_some();
    if is_blessed {
        let newest = folder.join(format!("format-{FORMAT_VERSION}.elf"));
        write_if_new(&newest, &elf(&both()));
        let kinds = folder.join(format!("format-{FORMAT_VERSION}-kinds.elf"));
        write_if_new(&kinds, &elf(&kinds_of_all()));
    }
    let files = fs::read_dir(&folder).expect("a folder");
    let files = files.map(|file| file.expect("a file").path());
    let artefacts = files.filter(|it| it.extension().is_some_and(|kind| kind == "elf"));
    let artefacts: Vec<_> = artefacts.collect();
    for version in 1..=FORMAT_VERSION {
        let artefact = folder.join(format!("format-{version}.elf"));
        assert!(artefacts.contains(&artefact), "{}", artefact.display());
    }
    for artefact in artefacts {
        let entities = read_file(&artefact);
        let entities = entities.unwrap_or_else(|error| panic!("{}: {error}", artefact.display()));
        let expected = artefact.with_extension("txt");
        if is_blessed {
            write_if_new(&expected, all_shown(&entities).as_bytes());
        }
        let expected = fs::read_to_string(&expected).expect("text");
        let difference = diff(("expected", &expected), ("read", &all_shown(&entities)));
        assert!(difference.is_empty(), "{difference}");
    }
}

fn write_if_new(path: &Path, content: &[u8]) {
    if !path.exists() {
        fs::write(path, content).expect("a file");
    }
}
