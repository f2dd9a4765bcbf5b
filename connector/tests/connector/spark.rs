//! Tasks that flytekit has serialized, and tasks of executables in Rust, run on a real Spark.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::flyteidl::core::{
    Literal, LiteralMap, Primitive, Scalar, TaskTemplate, literal, primitive, scalar,
};
use flytekit_test_support::{DEADLINE, eventually, example, python, run};
use prost::Message as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Client, Workspace, as_argument, execution, template};

fn literal(value: primitive::Value) -> Literal {
    let primitive = Primitive { value: Some(value) };
    Literal {
        value: Some(literal::Value::Scalar(Box::new(Scalar {
            value: Some(scalar::Value::Primitive(primitive)),
        }))),
        ..Literal::default()
    }
}

pub(crate) fn number(value: i64) -> Literal {
    literal(primitive::Value::Integer(value))
}

pub(crate) fn text_of(path: &Path) -> Literal {
    literal(primitive::Value::StringValue(path.display().to_string()))
}

/// Runs a task to its end, with the calls that Flyte's engine makes.
fn ended(client: &Client, template: TaskTemplate, input: (&str, Literal), folder: &Path) -> Value {
    let name = folder.file_name().and_then(OsStr::to_str).unwrap();
    let inputs = LiteralMap {
        literals: [(input.0.to_owned(), input.1)].into(),
    };
    fs::create_dir(folder).unwrap();
    fs::write(folder.join("inputs.pb"), inputs.encode_to_vec()).unwrap();
    let at = |name: &str| folder.join(name).display().to_string();
    let prefix = folder.display().to_string();
    let fill = [
        ("input", &*at("inputs.pb")),
        ("outputPrefix", &prefix),
        ("rawOutputDataPrefix", &at("raw")),
        ("checkpointOutputPrefix", &at("checkpoint")),
        ("prevCheckpointPrefix", ""),
    ];
    let arguments = json!({
        "template": as_argument(template, &fill),
        "execution": execution("", name, 0),
        "prefix": prefix,
    });
    let meta = client.call("create", arguments).unwrap();
    let mut got = Value::Null;
    eventually("the run ends", DEADLINE, || {
        got = client
            .call("get", json!({"meta": meta, "prefix": prefix}))
            .unwrap();
        !["INITIALIZING", "RUNNING"].contains(&got["phase"].as_str().unwrap())
    });
    got
}

fn output(folder: &Path) -> Literal {
    let outputs = fs::read(folder.join("outputs.pb")).unwrap();
    let mut outputs = LiteralMap::decode(&*outputs).unwrap();
    outputs.literals.remove("o0").unwrap()
}

/// The script of the pyspark package: an installer may leave it out of the environment's `bin`.
fn spark_submit() -> PathBuf {
    let python = python();
    let environment = python.parent().and_then(Path::parent).unwrap();
    let mut libraries = fs::read_dir(environment.join("lib")).unwrap();
    let spark = libraries.find_map(|library| {
        let spark = library.unwrap().path().join("site-packages/pyspark");
        spark.exists().then_some(spark)
    });
    spark.unwrap().join("bin/spark-submit")
}

/// A workspace whose clusters are a real Spark.
pub(crate) fn spark_workspace() -> Workspace {
    Workspace::start_with(&["--spark", spark_submit().to_str().unwrap()])
}

#[test]
fn tasks_run_on_spark() {
    let workspace = spark_workspace();
    let (_connector, client) = workspace.started(&[]);
    let folder = TempDir::new().unwrap();
    for task in ["total", "total_serverless"] {
        let prefix = folder.path().join(task);
        let got = ended(&client, template(task), ("number", number(10)), &prefix);
        assert_eq!(got["phase"], "SUCCEEDED", "{got}");
        assert_eq!(output(&prefix), number(45), "{task}");
    }
    let failing = folder.path().join("failing");
    let got = ended(&client, template("total"), ("number", number(-1)), &failing);
    assert_eq!(got["phase"], "FAILED");
    let message = got["message"].as_str().unwrap();
    assert!(message.contains("-1 is negative"), "{message}");
}

/// The template of a task in an executable.
fn described(executable: &Path, task: &str) -> TaskTemplate {
    let described = run(Command::new(executable).args(["describe", task, "--format", "pb"]));
    assert!(described.success(), "{described}");
    let spec = TaskSpec::decode(&*described.stdout).unwrap();
    spec.template.unwrap()
}

/// The example's task on Databricks.
pub(crate) const DIFFERENT_WORDS: &str = "spark_wordcount.different_words";

/// Puts the example's executable into the image of the workspace's clusters, and the bootstrap where the connector
/// looks for it.
pub(crate) fn cluster_with(workspace: &Workspace) -> PathBuf {
    const CONNECTOR: &str = env!("CARGO_BIN_EXE_flytekit-connector");
    let executable = example("spark-wordcount", CONNECTOR.as_ref());
    let program = workspace.on_cluster("/usr/local/bin/flytekit-app");
    symlink(&executable, program).unwrap();
    let bootstrap = run(Command::new(CONNECTOR).arg("bootstrap"));
    assert!(bootstrap.success(), "{bootstrap}");
    let file = workspace.on_cluster("/Workspace/Shared/flytekit_bootstrap.py");
    fs::write(file, &bootstrap.stdout).unwrap();
    executable
}

/// From the template in the executable to the function's result.
#[test]
fn tasks_in_rust_run_on_spark() {
    let workspace = spark_workspace();
    let executable = cluster_with(&workspace);
    let (_connector, client) = workspace.started(&[]);
    let template = described(&executable, DIFFERENT_WORDS);
    let folder = TempDir::new().unwrap();
    let text = folder.path().join("text");
    fs::write(
        &text,
        "The more there is of mine,\nthe less there is of yours.\n",
    )
    .unwrap();
    let input = |path: &Path| ("path", text_of(path));
    let prefix = folder.path().join("counted");
    let got = ended(&client, template.clone(), input(&text), &prefix);
    assert_eq!(got["phase"], "SUCCEEDED", "{got}");
    assert_eq!(output(&prefix), number(8));
    let asked = workspace.asked("runs/submit");
    let task = &asked[0]["body"]["spark_python_task"];
    assert_eq!(task["parameters"][0], "/usr/local/bin/flytekit-app");
    let nowhere = folder.path().join("nowhere");
    let got = ended(
        &client,
        template,
        input(&nowhere),
        &folder.path().join("failed"),
    );
    assert_eq!(got["phase"], "FAILED", "{got}");
    let message = got["message"].as_str().unwrap();
    assert!(message.contains("nowhere"), "{message}");
    assert!(!folder.path().join("failed/outputs.pb").exists());
}
