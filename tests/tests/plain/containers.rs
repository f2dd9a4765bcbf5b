//! Local runs of containers of any program, by a stand-in for podman and docker.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flytekit_proto::flyteidl::core::LiteralMap;
use flytekit_tests::{
    ContainerEngine, DEADLINE, Ended, eventually, is_running, run, run_within, signal,
};
use prost::Message;
use serde_json::{Value, json};

/// The program, on a machine with an engine of containers.
fn program(engine: &ContainerEngine) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_containers"));
    engine.provide(&mut command);
    command
}

fn task_of(engine: &ContainerEngine, task: &str) -> Command {
    let mut command = program(engine);
    command.args(["run", &format!("containers.{task}")]);
    command
}

/// The outputs, as `run --json` prints them.
#[track_caller]
fn outputs(ended: &Ended) -> Value {
    assert!(ended.success(), "{ended}");
    let text = ended.text();
    serde_json::from_str(text.lines().last().unwrap_or_default()).expect("JSON")
}

#[track_caller]
fn assert_fails(ended: &Ended, parts: &[&str]) {
    assert_eq!(ended.code(), Some(1), "{ended}");
    for part in parts {
        assert!(ended.stderr.contains(part), "no `{part}` in {ended}");
    }
}

/// The files of a folder by their paths in it.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                left.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below");
                let bytes = fs::read(&path).expect("a file");
                files.insert(name.display().to_string(), bytes);
            }
        }
    }
    files
}

/// The files that `TASK` finds in the folder of its inputs.
fn given(task: &str, inputs: &Value) -> BTreeMap<String, Vec<u8>> {
    let engine = ContainerEngine::new();
    let file = engine.path("inputs.json");
    fs::write(&file, inputs.to_string()).expect("a file");
    let ended = run(task_of(&engine, task)
        .arg("--json")
        .arg("--inputs")
        .arg(&file));
    let outputs = outputs(&ended);
    engine.assert_clean();
    tree(Path::new(outputs["o0"].as_str().expect("a place")))
}

fn some_inputs(folder: &Path) -> Value {
    fs::create_dir_all(folder.join("folder/below")).expect("a folder");
    for (name, text) in [
        ("file.csv", "a,b\n"),
        ("folder/one", "1"),
        ("folder/below/two", "2"),
    ] {
        fs::write(folder.join(name), text).expect("a file");
    }
    json!({
        "text": " a\n'b' \"c\" ",
        "number": -7,
        "share": 1e6,
        "truth": true,
        "when": "2026-01-31T12:30:00.5Z",
        "length": "1h0m2.5s",
        "level": "Low",
        "names": ["x", "y z"],
        "sizes": {"a": 1, "b": 2},
        "maybe": null,
        "file": folder.join("file.csv"),
        "folder": folder.join("folder"),
        "settings": {"name": "n", "size": 3},
    })
}

#[test]
fn inputs_are_files_of_their_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = given("given", &some_inputs(folder.path()));
    let mut text = |name: &str| {
        let bytes = files.remove(name).unwrap_or_else(|| panic!("no {name}"));
        String::from_utf8_lossy(&bytes).into_owned()
    };
    for (name, expected) in [
        ("text", " a\n'b' \"c\" "),
        ("number", "-7"),
        ("share", "1000000"),
        ("truth", "true"),
        ("when", "2026-01-31T12:30:00.5Z"),
        ("length", "1h0m2.5s"),
        ("level", "Low"),
        ("names/0", "x"),
        ("names/1", "y z"),
        ("sizes/a", "1"),
        ("sizes/b", "2"),
        ("maybe", "null"),
        ("file", "a,b\n"),
        ("folder/one", "1"),
        ("folder/below/two", "2"),
    ] {
        assert_eq!(text(name), expected, "{name}");
    }
    let json: Value = serde_json::from_str(&text("inputs.json")).expect("JSON");
    assert_eq!(
        json,
        json!({
            "text": " a\n'b' \"c\" ",
            "number": -7,
            "share": 1_000_000,
            "truth": true,
            "when": "2026-01-31T12:30:00.5Z",
            "length": null,
            "level": "Low",
            "names": ["x", "y z"],
            "sizes": {"a": 1, "b": 2},
            "maybe": null,
            "file": "/data/in/file",
            "folder": "/data/in/folder",
            "settings": "gqRuYW1loW6kc2l6ZQM=",
        })
    );
    assert_eq!(
        files.remove("settings").expect("it"),
        b"\x82\xa4name\xa1n\xa4size\x03"
    );
    let literals = files.remove("inputs.pb").expect("it");
    let literals = LiteralMap::decode(&*literals).expect("a LiteralMap");
    let names: Vec<_> = literals.literals.keys().map(String::as_str).collect();
    assert_eq!(names.len(), 13, "{names:?}");
    assert!(format!("{literals:?}").contains("\"/data/in/folder\""));
    assert_eq!(files, BTreeMap::new());
}

