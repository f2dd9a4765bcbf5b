//! A task as the job runner of a Dask cluster: real schedulers and workers, two versions.

#![cfg(unix)]

use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use flytekit::types::{OutputsWriter, ValueError};
use flytekit_tests::dask::{DaskCluster, DaskWorker, Distributed};
use flytekit_tests::{ContainerRun, DEADLINE, Ended, run_within};
use serde_json::{Value, json};

const JOBS: &str = env!("CARGO_BIN_EXE_dask_jobs");

/// A cluster that the tests share.
struct Shared {
    cluster: DaskCluster,
    workers: [DaskWorker; 2],
}

/// The cluster of this version: two workers with two threads each.
fn shared(distributed: &Distributed) -> &'static Shared {
    static NEWEST: OnceLock<Shared> = OnceLock::new();
    static OLDEST: OnceLock<Shared> = OnceLock::new();
    let cluster = if distributed.is_newest() {
        &NEWEST
    } else {
        &OLDEST
    };
    cluster.get_or_init(|| {
        let cluster = DaskCluster::start(distributed);
        let workers = cluster.workers(["first", "second"], 2);
        Shared { cluster, workers }
    })
}

/// Runs a task on the shared cluster.
fn run_job(
    distributed: &Distributed,
    task: &str,
    inputs: impl FnOnce(&mut OutputsWriter) -> Result<(), ValueError>,
) -> (ContainerRun, Ended) {
    let container = ContainerRun::of(&format!("dask_jobs.{task}"), inputs);
    let mut job = shared(distributed).cluster.job(JOBS, &container);
    let ended = run_within(DEADLINE, &mut job, |_| ());
    (container, ended)
}

fn outputs(
    distributed: &Distributed,
    task: &str,
    inputs: impl FnOnce(&mut OutputsWriter) -> Result<(), ValueError>,
    types: &[&str],
) -> Value {
    let (container, ended) = run_job(distributed, task, inputs);
    container.outputs(&ended, types)
}

/// Calls, futures, maps, on a cluster and on threads of one process.
fn computes(distributed: &Distributed) {
    let calls = outputs(
        distributed,
        "calls",
        |inputs| inputs.output("n", &6_i64),
        &["o0=typing.List[int]"],
    );
    assert_eq!(calls, json!({ "o0": [5, 36, 37, 73 * 73, 36] }));

    let numbers: Vec<i64> = (-150..150).rev().collect();
    let squares: Vec<i64> = numbers.iter().map(|n| n * n).collect();
    let futures = outputs(
        distributed,
        "futures",
        |inputs| inputs.output("numbers", &numbers),
        &["o0=typing.List[int]", "o1=typing.List[int]"],
    );
    assert_eq!(futures, json!({ "o0": squares, "o1": [0, 20] }));
}

fn maps(distributed: &Distributed) {
    let limits = vec![0, 1, 1_000];
    let squares = |limit: &i64| (0..*limit).map(|n| n * n).collect::<Vec<i64>>();
    let squares: Vec<_> = limits.iter().map(squares).collect();
    let sums: Vec<i64> = squares.iter().map(|squares| squares.iter().sum()).collect();
    let mapped = outputs(
        distributed,
        "maps",
        |inputs| inputs.output("limits", &limits),
        &["o0=typing.List[typing.List[int]]", "o1=typing.List[int]"],
    );
    assert_eq!(mapped, json!({ "o0": squares, "o1": sums }));
}

fn carries_values(distributed: &Distributed) {
    let rows = 100_000;
    let values = outputs(
        distributed,
        "values",
        |inputs| {
            inputs.output("rows", &rows)?;
            inputs.output("bytes", &(32_u64 << 20))
        },
        &["o0=int"],
    );
    let sum: i64 = (0..rows).filter(|n| n % 7 != 0).map(|n| 4 * n).sum();
    assert_eq!(values, json!({ "o0": sum }));
    let void = outputs(distributed, "void", |_| Ok(()), &[]);
    assert_eq!(void, json!({}));
}

