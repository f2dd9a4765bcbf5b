//! Local runs with `run --dask …`: a cluster for the run, threads, an existing cluster, and mistakes.

#![cfg(unix)]

use std::process::Command;

use flytekit_tests::dask::{DaskCluster, Distributed};
use flytekit_tests::{DEADLINE, Ended, run_within};

/// `run` of a task, in an environment that selects no Dask.
fn run_of(distributed: &Distributed, task: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dask_jobs"));
    distributed.provide(&mut command);
    command.args(["run", &format!("dask_jobs.{task}")]);
    command
}

fn run(command: &mut Command) -> Ended {
    run_within(DEADLINE, command, |_| ())
}

/// Checks that `dask_jobs.calls` ran in this place.
#[track_caller]
fn assert_calls(command: &mut Command, place: &str) {
    let ended = run(command.args(["--n", "6"]));
    assert!(ended.success(), "{ended}");
    assert_eq!(ended.text().trim(), "o0 = [5,36,37,5329,36]", "{ended}");
    assert!(ended.stderr.contains(place), "no {place:?}: {ended}");
    assert!(!ended.stderr.contains("Traceback"), "{ended}");
}

#[track_caller]
fn assert_refused(command: &mut Command, parts: &[&str]) {
    let ended = run(command.args(["--n", "6"]));
    assert!(!ended.success(), "{ended}");
    for part in parts {
        assert!(ended.stderr.contains(part), "no {part:?}: {ended}");
    }
}

/// The order of the choices: the flag, the environment, a cluster of its own.
fn the_choices_have_an_order(distributed: &Distributed) {
    let cluster = DaskCluster::start(distributed);
    let [_worker] = cluster.workers(["only"], 2);
    let calls = || run_of(distributed, "calls");

    assert_calls(calls().args(["--dask", &cluster.address]), &cluster.address);
    assert_calls(
        calls().env("DASK_SCHEDULER_ADDRESS", &cluster.address),
        &cluster.address,
    );
    let mut asked = calls();
    asked.env("DASK_SCHEDULER_ADDRESS", "tcp://127.0.0.1:1");
    assert_calls(asked.args(["--dask", "threads"]), "threads");
    assert_calls(
        calls().args(["--dask", "local"]),
        "started a Dask cluster for this run",
    );
    assert_calls(&mut calls(), "started a Dask cluster for this run");
}

/// Other users of this machine have no access to a cluster that a run starts.
fn a_cluster_of_a_run_is_its_own(distributed: &Distributed) {
    let answers = |pages: &str| {
        let mut command = run_of(distributed, "doors");
        command.args(["--dask", "local"]);
        let ended = run(command.env("FLYTEKIT_DASK_DASHBOARD", pages));
        assert!(ended.success(), "{ended}");
        let outputs = ended.text();
        let (_, answers) = outputs.trim().split_once("o0 = ").expect("the output");
        serde_json::from_str::<Vec<String>>(answers).expect("texts")
    };
    for answer in answers("0") {
        assert!(answer.ends_with(" 404 Not Found"), "{answer}");
    }
    let shown = answers("1");
    let healthy = "/health: HTTP/1.1 200 OK".to_owned();
    assert!(shown.contains(&healthy), "{shown:?}");
}

flytekit_tests::for_each_dask!(the_choices_have_an_order, a_cluster_of_a_run_is_its_own);

#[test]
fn without_a_python_there_are_threads_and_a_line_that_says_so() {
    let newest = Distributed::newest();
    let nothing = |command: &mut Command| {
        command
            .env("FLYTEKIT_PYTHON", "/nowhere/python3")
            .env("PATH", "/nowhere");
    };
    let mut command = run_of(&newest, "calls");
    nothing(&mut command);
    assert_calls(&mut command, "threads");

    let mut command = run_of(&newest, "calls");
    nothing(&mut command);
    assert_refused(
        command.args(["--dask", "local"]),
        &["distributed", "pip install"],
    );
}

#[test]
fn what_is_no_dask_is_refused() {
    let newest = Distributed::newest();
    let cases: [(&str, &[&str]); 3] = [
        ("treads", &["`treads`", "local | threads | tcp://HOST:PORT"]),
        (
            "http://127.0.0.1:1",
            &["--dask", "http://127.0.0.1:1", "tcp://HOST:PORT"],
        ),
        ("tcp://", &["tcp://HOST:PORT"]),
    ];
    for (target, parts) in cases {
        let mut command = run_of(&newest, "calls");
        assert_refused(command.args(["--dask", target]), parts);
    }
}

/// Other code in the client's process, which Dask is configured to load, cannot read or disturb the pipes
/// between the client and this program.
#[test]
fn what_dask_loads_has_no_pipes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (module, found) = (folder.path().join("loaded.py"), folder.path().join("found"));
    let script = format!(
        "import subprocess, sys\nprint('no frame', flush=True)\n\
         programs = subprocess.run(['cat'], stdout=subprocess.PIPE).stdout\n\
         open({found:?}, 'a').write(repr((sys.stdin.read(), programs)) + '\\n')\n"
    );
    std::fs::write(&module, script).expect("a file");
    let mut command = run_of(&Distributed::newest(), "calls");
    command.env(
        "DASK_DISTRIBUTED__SCHEDULER__PRELOAD",
        format!("[{module:?}]"),
    );
    assert_calls(
        command.args(["--dask", "local"]),
        "started a Dask cluster for this run",
    );
    let found = std::fs::read_to_string(found).expect("it was loaded");
    assert!(
        !found.is_empty() && found.lines().all(|line| line == "('', b'')"),
        "{found}"
    );
}

/// A failure on threads has the same content as one on a cluster, except for the worker.
#[test]
fn failures_on_threads_say_where() {
    let mut command = run_of(&Distributed::newest(), "fails");
    let ended = run(command.args(["--how", "error", "--dask", "threads"]));
    assert!(!ended.success(), "{ended}");
    let place = "`dask_jobs.picky` failed at item 42 (tests/src/bin/dask_jobs.rs:";
    let caller = "raised at tests/src/bin/dask_jobs.rs:";
    for part in [place, "): 42 is not a number for me", caller] {
        assert!(ended.stderr.contains(part), "no {part:?}: {ended}");
    }
}