#[test]
fn all_inputs_together_are_written_as_the_task_says() {
    let inputs = json!({"n": 1, "share": 0.5, "text": "a: b\n", "names": ["x"]});
    let files = given("given_as_yaml", &inputs);
    let yaml = String::from_utf8_lossy(&files["inputs.yaml"]);
    assert_eq!(
        yaml,
        "\"n\": 1\nnames: [\"x\"]\nshare: 0.5\ntext: \"a: b\\n\"\n"
    );
    assert!(!files.contains_key("inputs.json"));
    // A number that JSON cannot represent.
    let engine = ContainerEngine::new();
    let ended = run(task_of(&engine, "given_as_protobuf").args(["--json", "--share", "NaN"]));
    let files = tree(Path::new(outputs(&ended)["o0"].as_str().expect("a place")));
    let names: Vec<_> = files.keys().collect();
    assert_eq!(names, ["inputs.pb", "share"]);
    assert_eq!(files["share"], b"NaN");
    let ended = run(task_of(&engine, "given_as_yaml")
        .args(["--n", "1", "--share", "NaN", "--text", "x", "--names", "[]"]));
    assert_fails(
        &ended,
        &[
            "input `share` is a number that JSON cannot represent",
            "PROTO",
        ],
    );
    engine.assert_clean();
}

#[test]
fn outputs_are_files_of_their_names() {
    let engine = ContainerEngine::new();
    let ended = run(task_of(&engine, "answers").arg("--json"));
    let outputs = outputs(&ended);
    let place = |name: &str| PathBuf::from(outputs[name].as_str().expect("a place"));
    assert_eq!(fs::read(place("file")).expect("a file"), b"a,b\n");
    assert!(place("file").ends_with("file.csv"));
    let files = tree(&place("folder"));
    assert_eq!(files.keys().collect::<Vec<_>>(), ["below/two", "one"]);
    for (name, expected) in [
        ("text", json!("hello")),
        ("number", json!(7)),
        ("share", json!(1000.0)),
        ("truth", json!(true)),
        ("when", json!("2026-01-31T11:30:00.500000Z")),
        ("length", json!("PT1H2.5S")),
        ("settings", json!({"name": "x", "size": 3})),
    ] {
        assert_eq!(outputs[name], expected, "{name}");
    }
    engine.assert_clean();
    let ended = run(program(&engine).env("CALL_DIRECTLY", "1"));
    assert!(ended.success(), "{ended}");
    assert_eq!(ended.text(), "7 3 a,b\n");
}

