//! The error documents of tasks when Spark fails: the failure, the advice, and the kind of fault.

#![cfg(unix)]

use std::fs;
use std::process::{Child, Command};
use std::sync::OnceLock;

use flytekit::spark::SparkSession;
use flytekit::types::OutputsWriter;
use flytekit_proto::flyteidl::core::container_error::Kind;
use flytekit_proto::flyteidl::core::execution_error::ErrorKind;
use flytekit_proto::flyteidl::core::{ContainerError, ErrorDocument};
use flytekit_tests::{DEADLINE, SparkServer, eventually, run_within};
use prost::Message;

/// A cluster of one executor, which has half a gigabyte, and one try for each of its tasks.
fn cluster() -> &'static SparkServer {
    static CLUSTER: OnceLock<SparkServer> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        SparkServer::start(&[
            "spark.master=local-cluster[1,2,512]",
            "spark.executor.memory=512m",
            "spark.driver.memory=512m",
            "spark.driver.maxResultSize=1m",
            "spark.task.maxFailures=1",
        ])
    })
}

/// The error of a run.
struct Failed(ContainerError);

impl Failed {
    fn of(task: &str, sql: Option<&str>) -> Self {
        Failed::meanwhile(task, sql, |_| ())
    }

    fn meanwhile(task: &str, sql: Option<&str>, meanwhile: impl FnOnce(&mut Child)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let inputs = folder.path().join("inputs.pb");
        let mut literals = OutputsWriter::new();
        if let Some(sql) = sql {
            literals
                .output("sql", &sql.to_owned())
                .expect("a value that Flyte has");
        }
        fs::write(&inputs, literals.finish()).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_queries"));
        command
            .args(["execute", "--task", &format!("queries.{task}")])
            .arg("--inputs")
            .arg(&inputs)
            .arg("--output-prefix")
            .arg(folder.path())
            .env_remove("PYSPARK_GATEWAY_PORT")
            .env("SPARK_REMOTE", cluster().remote());
        let ended = run_within(DEADLINE, &mut command, meanwhile);
        assert!(ended.success(), "{ended}");
        let document = fs::read(folder.path().join("error.pb"));
        let document = document.unwrap_or_else(|error| panic!("{error}: {ended}"));
        let document = ErrorDocument::decode(&*document).expect("an error document");
        Failed(document.error.expect("an error"))
    }

    /// The message without the trace before it.
    fn message(&self) -> &str {
        let (_, message) = self
            .0
            .message
            .split_once("Message:\n\n    ")
            .expect("a message");
        message
    }

    #[track_caller]
    fn says(&self, first: &str, then: &[&str]) {
        let message = self.message();
        let first_line = message.lines().next().unwrap_or_default();
        assert!(first_line.contains(first), "{}", self.0.message);
        for part in then {
            assert!(message.contains(part), "no {part} in: {}", self.0.message);
        }
        assert!(
            !message.contains("\tat ") && message.lines().count() < 45,
            "{message}"
        );
    }

    #[track_caller]
    fn is(&self, origin: ErrorKind, kind: Kind) {
        let is = (self.0.origin(), self.0.kind());
        assert_eq!(is, (origin, kind), "{}", self.0.message);
    }
}

/// Ends the only executor with `signal` while a task of its own works.
fn without_executor(signal: &str) -> Failed {
    const SLEEP: &str =
        "SELECT java_method('java.lang.Thread', 'sleep', id * 0 + 60000) FROM range(0, 1, 1, 1)";
    const WHERE: &str =
        "SELECT java_method('java.lang.ProcessHandle', 'current') FROM range(0, 1, 1, 1)";
    let spark = SparkSession::builder()
        .remote(&cluster().remote())
        .get_or_create()
        .expect("a client");
    let rows = spark.sql(WHERE).expect("a plan").collect().expect("a row");
    let executor = rows[0]
        .get(0)
        .and_then(|id| id.as_str())
        .expect("a process")
        .to_owned();
    Failed::meanwhile("query", Some(SLEEP), |_| {
        // A job that has begun may not have sent a task to the executor yet.
        eventually("the query's task runs", DEADLINE, || {
            cluster().running_jobs().contains("\"numActiveTasks\" : 1")
        });
        let status = Command::new("kill")
            .args(["-s", signal, &executor])
            .status();
        assert!(status.expect("kill").success());
    })
}

