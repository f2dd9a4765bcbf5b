//! Tasks with an engine: the plugins' objects are started like the engines' operators do.

use std::env;
use std::path::Path;

use flytekit_proto::flyteidl::core::primitive::Value;
use flytekit_test_support::{python, python_package};

use crate::flow::{Flow, primitive};

/// A task of a Spark application, in an image with Spark.
fn spark(program: &str, task: &str) -> Flow {
    let home = python_package("pyspark").display().to_string();
    let mut flow = Flow::with_program(Path::new(program), task).with_variable("SPARK_HOME", home);
    if let Ok(java) = env::var("JAVA_HOME") {
        flow = flow.with_variable("JAVA_HOME", java);
    }
    flow
}

fn ends(how: &str) -> Flow {
    let task = "fixture.cluster.ends";
    spark(env!("CARGO_BIN_EXE_fixture"), task).given(|inputs| {
        inputs.output("how", &how.to_owned())?;
        inputs.output("started", &String::new())
    })
}

#[test]
fn a_spark_task_is_the_driver_of_its_application() {
    let outputs = ends("well").outputs();
    assert_eq!(primitive(&outputs, "o0"), Value::Integer(3));
}

/// Flyte's error of a failed task is the task's own, not that of its driver.
#[test]
fn a_spark_tasks_error_is_its_own() {
    let execution = ends("error").run();
    let error = execution.error();
    assert_eq!(error.code, "USER:RuntimeError", "{execution}");
    assert!(error.message.contains("no, thank you"), "{execution}");
}

/// A whole application in Java, which knows nothing of Flyte.
#[test]
fn a_spark_application_runs() {
    let program = env!("CARGO_BIN_EXE_applications");
    let execution = spark(program, "applications.sql")
        .given(|inputs| inputs.output("query", &"select 1".to_owned()))
        .run();
    assert!(execution.success(), "{execution}");
}

/// A scheduler, workers and the job runner, each a container of the pods that the plugin built.
#[test]
fn a_dask_task_has_its_cluster() {
    let python = python().display().to_string();
    let module = |name: &str| format!("distributed.cli.dask_{name}");
    let (scheduler, worker) = (module("scheduler"), module("worker"));
    let program = Path::new(env!("CARGO_BIN_EXE_dask_jobs"));
    let outputs = Flow::with_program(program, "dask_jobs.calls")
        .with_variable("FLYTEKIT_PYTHON", &python)
        .with_command("dask-scheduler", &[&python, "-m", &scheduler])
        .with_command("dask-worker", &[&python, "-m", &worker])
        .given(|inputs| inputs.output("n", &4_i64))
        .outputs();
    assert_eq!(outputs.literals.len(), 1);
}