/// Every thread of every worker works, and each has one process for all of its calls.
fn uses_all_workers(distributed: &Distributed) {
    let (container, ended) = run_job(distributed, "places", |_| Ok(()));
    let places = container.outputs(&ended, &["o0=typing.List[str]", "o1=int"]);
    let mut workers = shared(distributed)
        .workers
        .each_ref()
        .map(DaskWorker::address);
    workers.sort();
    assert_eq!(places["o0"], json!(workers), "{ended}");
    let processes = places["o1"].as_u64().expect("a number");
    assert!((2..=4).contains(&processes), "{processes} processes");
}

/// A cancelled call stops, and so does a call without futures.
fn stops_calls(distributed: &Distributed) {
    let cluster = DaskCluster::start(distributed);
    let [_worker] = cluster.workers(["only"], 2);
    let container = ContainerRun::new("dask_jobs.cancels");
    let folder = container.path("at-work");
    fs::create_dir(&folder).expect("a folder");
    container.write_inputs(|inputs| inputs.output("folder", &folder.display().to_string()));
    let ended = run_within(DEADLINE, &mut cluster.job(JOBS, &container), |_| ());
    let outputs = container.outputs(&ended, &["o0=str"]);
    let said = outputs["o0"].as_str().expect("a text");
    assert_eq!(said, "the call of `dask_jobs.works_on` was cancelled");
}

/// If workers do not have the executable, it is sent to them.
fn ships_the_program(distributed: &Distributed) {
    let shared = shared(distributed);
    let container = ContainerRun::of("dask_jobs.calls", |inputs| inputs.output("n", &6_i64));
    let copy = container.path("copy");
    fs::copy(JOBS, &copy).expect("a copy");
    let copy = copy.to_str().expect("a path in UTF-8");
    let mut job = shared.cluster.job(copy, &container);
    // The job runs, but no worker finds the executable any more.
    let ended = run_within(DEADLINE, &mut job, |_| {
        fs::remove_file(copy).expect("its removal");
    });
    let outputs = container.outputs(&ended, &["o0=typing.List[int]"]);
    assert_eq!(outputs["o0"][3], 73 * 73);
    assert!(!ended.stderr.contains("Traceback"), "{ended}");
}

/// The answer of the client's script to a request to open, with this file as the executable of images.
fn opened_with(distributed: &Distributed, path: &Path, distribution: Option<&str>) -> Value {
    let mut client = distributed.python();
    let mut client = client
        .args(["-c", flytekit::dask::SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a Python");
    let open = json!({
        "op": "open",
        "address": shared(distributed).cluster.address,
        "threads": null,
        "run": format!("{:032x}", std::process::id()),
        "task": "tests.opens",
        "path": path,
        "own": JOBS,
        "distribution": distribution,
        "version": env!("CARGO_PKG_VERSION"),
        "deadline": 300.0,
        "workers": 2,
    });
    let open = open.to_string();
    let mut stdin = client.stdin.take().expect("a pipe");
    let len = u32::try_from(open.len()).expect("a short header");
    stdin.write_all(&len.to_le_bytes()).expect("a length");
    stdin.write_all(&0_u64.to_le_bytes()).expect("a length");
    stdin.write_all(open.as_bytes()).expect("a header");
    let mut stdout = client.stdout.take().expect("a pipe");
    let answer = loop {
        let event = event(&mut stdout);
        if event["op"] != "progress" {
            break event;
        }
    };
    drop(stdin);
    client.wait().expect("its end");
    answer
}

fn event(stdout: &mut impl Read) -> Value {
    let mut lens = [0; 12];
    stdout.read_exact(&mut lens).expect("lengths");
    let len = u32::from_le_bytes(lens[..4].try_into().expect("four bytes"));
    assert_eq!(lens[4..], [0; 8], "a body");
    let mut header = vec![0; len.try_into().expect("a short header")];
    stdout.read_exact(&mut header).expect("a header");
    serde_json::from_slice(&header).expect("JSON")
}

/// Another build of the executable on the workers would compute something else.
fn refuses_another_program(distributed: &Distributed) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("flytekit-app");
    assert_eq!(opened_with(distributed, &path, None)["op"], "opened");

    fs::copy("/bin/sh", &path).expect("another program");
    let refused = opened_with(distributed, &path, None);
    assert_eq!(refused["op"], "refused", "{refused}");
    assert_eq!(refused["kind"], "program_differs", "{refused}");
    let message = refused["message"].as_str().expect("a text");
    let path = path.to_str().expect("a path in UTF-8");
    for part in [path, "tcp://127.0.0.1:", "same image"] {
        assert!(message.contains(part), "no {part:?} in {message}");
    }
}

/// Without an image build the workers' image has an older build, or one that only fetches others.
fn fetches_the_program(distributed: &Distributed) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let older = folder.path().join("older");
    fs::copy(JOBS, &older).expect("a copy");
    let mut file = OpenOptions::new()
        .append(true)
        .open(&older)
        .expect("a file");
    file.write_all(b"older").expect("written");
    drop(file);

    // An executable that cannot be fetched is sent.
    let nowhere = folder.path().join("nowhere.tar.gz");
    let opened = opened_with(distributed, &older, nowhere.to_str());
    assert_eq!(opened["op"], "opened", "{opened}");
    let said = shared(distributed).workers[0].log();
    assert!(said.contains("does not fetch the program"), "{said}");
    assert_eq!(fetched(distributed).len(), 0);

    let archive = folder.path().join("code.tar.gz");
    fs::copy(JOBS, folder.path().join("flytekit-app")).expect("a copy");
    let mut tar = Command::new("tar");
    tar.arg("-cf").arg(&archive).arg("-C").arg(folder.path());
    let packed = run_within(DEADLINE, tar.arg("flytekit-app"), |_| ());
    assert!(packed.success(), "{packed}");
    let opened = opened_with(distributed, &older, archive.to_str());
    assert_eq!(opened["op"], "opened", "{opened}");
    let fetched = fetched(distributed);
    assert_eq!(fetched.len(), 2);
    let program = fs::read(JOBS).expect("the program");
    for path in fetched {
        assert!(
            fs::read(&path).expect("a program") == program,
            "{}",
            path.display()
        );
    }
}

