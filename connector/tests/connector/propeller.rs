//! Flyte's own engine and its plugin for connectors call the server.

use std::fs;
use std::path::Path;
use std::thread;

use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::flyteidl::core::{Literal, LiteralMap, TaskTemplate};
use flytekit_test_support::backend::{Abort, Execution, Run};
use flytekit_test_support::{DEADLINE, eventually};
use prost::Message as _;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::harness::{Connector, Workspace, template};
use crate::spark::{DIFFERENT_WORDS, cluster_with, described, number, spark_workspace, text_of};

/// A platform's configuration, with the connector under test.
fn settings(connector: &Connector) -> Map<String, Value> {
    let config = json!({
        "tasks": {"task-plugins": {
            "enabled-plugins": ["container", "sidecar", "k8s-array", "connector-service"],
            "default-for-task-types": {"databricks": "connector-service"},
        }},
        "plugins.connector-service": {
            "defaultConnector": {"endpoint": connector.address(), "insecure": true},
            // As often as the plugin allows.
            "webApi": {"caching": {"resyncInterval": "5s"}},
        },
    });
    [("config".to_owned(), config)].into_iter().collect()
}

/// A task that Flyte runs alone, with its input.
struct Alone {
    folder: TempDir,
    run: Run,
}

impl Alone {
    fn new(
        connector: &Connector,
        execution: &str,
        template: TaskTemplate,
        inputs: LiteralMap,
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let entity = template.id.as_ref().unwrap().name.clone();
        let spec = TaskSpec {
            template: Some(template),
            ..TaskSpec::default()
        };
        let closure = folder.path().join("0_task_1.pb");
        fs::write(&closure, spec.encode_to_vec()).unwrap();
        let given = folder.path().join("inputs.pb");
        fs::write(&given, inputs.encode_to_vec()).unwrap();
        let run = Run {
            closure: vec![closure],
            entity,
            inputs: Some(given),
            execution: Some(execution.to_owned()),
            settings: settings(connector),
            ..Run::default()
        };
        Alone { folder, run }
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
    let total = |execution, value| {
        let inputs = inputs("number", number(value));
        let alone = Alone::new(&connector, execution, template("total"), inputs);
        alone.run.run()
    };
    let counted = total("counted", 10);
    assert_eq!(output(&counted), number(45));
    let failed = total("failed", -1);
    assert_eq!(failed.told.phase, "FAILED", "{failed}");
    let error = failed.told.error.as_ref().unwrap();
    assert!(error.message.contains("-1 is negative"), "{failed}");

    let folder = TempDir::new().unwrap();
    let path = folder.path().join("text");
    fs::write(&path, "one two\nTwo three\n").unwrap();
    let words = described(&executable, DIFFERENT_WORDS);
    let counted = Alone::new(&connector, "words", words, inputs("path", text_of(&path)));
    assert_eq!(output(&counted.run.run()), number(3));
}

/// Nothing goes on at Databricks when somebody aborts an execution in Flyte.
#[test]
fn propeller_cancels_runs_of_aborted_executions() {
    let workspace = Workspace::start();
    let connector = workspace.connector(&[], &[]);
    let mut alone = Alone::new(
        &connector,
        "aborted",
        template("existing_cluster"),
        inputs("number", number(1)),
    );
    let file = alone.folder.path().join("abort");
    alone.run.abort = Some(Abort { file: file.clone() });
    let execution = thread::scope(|scope| {
        scope.spawn(|| abort_once_watched(&workspace, &file));
        alone.run.run()
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
