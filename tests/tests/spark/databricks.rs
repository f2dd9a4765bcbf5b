//! Tasks on Databricks, for which the tests' Spark stands in: `spark-submit` starts the project's Python file
//! like a run starts its own, and a proxy replaces Databricks Connect.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use flytekit_proto::flyteidl::core::container_error::Kind;
use flytekit_test_support::{Daemon, below, is_running};
use flytekit_tests::cluster::Distribution;
use flytekit_tests::{
    ContainerRun, DEADLINE, Ended, SparkServer, eventually, interpreter, python, run, run_within,
    script, signal,
};
use serde_json::json;
use tempfile::TempDir;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

const BOOTSTRAP: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../connector/src/databricks/bootstrap.py"
);

/// The part of PySpark that [`BOOTSTRAP`] needs, for tests without Spark: a gateway, or the session of a
/// compute without one.
const NO_SPARK: &str = r#"
import os
class Parameters:
    port, auth_token = int(os.environ["PORT"]), "secret-of-the-gateway"
class Gateway:
    gateway_parameters = Parameters
class Context:
    _gateway = Gateway
class Session:
    if os.environ["PORT"] != "0":
        _sc = Context
class SparkSession:
    class builder:
        getOrCreate = Session
"#;

/// A run of a task on a cluster.
fn on_cluster(how: &'static str) -> ContainerRun {
    let run = ContainerRun::new("fixture.cluster.on_databricks");
    let started = run.path("started").display().to_string();
    run.write_inputs(|inputs| {
        inputs.output("how", &how.to_owned())?;
        inputs.output("started", &started)
    });
    run
}

/// The connector's parameters of the run's file, with the local path of the executable.
fn parameters(run: &ContainerRun) -> Vec<String> {
    let mut args = run.args(&run.template(FIXTURE));
    FIXTURE.clone_into(&mut args[0]);
    args
}

/// Submits a Python file to Spark, like on the cluster of a run.
fn submit(spark: &Distribution, file: &Path, parameters: &[String]) -> Command {
    let mut command = spark.program("spark-submit");
    command.args(["--master", "local[2]"]);
    for setting in [
        "spark.driver.host=127.0.0.1",
        "spark.driver.bindAddress=127.0.0.1",
        "spark.ui.enabled=false",
        "spark.driver.memory=512m",
    ] {
        command.args(["--conf", setting]);
    }
    command.env("PYSPARK_PYTHON", python());
    command.arg(file).args(parameters);
    command
}

/// Starts the file without a Spark, before a gateway at this port (0: none).
fn without_spark(port: u16, parameters: &[&str]) -> Ended {
    let folder = TempDir::new().expect("a folder");
    let package = folder.path().join("pyspark");
    fs::create_dir(&package).expect("a folder");
    fs::write(package.join("__init__.py"), "").expect("a file");
    fs::write(package.join("sql.py"), NO_SPARK).expect("a file");
    let mut command = interpreter();
    command.arg(BOOTSTRAP).args(parameters);
    command.env("PYTHONPATH", folder.path());
    command.env("PORT", port.to_string());
    command.env_remove("SPARK_REMOTE");
    run(&mut command)
}

/// A program in a folder.
fn program(folder: &TempDir, script: &str, mode: u32) -> String {
    let path = folder.path().join("program");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a file");
    path.to_str().expect("a path in UTF-8").to_owned()
}

#[track_caller]
fn fails(ended: &Ended, message: &str) {
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert!(ended.to_string().contains(message), "{ended}");
    assert!(
        !ended.to_string().contains("secret-of-the-gateway"),
        "{ended}"
    );
}

/// Two runs on a cluster that stays: the second finds the server of the first.
fn uses_the_running_spark(spark: &Distribution) {
    let folder = TempDir::new().expect("a folder");
    let twice = folder.path().join("twice.py");
    let source = format!(
        "import sys
sys.path.insert(0, {:?})
import bootstrap
from pyspark.sql import SparkSession
session = SparkSession.builder.getOrCreate()
for _ in range(2):
    bootstrap.main(sys.argv[1:])
context = session.sparkContext
print('the cluster counts', session.range(5).count(), context.applicationId, flush=True)
# The server stays as long as the cluster, which ends here.
context._jvm.java.lang.System.exit(0)",
        Path::new(BOOTSTRAP)
            .parent()
            .and_then(Path::to_str)
            .expect("a folder")
    );
    fs::write(&twice, source).expect("a file");
    let run_ = ContainerRun::of("fixture.cluster.of_databricks", |_| Ok(()));
    let ended = run(&mut submit(spark, &twice, &parameters(&run_)));
    let outputs = run_.outputs(&ended, &["o0=str", "o1=str"]);
    assert_eq!(outputs["o1"], "7", "{ended}");
    let application = outputs["o0"].as_str().expect("an application's id");
    let counts = format!("the cluster counts 5 {application}");
    assert!(ended.text().contains(&counts), "{ended}");
}

#[test]
fn a_task_uses_the_spark_of_its_cluster() {
    uses_the_running_spark(&Distribution::of_python());
}

