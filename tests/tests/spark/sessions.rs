//! Sessions: several at once, with a task and without one, and their end.
//!
//! Environment variables select the server, and a test cannot change its own. Therefore tests that depend on
//! them run in a program of their own: this one again for one of its `inner` parts, or a task.

#![cfg(unix)]

use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;

use flytekit_tests::{
    DEADLINE, Ended, SparkServer, eventually, interpreter, python, run, run_within,
};

/// Hours of work.
const ENDLESS: &str =
    "SELECT count(*) FROM range(0, 100000000, 1, 13) a JOIN range(10000) b ON a.id % 7 = b.id % 7";

/// The number of tasks identifies that query among the server's jobs.
const ITS_TASKS: &str = "\"numTasks\" : 13,";

/// Eight tasks of a second each, on a server that runs two at a time.
const SLOW: &str =
    "SELECT java_method('java.lang.Thread', 'sleep', id * 0 + 1000) FROM range(0, 8, 1, 8)";

fn server() -> &'static SparkServer {
    static SERVER: OnceLock<SparkServer> = OnceLock::new();
    SERVER
        .get_or_init(|| SparkServer::start(&["spark.master=local[2]", "spark.driver.memory=512m"]))
}

/// `command`, with the Spark in `remote`, or else only the installed one.
fn with_spark<'a>(command: &'a mut Command, remote: Option<&str>) -> &'a mut Command {
    command
        .env_remove("SPARK_HOME")
        .env_remove("SPARK_REMOTE")
        .env_remove("PYSPARK_GATEWAY_PORT")
        .env("FLYTEKIT_PYTHON", python());
    if let Some(remote) = remote {
        command.env("SPARK_REMOTE", remote);
    }
    command
}

fn task(name: &str, remote: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_queries"));
    with_spark(&mut command, remote).args(["run", &format!("queries.{name}")]);
    command
}

fn part(name: &str, remote: Option<&str>) -> Ended {
    let mut command = Command::new(std::env::current_exe().expect("this test's own path"));
    let name = format!("sessions::inner::{name}");
    command.args(["--exact", &name, "--ignored", "--nocapture"]);
    run(with_spark(&mut command, remote))
}

fn passes(ended: &Ended) {
    assert!(ended.success(), "{ended}");
}

/// Whether the endless query runs on the shared server.
fn is_at_work() -> bool {
    server().running_jobs().contains(ITS_TASKS)
}

#[test]
fn a_second_session_is_independent_of_the_first_on_spark() {
    let ended = run(&mut task("two_sessions", Some(&server().remote())));
    passes(&ended);
    assert_eq!(ended.text().trim(), "o0 = [0,7,1]", "{ended}");
}

#[test]
fn a_second_session_is_independent_of_the_first_on_sail() {
    let ended = run(task("two_sessions", None).args(["--spark", "sail"]));
    passes(&ended);
    assert_eq!(ended.text().trim(), "o0 = [0,7,1]", "{ended}");
    assert_eq!(ended.stderr.matches("starting Sail").count(), 1, "{ended}");
}

#[test]
fn a_plain_task_has_a_session_too() {
    let ended = run(task("plain", None).args(["--sql", "SELECT * FROM range(3)"]));
    passes(&ended);
    assert_eq!(ended.text().trim(), "o0 = 3", "{ended}");
}

#[test]
fn sessions_without_a_task_share_a_server_which_ends_with_the_process() {
    let ended = part("opens_without_a_task", None);
    passes(&ended);
    assert_eq!(ended.stderr.matches("starting Sail").count(), 1, "{ended}");
    let (_, address) = ended
        .stderr
        .split_once("on 127.0.0.1:")
        .expect("an address");
    let port = address.split(',').next().and_then(|port| port.parse().ok());
    let port: u16 = port.expect("a port");
    eventually("the server ends", DEADLINE, || {
        TcpStream::connect(("127.0.0.1", port)).is_err()
    });
}

