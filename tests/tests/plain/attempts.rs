//! The context of a run, and the checkpoints of attempts.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use flytekit::types::{FlyteType, LiteralMapRef};
use flytekit_tests::store::{Answer, Proxy};
use flytekit_tests::{DEADLINE, run, script};
use prost::Message;

use crate::container::{Container, Run};
use crate::object_stores;

/// The output of a successful run.
#[track_caller]
fn output<T: FlyteType>(run: &Run) -> T {
    let outputs = run.outputs().encode_to_vec();
    let literal = LiteralMapRef::new(&outputs).get("o0").expect("a map");
    T::decode(literal.expect("an output")).expect("of this type")
}

/// Waits for a file that a run writes, and returns its text.
fn awaited(path: &Path) -> String {
    let start = Instant::now();
    loop {
        match fs::read_to_string(path) {
            Ok(text) if !text.is_empty() => return text,
            _ if start.elapsed() > DEADLINE => panic!("no {}", path.display()),
            _ => thread::sleep(Duration::from_millis(20)),
        }
    }
}

#[test]
fn a_container_knows_what_flyte_tells_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let prefix = folder
        .path()
        .join("metadata/propeller/p-d-f1/n0/data/0/n2/3");
    let container = Container::with_prefix("fixture.attempts.whereabouts", folder, prefix);
    let run = container
        .env("FLYTE_INTERNAL_EXECUTION_ID", "f1")
        .env("FLYTE_INTERNAL_EXECUTION_PROJECT", "p")
        .env("FLYTE_INTERNAL_EXECUTION_DOMAIN", "d")
        .env("FLYTE_INTERNAL_EXECUTION_WORKFLOW", "p:d:app.report")
        .env("FLYTE_INTERNAL_TASK_PROJECT", "q")
        .env("FLYTE_INTERNAL_TASK_DOMAIN", "d")
        .env("FLYTE_INTERNAL_TASK_NAME", "fixture.attempts.whereabouts")
        .env("FLYTE_INTERNAL_TASK_VERSION", "v7")
        .env("FLYTE_ATTEMPT_NUMBER", "3")
        .env("FLYTE_EXECUTION_URL", "https://console/f1")
        .env("FLYTEKIT_LOG", "fixture=info")
        .bytes(b"")
        .run();
    let said: Vec<String> = output(&run);
    let raw = said[6].clone();
    assert!(raw.ends_with("/raw"), "{raw}");
    let expected = [
        "p:d:f1",
        "q:d:fixture.attempts.whereabouts:v7",
        "p:d:app.report",
        "none",
        "n0-0-n2",
        "3",
        &raw,
        "https://console/f1",
        "[(\"team\", \"data\")]",
    ];
    assert_eq!(said, expected);
    // Log lines name the run, although only the task's own crate is selected.
    let fields = "run{task=\"fixture.attempts.whereabouts\" execution=\"f1\" attempt=3}";
    let logged = &run.ended.stderr;
    assert!(
        logged.contains(fields) && logged.contains("looking around"),
        "{logged}"
    );
}

#[test]
fn without_flyte_there_are_stand_ins() {
    let run = Container::of("fixture.attempts.whereabouts")
        .bytes(b"")
        .run();
    let said: Vec<String> = output(&run);
    let task = "local:local:fixture.attempts.whereabouts:local";
    assert_eq!(
        said[..6],
        ["local:local:local", task, "none", "none", "none", "0"]
    );
}

#[test]
fn threads_and_futures_know_the_run() {
    let run = Container::of("fixture.attempts.threads").bytes(b"").run();
    let said: Vec<String> = output(&run);
    assert_eq!(said, vec!["fixture.attempts.threads"; 3]);
}

/// A run of `leaves_files`, and its working directory.
fn leaves_files(end: &str) -> (Run, PathBuf) {
    let container = Container::of("fixture.attempts.leaves_files");
    let note = container.path("note");
    let text = note.to_string_lossy().into_owned();
    let container = container.inputs(|inputs| {
        inputs.output("note", &text)?;
        inputs.output("end", &end.to_owned())
    });
    let mut folder = String::new();
    let run = container.run_and(|child| {
        folder = awaited(&note);
        if end == "waits" {
            // The shell's own `kill`, because not every machine has such a program.
            let kill = format!("kill -s TERM {}", child.id());
            let killed = Command::new("sh").args(["-c", &kill]).status();
            assert!(killed.expect("a shell").success());
        }
    });
    (run, folder.into())
}

#[test]
fn the_working_directory_is_empty_after_every_end() {
    for end in ["returns", "fails", "panics", "exits", "waits"] {
        let (run, folder) = leaves_files(end);
        assert!(
            !folder.exists(),
            "{end}: {}\n{}",
            folder.display(),
            run.ended
        );
        assert_eq!(run.files.len(), 1, "{end}");
    }
}

