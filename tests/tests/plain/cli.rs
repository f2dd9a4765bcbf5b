//! The subcommands for people: `list`, `describe` and `run`.

use std::fs;
use std::process::Command;

use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::text;
use flytekit_tests::{Ended, run};
use prost::{Message, Name};
use serde_json::{Value, json};

/// The fixture with these arguments, without the user's own settings.
fn fixture(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fixture"));
    for setting in [
        "FLYTEKIT_LOG",
        "RUST_LOG",
        "RUST_BACKTRACE",
        "SPARK_REMOTE",
        "FLYTE_FAIL_ON_ERROR",
    ] {
        command.env_remove(setting);
    }
    command.args(args);
    command
}

fn ended(args: &[&str]) -> Ended {
    run(&mut fixture(args))
}

/// Standard output of a success.
#[track_caller]
fn printed(args: &[&str]) -> String {
    let ended = ended(args);
    assert!(ended.success(), "{ended}");
    ended.text()
}

/// The outputs of `run TASK … --json`.
#[track_caller]
fn outputs(args: &[&str]) -> Value {
    let printed = printed(&[&["run"], args, &["--json"]].concat());
    serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
}

/// A failure with this exit code, whose message on standard error has all of these parts.
#[track_caller]
fn assert_refused(args: &[&str], code: i32, parts: &[&str]) {
    let ended = ended(args);
    assert_eq!(ended.code(), Some(code), "{ended}");
    assert_eq!(ended.text(), "", "a failure prints no result");
    for part in parts {
        assert!(ended.stderr.contains(part), "no {part:?} in\n{ended}");
    }
}

#[test]
fn list_shows_signatures_and_summaries() {
    let listed = printed(&["list"]);
    for part in [
        "fixture.declared.plain(a: integer, b: integer) -> o0: integer  [python-task]\n",
        "fixture.declared.documented(amount: float, rate: float) -> o0: float  [python-task]\n    Adds interest to an amount.\n",
        "fixture.declared.default_spark(a: integer) -> o0: integer  [spark]\n",
        "fixture.declared.nothing() -> nothing  [python-task]\n",
        "fixture.values.nested(value: map of list of map of (list of (integer or none) or none)) -> ",
        "fixture.frames.copy(frame: dataset) -> o0: dataset  [spark]\n",
        "fixture.frames.promised(frame: dataset) -> o0: dataset (id: integer, amount: float, customer name: string, tags: list of string)  [spark]\n",
        "flytekit_tests.tasks.double(number: integer) -> o0: integer  [python-task]\n    Twice a number.\n",
    ] {
        assert!(listed.contains(part), "no {part:?} in\n{listed}");
    }
    assert!(
        !listed.contains("The rate is a share"),
        "more than a summary:\n{listed}"
    );
}

#[test]
fn list_is_sorted_json_for_programs() {
    let listed: Vec<Value> = serde_json::from_str(&printed(&["list", "--json"])).expect("a list");
    let names: Vec<_> = listed
        .iter()
        .map(|task| task["name"].as_str().expect("a name"))
        .collect();
    assert!(names.is_sorted(), "{names:?}");
    let task = listed
        .iter()
        .find(|task| task["name"] == "fixture.declared.named_outputs")
        .expect("the task");
    assert_eq!(task["type"], "python-task");
    assert_eq!(task["inputs"], json!({"a": "float", "b": "float"}));
    assert_eq!(
        task["outputs"],
        json!({"total": "float", "count": "integer"})
    );
    assert!(
        task["location"]
            .as_str()
            .expect("a place")
            .starts_with("tests/src/bin/fixture/declared.rs:")
    );
}

#[test]
fn describe_shows_one_message_in_three_forms() {
    let describe = |format| {
        ended(&[
            "describe",
            "fixture.declared.all_options",
            "--format",
            format,
        ])
    };
    let bytes = describe("pb").stdout;
    let expected = text::format(&TaskSpec::full_name(), &bytes).expect("a TaskSpec");
    assert_eq!(describe("text").text(), expected);
    assert_eq!(
        printed(&["describe", "fixture.declared.all_options"]),
        expected
    );

    let spec = TaskSpec::decode(bytes.as_slice()).expect("a TaskSpec");
    let json: Value = serde_json::from_slice(&describe("json").stdout).expect("JSON");
    let template = spec.template.expect("a template");
    assert_eq!(
        json["template"]["id"]["name"],
        template.id.expect("an id").name
    );
    assert_eq!(json["template"]["metadata"]["retries"]["retries"], 3);
    assert_eq!(json["template"]["metadata"]["timeout"], "5400s");
}