#[test]
fn tasks_on_threads_work_at_the_same_time() {
    passes(&part("runs_tasks_on_threads", None));
    passes(&part("runs_tasks_on_threads", Some(&server().remote())));
}

/// Starts an endless query, and sends `signal` when it is in progress.
fn cancelled(name: &str, remote: &str, signal: &str) {
    let mut command = task(name, Some(remote));
    command.args(["--sql", ENDLESS]);
    let ended = run_within(DEADLINE, &mut command, |child| {
        eventually("the query runs", DEADLINE, is_at_work);
        let status = Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .stdin(Stdio::null())
            .status();
        assert!(status.expect("kill").success());
    });
    let number = if signal == "INT" { 2 } else { 15 };
    assert_eq!(ended.code(), Some(128 + number), "{ended}");
    eventually("the query is gone", DEADLINE, || !is_at_work());
}

#[test]
fn a_run_that_is_told_to_end_takes_its_queries_with_it() {
    // One after another, because their queries look alike.
    let remote = server().remote();
    cancelled("query", &remote, "TERM");
    cancelled("query", &format!("{remote};user_id=somebody"), "INT");
    cancelled("plain", &remote, "TERM");
}

#[test]
fn a_slow_query_tells_how_far_it_is() {
    let ended = run(task("query", Some(&server().remote())).args(["--sql", SLOW]));
    passes(&ended);
    assert!(ended.stderr.contains("of 8 tasks are done"), "{ended}");
}

#[test]
fn a_slow_query_draws_on_a_terminal_and_cleans_up() {
    let run_task = task("query", Some(&server().remote()));
    let mut command = interpreter();
    let in_terminal =
        "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
    with_spark(&mut command, Some(&server().remote()))
        .env("TERM", "xterm")
        .args(["-c", in_terminal])
        .arg(run_task.get_program())
        .args(run_task.get_args())
        .args(["--sql", SLOW]);
    let ended = run(&mut command);
    passes(&ended);
    let drawn = ended.text();
    assert!(drawn.contains("of 8 tasks are done"), "{ended}");
    // The line is erased before the result is shown.
    let (_, end) = drawn.rsplit_once("tasks are done").expect("a line");
    assert!(
        end.contains("\u{1b}[2K") && end.contains("o0 = 8"),
        "{drawn:?}"
    );
}

mod inner {
    use flytekit::engine::{Engine, Mode, Outcome, TaskContext};
    use flytekit::spark::{Spark, SparkConfig, SparkSession, new_spark_session};

    use super::*;

    fn total(spark: &SparkSession, n: i64) -> i64 {
        let rows = spark.range(n).expect("a plan").collect();
        i64::try_from(rows.expect("rows").len()).expect("a few")
    }

    #[test]
    #[ignore = "a part of another test"]
    fn opens_without_a_task() {
        let first = new_spark_session("first", &[]).expect("a session");
        let others: Vec<_> = [2, 3]
            .map(|n| {
                thread::spawn(move || {
                    total(&new_spark_session("other", &[]).expect("a session"), n)
                })
            })
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect();
        assert_eq!(others, [2, 3]);
        assert_eq!(total(&first, 4), 4);
    }

    #[test]
    #[ignore = "a part of another test"]
    fn runs_tasks_on_threads() {
        static CONFIG: SparkConfig = SparkConfig::new();
        thread::scope(|scope| {
            for n in 1..=3 {
                scope.spawn(move || {
                    let context = TaskContext::new("tests.threads", Mode::Local);
                    let context = context.with_deadline(DEADLINE);
                    let running = Spark::pre_execute(&CONFIG, &context).expect("a session");
                    let spark = Spark::session(&running);
                    let own = new_spark_session("own", &[]).expect("a session");
                    assert_eq!((total(spark, n), total(&own, n)), (n, n));
                    Spark::post_execute(running, Outcome::Succeeded).expect("an orderly end");
                    assert!(own.is_stopped(), "it is closed with the task");
                });
            }
        });
    }
}