#[test]
fn a_task_uses_the_oldest_spark() {
    uses_the_running_spark(&Distribution::with_version("4.0"));
}

#[test]
fn a_task_uses_the_newest_spark() {
    uses_the_running_spark(&Distribution::with_version("4.3"));
}

/// Flyte's error is the task's own, and the run has failed in Databricks.
#[test]
fn an_error_fails_the_run() {
    let task = on_cluster("error");
    let file = Path::new(BOOTSTRAP);
    let ended = run(&mut submit(
        &Distribution::of_python(),
        file,
        &parameters(&task),
    ));
    fails(&ended, "the task failed (exit code 1)");
    let error = task.error();
    assert!(error.message.contains("no, thank you"), "{}", error.message);
}

#[test]
fn a_spark_that_is_too_old_is_named() {
    let task = on_cluster("well");
    let file = Path::new(BOOTSTRAP);
    let spark = Distribution::with_version("3.5");
    let ended = run(&mut submit(&spark, file, &parameters(&task)));
    fails(&ended, "the task failed (exit code 1)");
    let error = task.error();
    assert!(
        error.message.contains("needs Spark 4.0 or newer"),
        "{}",
        error.message
    );
}

/// The processes of a run: the Python process, and the task's.
fn processes(task: &ContainerRun, jvm: u32) -> (u32, u32) {
    let number = || fs::read_to_string(task.path("started")).unwrap_or_default();
    eventually("the task works", DEADLINE, || !number().is_empty());
    let task = number().parse().expect("a number");
    // The nearest ancestor.
    let python = below(jvm).into_iter().rfind(|process| {
        let mut children = below(process.id).into_iter();
        children.any(|child| child.id == task)
    });
    (python.expect("a process in Python").id, task)
}

#[test]
fn a_run_that_is_cancelled_ends_its_task() {
    for (name, said) in [("TERM", "SIGTERM"), ("KILL", "has ended")] {
        let task = on_cluster("query");
        let file = Path::new(BOOTSTRAP);
        let mut command = submit(&Distribution::of_python(), file, &parameters(&task));
        let mut number = 0;
        let ended = run_within(DEADLINE, &mut command, |jvm| {
            let (python, of_task) = processes(&task, jvm.id());
            number = of_task;
            signal(name, python);
        });
        assert!(!ended.success(), "{ended}");
        eventually("the task ends", DEADLINE, || !is_running(number));
        let error = task.error();
        assert_eq!(error.kind, i32::from(Kind::Recoverable), "{ended}");
        assert!(error.message.contains(said), "{}", error.message);
    }
}

#[test]
fn an_executable_that_cannot_be_started_is_said() {
    fails(&without_spark(1, &[]), "the run has no parameters");
    fails(
        &without_spark(1, &["/usr/local/bin/no-such-app", "execute"]),
        "there is no executable /usr/local/bin/no-such-app",
    );
    let folder = TempDir::new().expect("a folder");
    let path = program(&folder, "", 0o644);
    fails(&without_spark(1, &[&path]), "is not executable");
    let path = program(&folder, "", 0o755);
    fs::write(&path, "no program").expect("a file");
    fails(
        &without_spark(1, &[&path]),
        "does not start: Exec format error",
    );
}

#[test]
fn how_an_executable_ends_is_said() {
    let folder = TempDir::new().expect("a folder");
    let path = program(&folder, "echo told; exit 3", 0o755);
    let ended = without_spark(1, &[&path, "execute"]);
    fails(&ended, "the task failed (exit code 3)");
    assert!(ended.text().contains("told"), "{ended}");
    let path = program(&folder, "kill -s KILL $$", 0o755);
    fails(&without_spark(1, &[&path]), "was ended by SIGKILL");
    let path = program(
        &folder,
        "test \"$FLYTE_FAIL_ON_ERROR\" = true && echo $FLYTEKIT_SPARK_CONTEXT",
        0o755,
    );
    let ended = without_spark(1, &[&path]);
    assert!(
        ended.success() && ended.text().contains("running"),
        "{ended}"
    );
}

/// A mount without permissions: the executable is copied, and the copy is removed.
#[test]
fn an_executable_on_a_volume_is_copied() {
    let folder = TempDir::new().expect("a folder");
    let path = program(&folder, "echo \"started as $0\"", 0o644);
    let wrapper = folder.path().join("wrapper.py");
    let source = format!(
        "import sys
sys.path.insert(0, {:?})
import bootstrap
bootstrap.MOUNTS = ({:?},)
bootstrap.spark = dict
bootstrap.main(sys.argv[1:])",
        Path::new(BOOTSTRAP)
            .parent()
            .and_then(Path::to_str)
            .expect("a folder"),
        folder.path(),
    );
    fs::write(&wrapper, source).expect("a file");
    let ended = run(interpreter().args([wrapper.to_str().expect("UTF-8"), &path]));
    assert!(ended.success(), "{ended}");
    let text = ended.text();
    let (_, copy) = text.split_once("started as ").expect("what it says");
    let copy = PathBuf::from(copy.lines().next().unwrap_or_default());
    assert_ne!(copy, PathBuf::from(&path), "{ended}");
    assert!(!copy.exists(), "{}", copy.display());
}