#[test]
fn flags_have_the_types_of_the_inputs() {
    assert_eq!(
        printed(&["run", "fixture.declared.plain", "--a", "1", "--b", "-2"]),
        "o0 = -1\n"
    );
    assert_eq!(
        outputs(&[
            "fixture.values.scalars",
            "--i",
            "-9223372036854775808",
            "--f=1e3",
            "--b",
            "--s",
            "two words"
        ]),
        json!({"o0": i64::MIN, "o1": 1000.0, "o2": true, "o3": "two words"})
    );
    assert_eq!(
        outputs(&[
            "fixture.values.scalars",
            "--i",
            "3",
            "--f",
            "-inf",
            "--b",
            "false",
            "--s",
            "3"
        ]),
        json!({"o0": 3, "o1": "-inf", "o2": false, "o3": "3"})
    );
    assert_eq!(
        outputs(&[
            "fixture.values.maps",
            "--hashed",
            r#"{"b": 1, "a": 2}"#,
            "--sorted",
            r#"{"x": [1, 2.5]}"#
        ]),
        json!({"o0": {"a": 2, "b": 1}, "o1": {"x": [1.0, 2.5]}})
    );
    assert_eq!(outputs(&["fixture.values.void", "--text", ""]), json!({}));
    assert_eq!(
        outputs(&["fixture.values.asynchronous", "--text", "äbc"]),
        json!({"o0": "cbä"})
    );
}

#[test]
fn times_and_objects_are_typed_as_people_write_them() {
    assert_eq!(
        outputs(&[
            "fixture.time.times",
            "--at",
            "2024-01-31 13:30:00.5+01:00",
            "--naive=2024-01-31T12:30",
            "--day",
            "2024-02-29",
            "--took",
            "-1h30m",
        ]),
        json!({
            "o0": "2024-01-31T12:30:00.500000Z",
            "o1": "2024-01-31T12:30:00Z",
            "o2": "2024-02-29T00:00:00Z",
            "o3": "-PT1H30M",
        })
    );
    assert_eq!(
        outputs(&[
            "fixture.objects.objects",
            "--values",
            r#"[{"b": [1, null, 2.5], "a": {}}]"#,
        ]),
        json!({"o0": [{"a": {}, "b": [1, null, 2.5]}], "o1": null})
    );
    let by_number = ["fixture.objects.by_number", "--value", r#"{"7": "x"}"#];
    assert_eq!(outputs(&by_number), json!({"o0": {"7": "x"}}));
    assert_refused(
        &["run", "fixture.time.clock", "--at", "noon", "--took", "1s"],
        2,
        &["at: expected date-time such as 2024-01-31T12:30:00Z, found \"noon\""],
    );
    let help = printed(&["run", "fixture.time.clock", "--help"]);
    assert!(
        help.contains("--took <duration such as 90s, 1h30m or PT90S>"),
        "{help}"
    );
}

#[test]
fn files_and_bytes_are_meant_by_their_paths() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x.csv");
    fs::write(&file, "a\n\0").expect("a file");
    let path = file.to_str().expect("UTF-8");
    assert_eq!(
        outputs(&["fixture.files.same_file", "--file", path]),
        json!({"o0": path})
    );
    let given = json!([path]).to_string();
    let outputs = outputs(&["fixture.files.several_bytes", "--bytes", &given]);
    // Bytes are passed on as pickles, which contain them unchanged.
    let pickle = fs::read(outputs["o0"][0].as_str().expect("a path")).expect("a pickle");
    assert!(pickle.windows(3).any(|bytes| bytes == b"a\n\0"));
    assert_refused(
        &["run", "fixture.files.same_bytes", "--bytes", "/nowhere"],
        2,
        &["bytes: cannot read /nowhere"],
    );
}