#[test]
fn the_command_has_the_values_of_inputs() {
    let engine = ContainerEngine::new();
    let mut task = task_of(&engine, "words");
    task.args(["--json", "--n", "7", "--names", "[\"a b\", \"$HOME\"]"]);
    let ended = run(task.args(["--when", "2026-01-31T12:30:00.5Z"]));
    assert_eq!(
        outputs(&ended)["o0"],
        "7|[a b,$HOME]-2026-01-31T12:30:00.5Z|a b$|{{.ID}}||7"
    );
    let [call] = &*engine.calls() else {
        panic!("{:?}", engine.calls());
    };
    let position = |part: &str| call.iter().position(|it| it == part).expect(part);
    assert_eq!(call[position("--entrypoint") + 1], "sh");
    assert_eq!(call[position("shell:1") + 1], "-c");
    assert!(
        call.iter()
            .any(|it| it.ends_with(":/var/flyte/inputs:rw,Z"))
    );
    assert!(
        call.iter()
            .any(|it| it.ends_with(":/var/flyte/outputs:rw,Z"))
    );
    let ended = run(task_of(&engine, "calls").args(["--json", "--n", "1"]));
    assert_eq!(
        outputs(&ended)["o0"],
        "1|[x]-1970-01-01T00:00:00Z|a b$|{{.ID}}||1"
    );
}

#[test]
fn secrets_are_on_no_command_line() {
    let engine = ContainerEngine::new();
    let mut task = task_of(&engine, "surroundings");
    task.env("_FSEC_DB_PASSWORD", "hunter22")
        .env("_FSEC_API_TOKEN", "tok%3Den")
        .env("_FSEC_FILES_KEY", "filed-secret");
    let ended = run(task.arg("--json"));
    assert_eq!(
        outputs(&ended)["o0"],
        "a b|1\n2|hunter22|tok%3Den|filed-secret"
    );
    let calls = format!("{:?}", engine.calls());
    for secret in ["hunter22", "tok%3Den", "filed-secret", "a b"] {
        assert!(!calls.contains(secret), "{calls}");
    }
    engine.assert_clean();
    let ended = run(task_of(&engine, "surroundings").env("_FSEC_DB_PASSWORD", "x"));
    assert_fails(&ended, &["secret `token` of group `api`"]);
}

#[test]
fn flytes_own_files_are_here_too() {
    let engine = ContainerEngine::new();
    let ended = run(task_of(&engine, "flytes_files").args(["--json", "--n", "300"]));
    assert_eq!(outputs(&ended)["o0"], json!(14));
    assert!(ended.text().contains("/meta"), "{ended}");
}

#[test]
fn a_failure_names_the_task_and_the_command() {
    let engine = ContainerEngine::new();
    let ended = run(task_of(&engine, "fails").args(["--code", "3"]));
    let command = "sh -c \"echo out; echo why >&2; exit {{.inputs.code}}\"";
    assert_fails(
        &ended,
        &[
            "the container of task containers.fails ended with exit status: 3",
            command,
            "  why",
        ],
    );
    assert!(ended.text().contains("out\n"), "{ended}");
    let ended = run(task_of(&engine, "fails").args(["--code", "0"]));
    assert!(ended.success() && ended.stderr.contains("why"), "{ended}");
    let ended = run(&mut task_of(&engine, "no_command"));
    assert_fails(
        &ended,
        &[
            "containers.no_command",
            "does not have its command: no-such-command",
        ],
    );
    let ended = run(&mut task_of(&engine, "no_image"));
    assert_fails(
        &ended,
        &[
            "cannot start the container of task containers.no_image",
            "missing:1",
        ],
    );
    let ended = run(&mut task_of(&engine, "image_of_registration"));
    assert_fails(
        &ended,
        &[
            "containers.image_of_registration",
            "only registration replaces",
        ],
    );
    let ended = run(&mut task_of(&engine, "quiet"));
    assert!(
        ended.success() && !ended.text().contains("not shown"),
        "{ended}"
    );
    engine.assert_clean();
}