#[test]
fn compute_without_a_gateway_is_named() {
    let folder = TempDir::new().expect("a folder");
    let path = program(&folder, "", 0o755);
    fails(
        &without_spark(0, &[&path]),
        "this compute has no driver's JVM",
    );
}

/// The secret of the gateway is in no log and no document, also where the gateway is gone.
#[test]
fn a_gateway_that_is_gone_is_a_lost_engine() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let task = on_cluster("well");
    let parameters = parameters(&task);
    let parameters: Vec<&str> = parameters.iter().map(String::as_str).collect();
    let ended = without_spark(port, &parameters);
    fails(&ended, "the task failed (exit code 1)");
    let error = task.error();
    assert_eq!(error.kind, i32::from(Kind::Recoverable), "{ended}");
    let said = format!("cannot use the running driver's JVM on 127.0.0.1:{port}");
    assert!(error.message.contains(&said), "{}", error.message);
    assert!(
        !error.message.contains("secret-of-the-gateway"),
        "{}",
        error.message
    );
}

/// Without a connector, the platform starts the container like any other.
#[test]
fn a_container_that_is_not_on_databricks_says_so() {
    let task = on_cluster("well");
    let parameters = parameters(&task);
    let mut command = Command::new(&parameters[0]);
    command.args(&parameters[1..]).env_remove("SPARK_REMOTE");
    let ended = run(&mut command);
    assert!(ended.success(), "{ended}");
    let error = task.error();
    assert_eq!(error.kind, i32::from(Kind::NonRecoverable));
    assert!(
        error.message.contains("connector must serve"),
        "{}",
        error.message
    );
}

#[test]
fn a_run_here_says_where_it_is() {
    let mut command = Command::new(FIXTURE);
    command
        .env_remove("SPARK_REMOTE")
        .env("FLYTEKIT_PYTHON", python())
        .args([
            "run",
            "fixture.databricks.existing_cluster",
            "--n",
            "5",
            "--databricks",
            "sail",
        ]);
    let ended = run(&mut command);
    assert!(ended.success(), "{ended}");
    let said = ended.to_string();
    assert!(
        said.contains("Flyte runs this task on Databricks"),
        "{ended}"
    );

    let mut command = Command::new(FIXTURE);
    let ended = run(command.args(["run", "fixture.databricks.notebook"]));
    assert!(!ended.success(), "{ended}");
    let said = "is the notebook `/Users/me@example.com/report`, which runs on Databricks only";
    assert!(ended.to_string().contains(said), "{ended}");
}

/// Every call of the client names its cluster and has a token, or the proxy refuses it.
#[test]
fn databricks_connect_is_told_the_cluster_in_each_call() {
    let server = SparkServer::start(&["spark.master=local[1]", "spark.driver.memory=512m"]);
    let remote = server.remote();
    let address = remote.trim_start_matches("sc://");
    let (address, token) = address.split_once("/;token=").expect("a token");
    let folder = TempDir::new().expect("a folder");
    let mut gate = script("connect_gate.py");
    gate.args([address, token]).arg(folder.path());
    let gate = Daemon::start(&gate, folder.path().join("log"));
    let port = gate.says("listens on ");
    let port = port.trim();
    let given = |token: &str, cluster: &str| {
        let remote = format!(
            "sc://localhost:{port}/;use_ssl=true;token={token};x-databricks-cluster-id={cluster}"
        );
        let mut command = Command::new(FIXTURE);
        command
            .env("SPARK_REMOTE", remote)
            .env("SSL_CERT_FILE", folder.path().join("ca.pem"))
            .args(["run", "fixture.databricks.new_cluster", "--n", "5"]);
        run(&mut command)
    };
    let (token, cluster) = ("token-of-the-workspace", "0923-164208-meows279");
    let ended = given(token, cluster);
    assert!(ended.success(), "{ended}");
    let calls = fs::read_to_string(folder.path().join("calls")).expect("calls");
    for method in ["ExecutePlan", "AnalyzePlan", "Config", "ReleaseSession"] {
        assert!(
            calls.contains(&format!("{method} {cluster} ")),
            "{method}: {calls}"
        );
    }
    for line in calls.lines() {
        assert!(line.contains(&format!(" {cluster} ")), "{line}");
    }

    let ended = given("another-token", cluster);
    assert!(!ended.success(), "{ended}");
    let said = &ended.stderr;
    assert!(said.contains("refuses this client"), "{ended}");
    assert!(!said.contains("another-token"), "{ended}");
}

#[test]
fn both_places_of_the_executable_are_in_templates() {
    let args = |task: &str| {
        let run = ContainerRun::new(task);
        run.args(&run.template(FIXTURE)).swap_remove(0)
    };
    assert_eq!(
        json!([
            args("fixture.cluster.on_databricks"),
            args("fixture.cluster.of_databricks")
        ]),
        json!([
            "/usr/local/bin/flytekit-app",
            "/Volumes/main/default/apps/fixture"
        ])
    );
}