#[test]
fn objects_are_explained() {
    let help = printed(&["run", "fixture.data.drawing", "--help"]);
    for part in [
        "--value <Drawing as JSON>",
        "- Drawing (number: integer or string, ",
        "- Circle (radius: float)",
    ] {
        assert!(help.contains(part), "no {part:?} in\n{help}");
    }
    let moved = |place| ["fixture.data.moved", "--place", place, "--north", "1"];
    assert_eq!(
        outputs(&moved(r#"{"name": "x", "longitude": 8, "latitude": 47}"#)),
        json!({"o0": {"name": "x", "latitude": 48.0, "longitude": 8.0}})
    );
    assert_refused(
        &[&["run"], &moved(r#"{"name": 7}"#)[..]].concat(),
        2,
        &["place.name: expected string, found 7"],
    );
}

#[test]
fn optional_inputs_may_be_left_out() {
    let none = Value::Null;
    assert_eq!(
        outputs(&[
            "fixture.values.options",
            "--i",
            "3",
            "--s",
            "plain text",
            "--ints",
            "[1]"
        ]),
        json!({"o0": 3, "o1": none, "o2": none, "o3": "plain text", "o4": [1], "o5": none})
    );
    let strict = [
        "fixture.broken.strict",
        "--byte",
        "1",
        "--text",
        "x",
        "--flags",
        "[]",
    ];
    assert_eq!(outputs(&strict), json!({"o0": 8}));
    assert_eq!(
        outputs(&[&strict, ["--count", "-1"].as_slice()].concat()),
        json!({"o0": 0})
    );
}

#[test]
fn named_outputs_are_printed_by_name() {
    let printed = printed(&["run", "fixture.values.named", "--values", "[2, 1]"]);
    let mut lines: Vec<_> = printed.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["count = 2", "mean = 1.5", "sorted = [1.0,2.0]"]);
}

#[test]
fn inputs_come_from_a_file_too() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let json = folder.path().join("inputs.json");
    fs::write(
        &json,
        r#"{"text": "from a file", "byte": 7, "flags": [true]}"#,
    )
    .expect("a file");
    let inputs = ["--inputs", json.to_str().expect("a path")];
    assert_eq!(
        outputs(&["fixture.broken.strict", inputs[0], inputs[1]]),
        json!({"o0": 14})
    );

    // scalar { primitive { string_value: "abc" } } as the value of "text"
    let pb = folder.path().join("inputs.pb");
    fs::write(
        &pb,
        b"\x0a\x11\x0a\x04text\x12\x09\x0a\x07\x0a\x05\x1a\x03abc",
    )
    .expect("a file");
    assert_eq!(
        outputs(&[
            "fixture.values.asynchronous",
            "--inputs",
            pb.to_str().expect("a path")
        ]),
        json!({"o0": "cba"})
    );
}

#[test]
fn a_file_may_be_yaml_or_standard_input_and_flags_go_before_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let yaml = folder.path().join("inputs.yaml");
    fs::write(&yaml, "# both\na: 1\nb: 2\n").expect("a file");
    let yaml = yaml.to_str().expect("a path");
    let sum = |args: &[&str]| outputs(&[&["fixture.declared.plain"], args].concat());
    assert_eq!(sum(&["--inputs", yaml]), json!({"o0": 3}));
    assert_eq!(sum(&["--inputs", yaml, "--a", "40"]), json!({"o0": 42}));
    for (given, flags, expected) in [
        (&b" {\"a\": 1, \"b\": 2}"[..], &[][..], 3),
        (b"a: 1\nb: 4", &[], 5),
        // scalar { primitive { integer: 40 } } as the value of "a"
        (
            b"\x0a\x0b\x0a\x01a\x12\x06\x0a\x04\x0a\x02\x08\x28",
            &["--b", "2"],
            42,
        ),
    ] {
        let path = folder.path().join("given");
        fs::write(&path, given).expect("a file");
        let arguments = ["run", "fixture.declared.plain", "--json", "--inputs", "-"];
        let mut command = fixture(&[&arguments, flags].concat());
        let ended = command
            .stdin(fs::File::open(&path).expect("a file"))
            .output();
        let ended = ended.expect("the fixture");
        assert!(ended.status.success(), "{ended:?}");
        let printed = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert_eq!(printed, format!("{}\n", json!({"o0": expected})));
    }
}

#[test]
fn files_with_mistakes_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let json = folder.path().join("inputs.json");
    let path = json.to_str().expect("a path");
    for (content, parts) in [
        ("{", ["inputs.json", "EOF"]),
        (
            r#"{"a": 1, "b": 2, "b": 3}"#,
            ["inputs.json", r#"the key "b" is given twice"#],
        ),
        ("[]", ["inputs.json", "expected an object"]),
        (
            r#"{"a": 1, "c": 2}"#,
            ["inputs.json", "no input `c`; its inputs are `a`, `b`"],
        ),
        (
            r#"{"a": "x", "b": 2}"#,
            ["inputs.json", "a: expected integer, found \"x\""],
        ),
        (
            r#"{"a": 1}"#,
            ["fixture.declared.plain", "input `b` is missing"],
        ),
    ] {
        fs::write(&json, content).expect("a file");
        assert_refused(
            &["run", "fixture.declared.plain", "--inputs", path],
            1,
            &parts,
        );
    }
    assert_refused(
        &["run", "fixture.declared.plain", "--inputs", "/nowhere.pb"],
        1,
        &["/nowhere.pb", "No such file"],
    );
}

#[test]
fn wrong_flags_are_a_wrong_command_line() {
    let plain = |args: &[&'static str]| [&["run", "fixture.declared.plain"], args].concat();
    assert_refused(
        &plain(&["--a", "x", "--b", "1"]),
        2,
        &["a: expected integer, found `x`", "Usage:"],
    );
    assert_refused(
        &plain(&["--a", "1.5", "--b", "1"]),
        2,
        &["a: expected integer, found 1.5"],
    );
    assert_refused(
        &plain(&["--a", "9223372036854775808", "--b", "1"]),
        2,
        &["a: expected integer"],
    );
    assert_refused(&plain(&["--a", "1"]), 2, &["--b <integer>"]);
    assert_refused(&plain(&["--a", "1", "--b"]), 2, &["--b"]);
    assert_refused(
        &plain(&["--a", "1", "--b", "2", "--jason"]),
        2,
        &["--jason", "--json"],
    );
    let lists = [
        "run",
        "fixture.values.lists",
        "--floats",
        "[]",
        "--bools",
        "[]",
        "--texts",
        "[]",
    ];
    let lists = |ints| [lists.as_slice(), &["--ints", ints]].concat();
    assert_refused(
        &lists("[1, true]"),
        2,
        &["ints[1]: expected integer, found true"],
    );
    assert_refused(
        &lists("1, 2"),
        2,
        &["ints: expected list of integer as JSON, found `1, 2`"],
    );
}

/// Docs and command lines are untrusted.
#[test]
fn nothing_is_done_to_a_terminal() {
    let listed = printed(&["list"]);
    assert!(
        listed.contains("\n    Clears the screen: \\u{1b}[2J\n"),
        "{listed}"
    );
    let ended = ended(&["run", "fixture.broken.clears", "--\u{202e}x"]);
    assert_eq!(ended.code(), Some(2), "{ended}");
    assert!(ended.stderr.contains("--\\u{202e}x"), "{ended}");
    for said in [&listed, &ended.stderr] {
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
    }
}

#[test]
fn what_only_the_task_refuses_is_its_failure() {
    let strict = [
        "run",
        "fixture.broken.strict",
        "--text",
        "x",
        "--flags",
        "[]",
        "--byte",
        "256",
    ];
    assert_refused(
        &strict,
        1,
        &["input byte: expected an integer from 0 to 255, found integer 256"],
    );
    assert_refused(
        &["run", "fixture.failing.user_error", "--text", "no rows"],
        1,
        &[
            "USER:RuntimeError: no rows",
            "raised at tests/src/bin/fixture/failing.rs:",
        ],
    );
    assert_refused(
        &["run", "fixture.broken.panics", "--text", "boom"],
        1,
        &[
            "USER:Panic: panicked at tests/src/bin/fixture/broken.rs:",
            "boom",
        ],
    );
    assert_refused(
        &["run", "fixture.broken.too_large"],
        1,
        &["o1: ", "18446744073709551615"],
    );
}

#[test]
fn an_unknown_task_brings_a_suggestion() {
    assert_refused(
        &["run", "fixture.declared.plian"],
        2,
        &["fixture.declared.plian", "'fixture.declared.plain'"],
    );
    assert_refused(
        &["describe", "fixture.declared.plian"],
        1,
        &["`fixture.declared.plian`", "`fixture.declared.plain`"],
    );
    assert_refused(&["descibe"], 2, &["'describe'"]);
    assert_refused(
        &["describe", "fixture.declared.plain", "--format", "yaml"],
        2,
        &["yaml", "text, json, pb"],
    );
}

#[test]
fn help_says_what_a_task_takes() {
    assert_refused(
        &[],
        2,
        &[
            "Usage:",
            "list",
            "describe",
            "run",
            "execute",
            "FLYTEKIT_LOG",
        ],
    );
    assert_refused(
        &["run"],
        2,
        &["fixture.declared.documented", "Adds interest to an amount."],
    );
    let help = printed(&["run", "fixture.declared.documented", "--help"]);
    for part in [
        "Adds interest to an amount.",
        "--amount <float>",
        "before interest",
        "a share of the amount",
        "--inputs <FILE>",
    ] {
        assert!(help.contains(part), "no {part:?} in\n{help}");
    }
    let help = printed(&["run", "fixture.broken.strict", "--help"]);
    assert!(
        help.contains("--flags <list of boolean as JSON>") && help.contains("[default: 7]"),
        "{help}"
    );
    let help = printed(&["run", "fixture.frames.several", "--help"]);
    for part in [
        "--frames <list of dataset as JSON>",
        "--perhaps <path or URI or none>",
        "--raw-output-data-prefix <DIR>",
    ] {
        assert!(help.contains(part), "no {part:?} in\n{help}");
    }
    let help = printed(&["run", "fixture.broken.needs_spark", "--help"]);
    assert!(
        help.contains("--spark <TARGET>") && help.contains("sail | local | sc://HOST:PORT"),
        "{help}"
    );
}

#[test]
fn logs_are_written_when_they_are_asked_for() {
    let logged = |setting: Option<(&str, &str)>| {
        let mut command = fixture(&["run", "fixture.declared.plain", "--a", "1", "--b", "2"]);
        command.envs(setting);
        let ended = run(&mut command);
        assert_eq!(
            (ended.success(), ended.text().as_str()),
            (true, "o0 = 3\n"),
            "{ended}"
        );
        ended.stderr
    };
    assert_eq!(logged(None), "");
    assert_eq!(logged(Some(("FLYTEKIT_LOG", "off"))), "");
    for setting in ["FLYTEKIT_LOG", "RUST_LOG"] {
        let log = logged(Some((setting, "debug")));
        assert!(log.contains("fixture.declared.plain"), "{setting}: {log:?}");
        let log = logged(Some((setting, "flytekit=debug")));
        assert!(log.contains("fixture.declared.plain"), "{setting}: {log:?}");
        assert_eq!(logged(Some((setting, "somebody_else=debug"))), "");
    }
    let warning = logged(Some(("FLYTEKIT_LOG", "flytekit=loud")));
    assert!(
        warning.contains("warning") && warning.contains("loud"),
        "{warning:?}"
    );
}

#[test]
fn a_reader_may_go_away() {
    let script = r#"(sleep 0.2; "$0" list; echo "exit code $?" >&2) | true"#;
    let ended = run(Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_fixture")]));
    assert_eq!(ended.stderr, "exit code 0\n", "{ended}");
}

#[test]
fn a_spark_that_cannot_be_meant_is_refused() {
    let spark = |target| ["run", "fixture.broken.needs_spark", "--spark", target];
    assert_refused(
        &spark("nonsense"),
        1,
        &["`nonsense`", "sail | local | sc://HOST:PORT"],
    );
    assert_refused(&spark("sc://127.0.0.1:1"), 1, &["127.0.0.1:1"]);
}

/// Like in any Unix program, a closed pipe is not an error of the task.
#[cfg(unix)]
#[test]
fn a_reader_who_goes_away_ends_a_run_that_prints() {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Stdio;

    let start = |more: &[&str]| {
        let run = ["run", "fixture.broken.prints", "--lines", "1000000"];
        let mut command = fixture(&[&run, more].concat());
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        piped.spawn().expect("a process")
    };
    let mut child = start(&[]);
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("an end");
    assert_eq!(ended.status.signal(), Some(13), "{ended:?}");
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");

    let mut child = start(&["--as-errors", "true"]);
    drop(child.stderr.take());
    let ended = child.wait_with_output().expect("an end");
    assert_eq!(ended.status.signal(), Some(13), "{ended:?}");
}

/// Nothing is written to a place that nobody requested.
#[test]
fn a_place_that_is_none_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for (prefix, why) in [
        ("", "--output-prefix is empty"),
        (" ", "--output-prefix is empty"),
        ("{{.outputPrefix}}", "which Flyte replaces"),
        ("file://other/prefix", "the name of another machine"),
        ("file://prefix", "the name of another machine"),
    ] {
        let mut command = fixture(&["execute", "--task", "fixture.values.void"]);
        command.args(["--inputs", "none", "--output-prefix", prefix]);
        let ended = run(command.current_dir(folder.path()));
        assert_eq!(ended.code(), Some(1), "{ended}");
        assert!(ended.stderr.contains(why), "no {why:?} in {ended}");
    }
    let here = format!("file://localhost{}/out", folder.path().display());
    let mut command = fixture(&["execute", "--task", "fixture.values.void"]);
    command.args(["--inputs", "none", "--output-prefix", &here]);
    let ended = run(command.current_dir(folder.path()));
    assert!(ended.success(), "{ended}");
    assert!(folder.path().join("out/error.pb").exists(), "{ended}");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}