#[cfg(unix)]
#[test]
fn an_attempt_goes_on_where_the_one_before_was_killed() {
    let places = tempfile::tempdir().expect("a folder");
    let place = |attempt: u32| places.path().join(format!("{attempt}/_flytecheckpoints"));
    let attempt = |number: u32| {
        let before = number.checked_sub(1).map(place);
        Container::of("fixture.attempts.adds_up")
            .flag("--checkpoint-path", place(number))
            .flag("--prev-checkpoint", before.unwrap_or_else(|| "\"\"".into()))
            .env("FLYTE_INTERNAL_EXECUTION_ID", "f1")
            .env("FLYTE_ATTEMPT_NUMBER", &number.to_string())
            .inputs(|inputs| {
                inputs.output("n", &10_u64)?;
                inputs.output("stops", &4_u64)
            })
    };
    let killed = attempt(0).run_and(|child| {
        let start = Instant::now();
        let saved = place(0).join("_dst_cp");
        let comes_to_four = b"\xa4next\x04";
        while fs::read(&saved).map_or(true, |it| !it.windows(6).any(|it| it == comes_to_four)) {
            assert!(start.elapsed() < DEADLINE);
            thread::sleep(Duration::from_millis(20));
        }
        child.kill().expect("a process");
    });
    assert_eq!(killed.ended.code(), None, "{}", killed.ended);
    assert!(killed.files.is_empty());
    let went_on: Vec<u64> = output(&attempt(1).run());
    assert_eq!(went_on, [4, 45, 2]);
    // If an attempt restores and ends before it saves, the next one restores the same checkpoint.
    let handed_on: Vec<u64> = output(&attempt(2).run());
    assert_eq!(handed_on, [10, 45, 3]);
    let handed_on: Vec<u64> = output(&attempt(3).run());
    assert_eq!(handed_on, [10, 45, 3]);
}

/// A run of `checkpoints` with these saves, whose checkpoint is in `own`.
fn checkpoints(
    saves: &[&str],
    own: impl AsRef<OsStr>,
    previous: Option<&dyn AsRef<OsStr>>,
) -> Vec<String> {
    let saves: Vec<_> = saves.iter().map(|it| (*it).to_owned()).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = folder.path().join("inputs.pb");
    let mut literals = flytekit::types::OutputsWriter::new();
    literals.output("saves", &saves).expect("a list");
    fs::write(&inputs, literals.finish()).expect("a file");
    let prefix = folder.path().join("outputs");
    let mut command = crate::container::execute("fixture.attempts.checkpoints", &inputs, &prefix);
    command.arg("--checkpoint-path").arg(&own);
    if let Some(previous) = previous {
        command.arg("--prev-checkpoint").arg(previous);
    }
    if own.as_ref().to_string_lossy().starts_with("s3:") {
        object_stores::server().configure(&mut command);
    }
    let ended = run(&mut command);
    let outputs = fs::read(prefix.join("outputs.pb"));
    let outputs = outputs.unwrap_or_else(|error| panic!("{error}: {ended}"));
    let literal = LiteralMapRef::new(&outputs).get("o0").expect("a map");
    FlyteType::decode(literal.expect("an output")).expect("texts")
}

#[test]
fn a_save_takes_the_place_of_the_one_before() {
    for (saves, restored) in [
        (&["bytes one", "bytes two"][..], &["_dst_cp: two"][..]),
        (&["bytes one", "file two"], &["model.txt: two"]),
        (&["folder a b", "folder c"], &["c/weights: c"]),
        (&["folder a b", "bytes one"], &["_dst_cp: one"]),
        (
            &["file one", "folder a b"],
            &["a/weights: a", "b/weights: b"],
        ),
        (&["folder a", "file one", "file two"], &["model.txt: two"]),
    ] {
        let places = tempfile::tempdir().expect("a folder");
        let [own, next] = ["0/cp", "1/cp"].map(|it| places.path().join(it));
        assert_eq!(checkpoints(saves, &own, None), [""; 0]);
        assert_eq!(checkpoints(&[], &next, Some(&own)), restored, "{saves:?}");
        // There is nothing beside flytekit's place.
        let beside = fs::read_dir(places.path().join("0")).expect("a folder");
        assert_eq!(beside.count(), 1, "{saves:?}");
    }
}

#[test]
fn an_object_store_keeps_checkpoints_too() {
    for (number, saves, restored) in [
        (0, &["bytes one", "bytes two"][..], &["_dst_cp: two"][..]),
        (1, &["folder a b", "folder c"], &["c/weights: c"]),
        (
            2,
            &["file one", "folder a b"],
            &["a/weights: a", "b/weights: b"],
        ),
        (3, &["folder a b", "file one"], &["model.txt: one"]),
    ] {
        let place = |attempt| format!("s3://bucket/attempts/{number}/{attempt}/_flytecheckpoints");
        assert_eq!(checkpoints(&[], place(0), Some(&place(9))), [""; 0]);
        assert_eq!(checkpoints(saves, place(0), None), [""; 0]);
        assert_eq!(
            checkpoints(&[], place(1), Some(&place(0))),
            restored,
            "{saves:?}"
        );
        // A checkpoint that was only restored.
        assert_eq!(
            checkpoints(&[], place(2), Some(&place(1))),
            restored,
            "{saves:?}"
        );
    }
}