/// The job runner may have been fetched itself; workers without any program are sent it.
fn runs_what_was_fetched(distributed: &Distributed) {
    let container = ContainerRun::of("dask_jobs.calls", |inputs| inputs.output("n", &6_i64));
    let container = container.fetching(JOBS.as_ref());
    let mut job = shared(distributed).cluster.job(JOBS, &container);
    let ended = run_within(DEADLINE, &mut job, |_| ());
    let outputs = container.outputs(&ended, &["o0=typing.List[int]"]);
    assert_eq!(outputs, json!({ "o0": [5, 36, 37, 73 * 73, 36] }));
    assert!(container.fetched().exists());
}

/// The programs that workers have fetched.
fn fetched(distributed: &Distributed) -> Vec<PathBuf> {
    let folder = |worker: &DaskWorker| {
        let log = worker.log();
        let (_, rest) = log.split_once("Local Directory:").expect("a folder");
        PathBuf::from(rest.lines().next().unwrap_or_default().trim())
    };
    let folders = shared(distributed).workers.iter().map(folder);
    let entries = folders.flat_map(|folder| fs::read_dir(folder).expect("a folder"));
    entries
        .map(|entry| entry.expect("a file").path().join("flytekit-app"))
        .filter(|path| path.exists())
        .collect()
}

flytekit_tests::for_each_dask!(
    computes,
    maps,
    carries_values,
    uses_all_workers,
    stops_calls,
    ships_the_program,
    refuses_another_program,
    fetches_the_program,
    runs_what_was_fetched,
);

/// The same tasks have the same results on threads of one process, without Dask.
#[test]
fn threads_compute_the_same() {
    let newest = Distributed::newest();
    let on = |place: &str, task: &str, args: &[&str]| {
        let mut command = Command::new(JOBS);
        newest.provide(&mut command);
        command.args(["run", &format!("dask_jobs.{task}"), "--dask", place]);
        let ended = run_within(DEADLINE, command.args(args), |_| ());
        assert!(ended.success(), "{ended}");
        ended.text()
    };
    let address = &shared(&newest).cluster.address;
    let cases: [(&str, &[&str]); 5] = [
        ("calls", &["--n", "-7"]),
        ("futures", &["--numbers", "[3,1,2]"]),
        ("maps", &["--limits", "[100]"]),
        ("values", &["--rows", "10", "--bytes", "160"]),
        ("void", &[]),
    ];
    for (task, args) in cases {
        assert_eq!(on("threads", task, args), on(address, task, args), "{task}");
    }
}
