//! Failures on a Dask cluster, as the backend sees them: real schedulers and workers, which are killed,
//! stopped or missing.

#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use flytekit_proto::flyteidl::core::ContainerError;
use flytekit_proto::flyteidl::core::container_error::Kind;
use flytekit_proto::flyteidl::core::execution_error::ErrorKind;
use flytekit_tests::dask::{self, DaskCluster, DaskWorker, Distributed};
use flytekit_tests::{
    ContainerRun, DEADLINE, Ended, below, eventually, is_running, python, run, run_within, signal,
};

const JOBS: &str = env!("CARGO_BIN_EXE_dask_jobs");

/// The time that processes may run after their users have ended; far less than they would run by themselves.
const GONE: Duration = Duration::from_secs(180);

/// The source file of failing functions.
const SOURCE: &str = "tests/src/bin/dask_jobs.rs:";

/// The number of calls in progress on the shared cluster's threads.
const AT_WORK: u64 = 2;

/// A cluster that the tests share, and leave as it was.
struct Shared {
    cluster: DaskCluster,
    _workers: [DaskWorker; 2],
}

/// The cluster of this version: two workers with two threads each.
fn shared(distributed: &Distributed) -> &'static DaskCluster {
    static NEWEST: OnceLock<Shared> = OnceLock::new();
    static OLDEST: OnceLock<Shared> = OnceLock::new();
    let shared = if distributed.is_newest() {
        &NEWEST
    } else {
        &OLDEST
    };
    let shared = shared.get_or_init(|| {
        let cluster = DaskCluster::start(distributed);
        let workers = cluster.workers(["first", "second"], 2);
        Shared {
            cluster,
            _workers: workers,
        }
    });
    &shared.cluster
}

/// A run of a task that is disturbed.
struct Job {
    container: ContainerRun,
    command: Command,
}

impl Job {
    fn of(cluster: &DaskCluster, container: ContainerRun) -> Self {
        let command = cluster.job(JOBS, &container);
        Job { container, command }
    }

    /// `dask_jobs.fails`
    fn that_fails(cluster: &DaskCluster, how: &str) -> Self {
        let container = ContainerRun::of("dask_jobs.fails", |inputs| {
            inputs.output("how", &how.to_owned())
        });
        Job::of(cluster, container)
    }

    /// `dask_jobs.never_ends`
    fn that_never_ends(cluster: &DaskCluster) -> Self {
        let container = ContainerRun::new("dask_jobs.never_ends");
        let folder = folder_of(&container).display().to_string();
        container.write_inputs(|inputs| {
            inputs.output("folder", &folder)?;
            inputs.output("calls", &AT_WORK)
        });
        Job::of(cluster, container)
    }

    /// The working processes, when there are this many.
    fn at_work(&self, count: u64) -> Vec<u32> {
        let processes = || -> Vec<u32> {
            fs::read_dir(self.container.path("at-work"))
                .expect("a folder")
                .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
                .collect()
        };
        eventually("calls are under way", DEADLINE, || {
            processes().len() as u64 >= count
        });
        processes()
    }

    fn run(&mut self, meanwhile: impl FnOnce(&Job, &mut Child)) -> Ended {
        let mut command = std::mem::replace(&mut self.command, Command::new("true"));
        run_within(DEADLINE, &mut command, |child| meanwhile(self, child))
    }

    /// Runs the job to its error, which the backend only reads after exit code 0.
    fn fail(mut self, meanwhile: impl FnOnce(&Job, &mut Child)) -> (ContainerError, Ended) {
        let ended = self.run(meanwhile);
        assert!(ended.success(), "{ended}");
        (self.container.error(), ended)
    }
}

/// The folder in which the calls of a run write their process ids.
fn folder_of(container: &ContainerRun) -> PathBuf {
    let folder = container.path("at-work");
    fs::create_dir(&folder).expect("a folder");
    folder
}

#[track_caller]
fn assert_is(error: &ContainerError, code: &str, kind: Kind, parts: &[&str]) {
    let message = &error.message;
    assert_eq!(
        (error.code.as_str(), error.kind()),
        (code, kind),
        "{message}"
    );
    for part in parts {
        assert!(message.contains(part), "no {part:?} in:\n{message}");
    }
}

#[track_caller]
fn assert_is_lost(error: &ContainerError, parts: &[&str]) {
    assert_is(error, "SYSTEM", Kind::Recoverable, parts);
    assert_eq!(error.origin(), ErrorKind::System);
}

#[track_caller]
fn assert_end(processes: &[u32]) {
    assert!(!processes.is_empty(), "no processes");
    eventually("its processes end", GONE, || {
        !processes.iter().any(|&process| is_running(process))
    });
}