#[test]
fn outputs_that_are_wrong_are_named() {
    let engine = ContainerEngine::new();
    let written = |task: &str, script: &str| {
        run(task_of(&engine, task).args(["--script", &format!("cd /data/out; {script}")]))
    };
    for (script, parts) in [
        (
            "true",
            &[
                "output `o0` of task containers.writes",
                "has not written the file /data/out/o0",
            ][..],
        ),
        (
            "echo x > o0.a; echo x > o0.b",
            &["several files /data/out/o0.*"],
        ),
        (
            "echo x > o0",
            &["/data/out/o0 must hold an integer of 64 bits, but holds \"x\""],
        ),
        ("mkdir o0", &["/data/out/o0 is a folder"]),
        (
            "yes | head -c 2000 > o0",
            &["/data/out/o0 has 2000 bytes, but Flyte reads no more than 1024"],
        ),
        ("printf '\\377' > o0", &["/data/out/o0 is not UTF-8"]),
        (
            "echo 1 > o0; echo maybe > o1",
            &["/data/out/o1 must hold `true` or `false`"],
        ),
        (
            "echo 1 > o0; echo 0 > o1; echo PT1S > o2",
            &["/data/out/o2 must hold a length of time"],
        ),
    ] {
        assert_fails(&written("writes", script), parts);
    }
    for (script, part) in [
        (
            "mkdir o0 o1",
            "/data/out/o0 is a folder, but the task returns a file",
        ),
        (
            "echo > o0; echo > o1",
            "/data/out/o1 is a file, but the task returns a folder",
        ),
    ] {
        assert_fails(&written("writes_files", script), &[part]);
    }
    for (script, part) in [
        ("echo [1] > o0", "/data/out/o0 must hold a JSON object"),
        ("echo '{\"name\": 1}' > o0", "output o0"),
    ] {
        assert_fails(&written("writes_an_object", script), &[part]);
    }
    let ended = run(&mut task_of(&engine, "reports"));
    assert_fails(
        &ended,
        &[
            "the container of task containers.reports reports: it was \n",
            "in vain",
        ],
    );
    engine.assert_clean();
}

#[test]
fn without_an_engine_it_is_said_which_to_install() {
    let engine = ContainerEngine::new();
    let ended = run(task_of(&engine, "quiet").env("PATH", "/no/where"));
    assert_fails(
        &ended,
        &[
            "containers.quiet",
            "neither podman nor docker",
            "FLYTEKIT_CONTAINER_ENGINE",
        ],
    );
    for named in ["/no/where", "no-engine"] {
        let ended = run(task_of(&engine, "quiet").env("FLYTEKIT_CONTAINER_ENGINE", named));
        assert_fails(
            &ended,
            &["containers.quiet", named, "is not a program to run it"],
        );
    }
    let path = engine.path("bin/podman");
    let mut task = task_of(&engine, "quiet");
    let ended = run(task
        .env("PATH", "/usr/bin:/bin")
        .env("FLYTEKIT_CONTAINER_ENGINE", path));
    assert!(ended.success(), "{ended}");
}

#[test]
fn a_container_that_takes_too_long_is_removed() {
    let engine = ContainerEngine::new();
    let ended = run(&mut task_of(&engine, "takes_too_long"));
    assert_fails(
        &ended,
        &["containers.takes_too_long has not ended within its timeout of 1s"],
    );
    assert_eq!(
        engine.calls().last().expect("a call")[..2],
        ["rm", "--force"]
    );
    engine.assert_clean();
}

#[test]
fn a_container_ends_with_the_run() {
    for name in ["INT", "TERM"] {
        let engine = ContainerEngine::new();
        let mut container = 0;
        let mut task = task_of(&engine, "waits");
        let ended = run_within(DEADLINE, task.stdin(Stdio::null()), |child| {
            eventually("a container", DEADLINE, || engine.process().is_some());
            container = engine.process().expect("a container");
            signal(name, child.id());
        });
        assert!(ended.stderr.contains("ended by SIG"), "{ended}");
        eventually("no container", DEADLINE, || !is_running(container));
        assert_eq!(engine.calls().last().expect("a call")[0], "rm");
    }
}