#[test]
fn a_save_that_was_cut_off_leaves_the_one_before() {
    let places = tempfile::tempdir().expect("a folder");
    let [own, next] = ["cp", "next"].map(|it| places.path().join(it));
    checkpoints(&["folder a b"], &own, None);
    let half = places.path().join("cp-half/c");
    fs::create_dir_all(&half).expect("a folder");
    fs::write(half.join("weights"), "c").expect("a file");
    let restored = || checkpoints(&[], &next, Some(&own));
    assert_eq!(restored(), ["a/weights: a", "b/weights: b"]);
    // From this moment, the new checkpoint counts.
    let pointer = places.path().join("cp.current");
    fs::write(
        &pointer,
        places.path().join("cp-half").to_string_lossy().as_bytes(),
    )
    .expect("a file");
    assert_eq!(restored(), ["c/weights: c"]);
    // It also counts while it moves, and afterwards.
    fs::remove_dir_all(&own).expect("a folder");
    assert_eq!(restored(), ["c/weights: c"]);
    fs::rename(places.path().join("cp-half"), &own).expect("a folder");
    assert_eq!(restored(), ["c/weights: c"]);
}

/// Saves two folders one after another in an object store, of which the second takes the place of the first,
/// and is killed at the request of this number: whatever that is, a whole one is restored, or none.
#[test]
fn a_save_that_is_killed_at_any_request_leaves_a_whole_one() {
    const WHOLE: [&[&str]; 3] = [
        &[],
        &["a/weights: a", "b/weights: b"],
        &["c/weights: c", "d/weights: d"],
    ];
    let mut last = 0;
    let mut seen = [false; WHOLE.len()];
    for at in 0.. {
        let place = |attempt| format!("s3://bucket/cut/{at}/{attempt}/_flytecheckpoints");
        let is_whole = saves_until(at, &place(0));
        let restored = checkpoints(&[], place(1), Some(&place(0)));
        let found = WHOLE.iter().position(|whole| restored == *whole);
        let found = found.unwrap_or_else(|| panic!("killed at request {at}: {restored:?}"));
        assert!(found >= last, "killed at request {at}: {restored:?}");
        (last, seen[found]) = (found, true);
        if is_whole {
            break;
        }
    }
    assert_eq!(seen, [true; WHOLE.len()]);
    assert_eq!(last, WHOLE.len() - 1);
}

/// Saves both folders, unless it is killed at the request of this number, and says whether it was not.
fn saves_until(at: usize, own: &str) -> bool {
    let silent = move |number, _: &str| {
        if number < at {
            Answer::Pass
        } else {
            Answer::Silence
        }
    };
    let proxy = Proxy::start(object_stores::server().endpoint(), silent);
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = folder.path().join("inputs.pb");
    let mut literals = flytekit::types::OutputsWriter::new();
    let saves = ["folder a b", "folder c d"].map(str::to_owned).to_vec();
    literals.output("saves", &saves).expect("a list");
    fs::write(&inputs, literals.finish()).expect("a file");
    let prefix = folder.path().join("outputs");
    let mut command = crate::container::execute("fixture.attempts.checkpoints", &inputs, &prefix);
    command.arg("--checkpoint-path").arg(own);
    object_stores::server().configure(&mut command);
    command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint());
    let mut child = command.spawn().expect("a program");
    let start = Instant::now();
    loop {
        assert!(start.elapsed() < DEADLINE);
        if let Some(status) = child.try_wait().expect("a process") {
            assert!(status.success());
            return true;
        }
        if proxy.requests().len() > at {
            child.kill().expect("a process");
            child.wait().expect("a process");
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn nothing_is_no_checkpoint() {
    let places = tempfile::tempdir().expect("a folder");
    let own = places.path().join("own");
    for previous in ["", "\"\"", "{{.prevCheckpointPrefix}}", "missing"] {
        let missing = places.path().join("missing");
        let previous = if previous == "missing" {
            &missing
        } else {
            Path::new(previous)
        };
        assert_eq!(checkpoints(&[], &own, Some(&previous)), [""; 0]);
    }
}

#[test]
fn checkpoints_are_flytekits() {
    let places = tempfile::tempdir().expect("a folder");
    let place = |name: &str| places.path().join(name);
    let python = |verb: &str, folder: &Path, text: &[&str]| {
        let ended = run(script("checkpoint.py").arg(verb).arg(folder).args(text));
        assert!(ended.success(), "{ended}");
        ended.text()
    };
    python("write", &place("written"), &["some bytes"]);
    python("save", &place("saved"), &["a", "b"]);
    let unused = place("unused");
    let restored = |name| checkpoints(&[], &unused, Some(&place(name)));
    assert_eq!(restored("written"), ["_dst_cp: some bytes"]);
    assert_eq!(restored("saved"), ["a/weights: a", "b/weights: b"]);

    checkpoints(&["folder x", "bytes more bytes"], place("bytes"), None);
    assert_eq!(python("read", &place("bytes"), &[]), "more bytes\n");
    checkpoints(&["bytes x", "folder c d"], place("folder"), None);
    assert_eq!(
        python("restore", &place("folder"), &[]),
        "c/weights: c\nd/weights: d\n"
    );
}