/// A function's failure names the item, the worker and the line.
fn functions_fail(distributed: &Distributed) {
    let cluster = shared(distributed);
    let ways = [
        ("error", "USER:RuntimeError false", "is not a number for me"),
        (
            "foreign",
            "USER:RuntimeError false",
            "invalid digit found in string",
        ),
        ("recoverable", "USER:Recoverable true", "not now"),
        ("panic", "USER:Panic false", "no way to do"),
    ];
    let names: Vec<String> = ways.iter().map(|(how, ..)| (*how).to_owned()).collect();
    let container = ContainerRun::of("dask_jobs.errors", |inputs| inputs.output("ways", &names));
    let mut job = Job::of(cluster, container);
    let ended = job.run(|_, _| ());
    let outputs = job.container.outputs(&ended, &["o0=typing.List[str]"]);
    let errors: Vec<String> = serde_json::from_value(outputs["o0"].clone()).expect("texts");
    let starts = ["failed on", "failed on", "failed at item 42 on"];
    let cases = ways.iter().flat_map(|way| starts.map(|start| (way, start)));
    assert_eq!(errors.len(), cases.clone().count(), "{errors:#?}");
    for (error, ((_, kind, message), start)) in errors.iter().zip(cases) {
        let start = format!("{kind} `dask_jobs.picky` {start} the worker tcp://127.0.0.1:");
        assert!(error.starts_with(&start), "not {start}: {error}");
        assert!(error.contains(SOURCE) && error.contains(message), "{error}");
    }
    assert!(!ended.stderr.contains("Traceback"), "{ended}");
}

/// A process that dies is replaced and its call repeated, but not for ever.
fn processes_die(distributed: &Distributed) {
    let cluster = shared(distributed);
    let container = ContainerRun::new("dask_jobs.survives");
    let folder = folder_of(&container).display().to_string();
    container.write_inputs(|inputs| {
        inputs.output("folder", &folder)?;
        inputs.output("times", &2_u64)
    });
    let mut job = Job::of(cluster, container);
    let ended = job.run(|_, _| ());
    let outputs = job.container.outputs(&ended, &["o0=int", "o1=int"]);
    assert_eq!(outputs, serde_json::json!({ "o0": 2, "o1": 2 }), "{ended}");
    assert!(ended.stderr.contains("signal 9"), "{ended}");

    let (error, _) = Job::that_fails(cluster, "exit").fail(|_, _| ());
    let parts = [
        "`dask_jobs.picky` could not be called for the items ",
        "17",
        "tcp://127.0.0.1:",
    ];
    assert_is_lost(&error, &parts);
}

/// Functions have no access to the pipes of calls and answers.
fn functions_have_no_pipes(distributed: &Distributed) {
    let container = ContainerRun::of("dask_jobs.alone", |_| Ok(()));
    let mut job = Job::of(shared(distributed), container);
    let ended = job.run(|_, _| ());
    let types = ["o0=typing.List[str]", "o1=typing.List[int]", "o2=int"];
    let outputs = job.container.outputs(&ended, &types);
    let found = [0, 1, 2, 3].map(|item| format!("{item}: \"\" []"));
    assert_eq!(outputs["o0"], serde_json::json!(found), "{ended}");
    assert_eq!(outputs["o1"], serde_json::json!([0, 1, 2, 3]), "{ended}");
    assert_eq!(outputs["o2"], 0, "{ended}");
}

/// Kills a process, if it still exists.
fn kill(process: u32) {
    run(Command::new("kill").args(["-s", "KILL", &process.to_string()]));
}

fn all_are_at_work(workers: [&DaskWorker; 3]) {
    eventually("all are at work", DEADLINE, || {
        let mut workers = workers.into_iter();
        workers.all(|worker| !worker.processes_of(JOBS).is_empty())
    });
}