#[test]
fn the_usual_failures_say_what_to_do() {
    // In one test, one after another, because some of them end the only executor.
    a_query_that_is_wrong();
    files_that_are_not_there();
    a_result_that_is_too_large();
    a_function_that_needs_python();
    executors_that_are_lost();
    executors_without_memory();
}

fn a_query_that_is_wrong() {
    for task in ["query", "query_in_report", "plain"] {
        let failed = Failed::of(task, Some("SELECT * FROM nowhere"));
        failed.says(
            "[TABLE_OR_VIEW_NOT_FOUND] The table or view `nowhere` cannot be found",
            &[
                "SQLSTATE: 42P01; line 1 pos 14",
                "In the query from character 15 on: nowhere",
            ],
        );
        failed.is(ErrorKind::User, Kind::NonRecoverable);
        assert_eq!(
            failed.message().contains("while the report was made: ["),
            task == "query_in_report"
        );
    }
    let failed = Failed::of("query", Some("SELECT id / (id - 3) FROM range(10)"));
    failed.says(
        "[DIVIDE_BY_ZERO]",
        &[
            "SQLSTATE: 22012",
            "== SQL (line 1, position 8) ==\n",
            "id / (id - 3)",
        ],
    );
    failed.is(ErrorKind::User, Kind::NonRecoverable);
}

fn files_that_are_not_there() {
    let failed = Failed::of("query", Some("SELECT * FROM csv.`/no/such/file`"));
    failed.says(
        "a file or folder does not exist",
        &["[PATH_NOT_FOUND]", "file:/no/such/file"],
    );
    failed.is(ErrorKind::User, Kind::NonRecoverable);
    // Only the server knows the reason.
    let failed = Failed::of("query", Some("SELECT * FROM csv.`s3://bucket/file`"));
    failed.says(
        "Spark has no support for the file system",
        &["No FileSystem for scheme \"s3\""],
    );
    failed.is(ErrorKind::User, Kind::NonRecoverable);
}

fn a_result_that_is_too_large() {
    let failed = Failed::of(
        "query",
        Some("SELECT repeat('0123456789', 100000), id FROM range(100)"),
    );
    failed.says(
        "the result is too large",
        &["bigger than spark.driver.maxResultSize"],
    );
    failed.is(ErrorKind::User, Kind::NonRecoverable);
}

fn a_function_that_needs_python() {
    let failed = Failed::of("python_function", None);
    failed.says(
        "this needs Python where the executors run",
        &["/nowhere/python3"],
    );
    failed.is(ErrorKind::User, Kind::NonRecoverable);
}

fn executors_that_are_lost() {
    let failed = without_executor("TERM");
    failed.says(
        "an executor was lost",
        &["ExecutorLostFailure", "exited with code 143"],
    );
    failed.is(ErrorKind::System, Kind::Recoverable);

    let failed = without_executor("KILL");
    failed.says(
        "spark.executor.memory",
        &["ExecutorLostFailure", "exited with code 137"],
    );
    failed.is(ErrorKind::User, Kind::Recoverable);
}

fn executors_without_memory() {
    const LARGE: &str = "SELECT max(size(a)) FROM (SELECT collect_list(repeat(CAST(id + 10 AS STRING), \
                         10000000)) AS a FROM range(0, 90, 1, 2))";
    let failed = Failed::of("query", Some(LARGE));
    failed.says(
        "an executor is out of memory; raise `spark.executor.memory`",
        &[],
    );
    failed.is(ErrorKind::User, Kind::NonRecoverable);
}
