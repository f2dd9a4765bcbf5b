//! Flyte's own engine and its plugin for connectors call the server.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::thread;

use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::flyteidl::core::{Literal, LiteralMap};
use flytekit_test_support::backend::{Abort, Execution, Run, package};
use flytekit_test_support::{DEADLINE, eventually, yaml};
use prost::Message as _;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::harness::{Connector, Workspace, template};
use crate::spark::{DIFFERENT_WORDS, cluster_with, number, spark_workspace, text_of};

/// The configuration of a platform in the guide, with the connector under test.
fn settings(connector: &Connector) -> Map<String, Value> {
    static GUIDE: LazyLock<Value> = LazyLock::new(|| {
        let page = include_str!("../../../docs/connectors.md");
        let (_, block) = page.split_once("```yaml\n").unwrap();
        yaml(block.split_once("```").unwrap().0)
    });
    let mut service = GUIDE["plugins"]["connector-service"].clone();
    service["defaultConnector"]["endpoint"] = connector.address().into();
    // As often as the plugin allows.
    service["webApi"] = json!({"caching": {"resyncInterval": "5s"}});
    let config = json!({"tasks": GUIDE["tasks"], "plugins.connector-service": service});
    [("config".to_owned(), config)].into_iter().collect()
}

/// The closure of a task of flytekit's in a folder.
fn closure(folder: &Path, task: &str) -> PathBuf {
    let spec = TaskSpec {
        template: Some(template(task)),
        ..TaskSpec::default()
    };
    let file = folder.join("0_task_1.pb");
    fs::write(&file, spec.encode_to_vec()).unwrap();
    file
}

/// An execution of one task alone, with its files in a folder.
fn alone(
    connector: &Connector,
    execution: &str,
    folder: &Path,
    (closure, entity): (PathBuf, &str),
    inputs: &LiteralMap,
) -> Run {
    let given = folder.join(execution);
    fs::write(&given, inputs.encode_to_vec()).unwrap();
    Run {
        closure: vec![closure],
        entity: entity.to_owned(),
        inputs: Some(given),
        execution: Some(execution.to_owned()),
        settings: settings(connector),
        ..Run::default()
    }
}

fn inputs(name: &str, value: Literal) -> LiteralMap {
    LiteralMap {
        literals: [(name.to_owned(), value)].into(),
    }
}

#[track_caller]
fn output(execution: &Execution) -> Literal {
    assert!(execution.success(), "{execution}");
    let mut outputs = LiteralMap::decode(&*execution.outputs()).unwrap();
    outputs.literals.remove("o0").unwrap()
}

/// Tasks that Python and Rust registered, on a real Spark.
#[test]
fn propeller_runs_tasks_by_the_connector() {
    let workspace = spark_workspace();
    let executable = cluster_with(&workspace);
    let connector = workspace.connector(&[], &[]);
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let total = |execution, value| {
        let task = (closure(folder, "total"), "databricks_runs.total");
        let inputs = inputs("number", number(value));
        alone(&connector, execution, folder, task, &inputs).run()
    };
    let counted = total("counted", 10);
    assert_eq!(output(&counted), number(45));
    let failed = total("failed", -1);
    assert_eq!(failed.told.phase, "FAILED", "{failed}");
    let error = failed.told.error.as_ref().unwrap();
    assert!(error.message.contains("-1 is negative"), "{failed}");

    let path = folder.join("text");
    fs::write(&path, "one two\nTwo three\n").unwrap();
    // As it is registered, with an image.
    let task = (package(&executable, folder), DIFFERENT_WORDS);
    let inputs = inputs("path", text_of(&path));
    let counted = alone(&connector, "words", folder, task, &inputs).run();
    assert_eq!(output(&counted), number(3));
}

/// Nothing goes on at Databricks when somebody aborts an execution in Flyte.
#[test]
fn propeller_cancels_runs_of_aborted_executions() {
    let workspace = Workspace::start();
    let connector = workspace.connector(&[], &[]);
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("abort");
    let task = closure(folder.path(), "existing_cluster");
    let task = (task, "databricks_tasks.body");
    let inputs = inputs("number", number(1));
    let mut run = alone(&connector, "aborted", folder.path(), task, &inputs);
    run.abort = Some(Abort { file: file.clone() });
    let execution = thread::scope(|scope| {
        scope.spawn(|| abort_once_watched(&workspace, &file));
        run.run()
    });
    assert_eq!(execution.told.phase, "ABORTED", "{execution}");
    let runs = workspace.runs();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs.values().next().unwrap()["result_state"], "CANCELED");
}

fn abort_once_watched(workspace: &Workspace, file: &Path) {
    eventually("the run is watched", DEADLINE, || {
        !workspace.asked("runs/get?").is_empty()
    });
    fs::write(file, "").unwrap();
}