/// Workers come and go; nothing is lost or counted twice.
fn workers_die(distributed: &Distributed) {
    const LIMIT: u64 = 1_000_000;
    let cluster = DaskCluster::start(distributed);
    let [first, second, third] = cluster.workers(["first", "second", "third"], 1);
    let lost = [first.address(), second.address()];
    let container = ContainerRun::of("dask_jobs.counts", |inputs| inputs.output("limit", &LIMIT));
    let mut job = Job::of(&cluster, container);
    let mut fourth = None;
    let ended = job.run(|_, _| {
        all_are_at_work([&first, &second, &third]);
        thread::sleep(Duration::from_millis(300));
        first.kill();
        thread::sleep(Duration::from_millis(300));
        second.crash();
        thread::sleep(Duration::from_millis(300));
        // More than one, because a process between two calls is replaced silently.
        for _ in 0..4 {
            third.processes_of(JOBS).into_iter().for_each(kill);
            thread::sleep(Duration::from_millis(150));
        }
        fourth = Some(cluster.workers(["fourth"], 1));
    });
    let [fourth] = fourth.expect("a worker");
    assert!(fourth.log().contains("Registered to:"), "{}", fourth.log());
    let types = ["o0=int", "o1=int", "o2=int", "o3=int"];
    let outputs = job.container.outputs(&ended, &types);
    assert_eq!(outputs["o0"], LIMIT);
    assert_eq!(outputs["o1"], LIMIT * (LIMIT - 1) / 2);
    assert!(outputs["o2"].as_u64() >= Some(2), "{outputs}\n{ended}");
    assert!(outputs["o3"].as_u64() >= Some(1), "{outputs}\n{ended}");
    for address in lost {
        assert!(ended.stderr.contains(&address), "no {address}: {ended}");
    }
}

/// The arguments of calls are lost with the workers that have the only copy of them.
fn arguments_are_lost(distributed: &Distributed) {
    const LIMIT: i64 = 300;
    let cluster = DaskCluster::start(distributed);
    let [first, second, third] = cluster.workers(["first", "second", "third"], 1);
    let container = ContainerRun::of("dask_jobs.batches", |inputs| inputs.output("limit", &LIMIT));
    let mut job = Job::of(&cluster, container);
    let ended = job.run(|_, _| {
        all_are_at_work([&first, &second, &third]);
        thread::sleep(Duration::from_millis(500));
        first.kill();
        thread::sleep(Duration::from_millis(500));
        second.crash();
    });
    let outputs = job.container.outputs(&ended, &["o0=int", "o1=int"]);
    assert_eq!(outputs["o0"], LIMIT, "{ended}");
    assert!(outputs["o1"].as_u64() >= Some(2), "{outputs}\n{ended}");
}

/// A killed scheduler ends its cluster; a hanging one is treated the same.
fn schedulers_are_lost(distributed: &Distributed) {
    thread::scope(|scope| {
        for name in ["KILL", "STOP"] {
            scope.spawn(move || {
                let cluster = DaskCluster::start(distributed);
                let [_worker] = cluster.workers(["only"], 2);
                let (error, ended) = Job::that_never_ends(&cluster).fail(|job, _| {
                    job.at_work(AT_WORK);
                    signal(name, cluster.scheduler());
                });
                assert_is_lost(&error, &[&cluster.address]);
                assert!(!ended.stderr.contains("Traceback"), "{ended}");
            });
        }
    });
}

/// SIGTERM: the backend aborts the run, or its node goes.
fn runs_are_aborted(distributed: &Distributed) {
    let mut job = Job::that_never_ends(shared(distributed));
    let mut processes = Vec::new();
    let ended = job.run(|job, child| {
        processes = job.at_work(AT_WORK);
        processes.extend(below(child.id()).iter().map(|process| process.id));
        signal("TERM", child.id());
    });
    assert_eq!(ended.code(), Some(143), "{ended}");
    let error = job.container.error();
    assert_eq!(error.kind(), Kind::Recoverable);
    assert!(error.message.contains("SIGTERM"), "{}", error.message);
    assert!(processes.len() as u64 > AT_WORK, "{processes:?}");
    assert_end(&processes);
}

/// SIGKILL: only the remaining processes can clean up.
fn runs_are_killed(distributed: &Distributed) {
    let mut job = Job::that_never_ends(shared(distributed));
    let mut processes = Vec::new();
    let ended = job.run(|job, child| {
        processes = job.at_work(AT_WORK);
        processes.extend(below(child.id()).iter().map(|process| process.id));
        child.kill().expect("a child can be killed");
    });
    assert_eq!(ended.code(), None, "{ended}");
    assert!(processes.len() as u64 > AT_WORK, "{processes:?}");
    assert_end(&processes);
}

/// Dask's client is killed, for example because memory runs out.
fn clients_are_killed(distributed: &Distributed) {
    let (processes, took) = loses_its_client(Job::that_never_ends(shared(distributed)), AT_WORK);
    assert!(took < GONE, "{took:?}");
    assert_end(&processes);
}

/// Kills the Dask client of a job: the processes that were there, and how long the job went on.
fn loses_its_client(job: Job, calls: u64) -> (Vec<u32>, Duration) {
    let mut processes = Vec::new();
    let mut killed = Instant::now();
    let (error, _) = job.fail(|job, child| {
        processes = job.at_work(calls);
        let client = below(child.id())[0].id;
        processes.push(client);
        killed = Instant::now();
        signal("KILL", client);
    });
    let took = killed.elapsed();
    assert_is_lost(&error, &["the Dask client's process ended (signal: 9"]);
    (processes, took)
}

/// A missing part is named within the deadline.
fn clusters_are_not_there(distributed: &Distributed) {
    let task = || ContainerRun::of("dask_jobs.calls", |inputs| inputs.output("n", &1_i64));
    let hasten = |command: &mut Command| {
        command.env("FLYTEKIT_ENGINE_TIMEOUT", "4");
    };
    let cluster = DaskCluster::start(distributed);
    let mut job = Job::of(&cluster, task());
    hasten(&mut job.command);
    let started = Instant::now();
    let (error, ended) = job.fail(|_, _| ());
    assert!(started.elapsed() < GONE, "{:?}: {ended}", started.elapsed());
    assert_is_lost(&error, &["worker", &cluster.address]);
    let waits = format!("waiting for workers at {}: 0 of 2", cluster.address);
    assert!(ended.stderr.contains(&waits), "{ended}");

    let mut job = Job::of(&cluster, task());
    hasten(
        job.command
            .env("DASK_SCHEDULER_ADDRESS", "tcp://127.0.0.1:1"),
    );
    let started = Instant::now();
    let (error, ended) = job.fail(|_, _| ());
    assert!(started.elapsed() < GONE, "{:?}: {ended}", started.elapsed());
    assert_is_lost(&error, &["tcp://127.0.0.1:1"]);
    assert!(!ended.stderr.contains("Traceback"), "{ended}");
}

flytekit_tests::for_each_dask!(
    functions_fail,
    functions_have_no_pipes,
    processes_die,
    workers_die,
    arguments_are_lost,
    schedulers_are_lost,
    runs_are_aborted,
    runs_are_killed,
    clients_are_killed,
    clusters_are_not_there,
);

#[test]
fn a_panic_on_a_worker_is_in_the_error_document() {
    let cluster = shared(&Distributed::newest());
    let (error, _) = Job::that_fails(cluster, "panic").fail(|_, _| ());
    let place = "`dask_jobs.picky` failed at item 42 on the worker tcp://127.0.0.1:";
    let parts = [place, SOURCE, "no way to do 42"];
    assert_is(&error, "USER:Panic", Kind::NonRecoverable, &parts);
    assert_eq!(error.origin(), ErrorKind::User);
}

/// A function that does not call Dask has half a minute to end.
#[test]
fn a_client_that_is_killed_ends_a_task_that_does_something_else() {
    let container = ContainerRun::new("dask_jobs.idles");
    let folder = folder_of(&container).display().to_string();
    container.write_inputs(|inputs| inputs.output("folder", &folder));
    let job = Job::of(shared(&Distributed::newest()), container);
    let (_, took) = loses_its_client(job, 1);
    assert!(took < Duration::from_secs(30) + GONE, "{took:?}");
}

/// The task's image differs from the workers'.
#[test]
fn a_python_without_dask_is_named() {
    let container = ContainerRun::of("dask_jobs.calls", |inputs| inputs.output("n", &1_i64));
    let bare = container.path("python");
    // Without its packages.
    let script = format!("#!/bin/sh\nexec '{}' -S -E \"$@\"\n", python().display());
    fs::write(&bare, script).expect("a script");
    fs::set_permissions(&bare, Permissions::from_mode(0o755)).expect("a program");
    let mut command = dask::job(&Distributed::newest(), JOBS, &container);
    command
        .env("DASK_SCHEDULER_ADDRESS", "tcp://127.0.0.1:1")
        .env("FLYTEKIT_PYTHON", &bare)
        .env("PATH", container.path("nothing"));
    let (error, _) = Job { container, command }.fail(|_, _| ());
    let parts = ["tcp://127.0.0.1:1", "distributed", "pip install"];
    assert_is(&error, "USER:RuntimeError", Kind::NonRecoverable, &parts);
}

/// Dask's operator passes the cluster's address to a task; without an address, nothing is started.
#[test]
fn a_container_without_a_cluster_is_an_error() {
    let container = ContainerRun::of("dask_jobs.calls", |inputs| inputs.output("n", &1_i64));
    let command = dask::job(&Distributed::newest(), JOBS, &container);
    let (error, _) = Job { container, command }.fail(|_, _| ());
    assert!(
        error.message.contains("DASK_SCHEDULER_ADDRESS"),
        "{}",
        error.message
    );
}
