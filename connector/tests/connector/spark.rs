//! Tasks that flytekit has serialized run on a real Spark.

use std::fs;
use std::path::{Path, PathBuf};

use flytekit_proto::flyteidl::core::{
    Literal, LiteralMap, Primitive, Scalar, literal, primitive, scalar,
};
use flytekit_test_support::{DEADLINE, eventually, python};
use prost::Message as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Client, Workspace, as_argument, execution, template};

fn number(value: i64) -> Literal {
    let primitive = Primitive {
        value: Some(primitive::Value::Integer(value)),
    };
    Literal {
        value: Some(literal::Value::Scalar(Box::new(Scalar {
            value: Some(scalar::Value::Primitive(primitive)),
        }))),
        ..Literal::default()
    }
}

/// Runs a task with the input `number` to its end.
fn ended(client: &Client, task: &str, value: i64, folder: &Path) -> Value {
    let inputs = LiteralMap {
        literals: [("number".to_owned(), number(value))].into(),
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
        "template": as_argument(template(task), &fill),
        "execution": execution("", &format!("{task}-{value}"), 0),
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

#[test]
fn tasks_run_on_spark() {
    let workspace = Workspace::start_with(&["--spark", spark_submit().to_str().unwrap()]);
    let (_connector, client) = workspace.started(&[]);
    let folder = TempDir::new().unwrap();
    for task in ["total", "total_serverless"] {
        let prefix = folder.path().join(task);
        let got = ended(&client, task, 10, &prefix);
        assert_eq!(got["phase"], "SUCCEEDED", "{got}");
        let outputs = fs::read(prefix.join("outputs.pb")).unwrap();
        let outputs = LiteralMap::decode(&*outputs).unwrap();
        assert_eq!(outputs.literals["o0"], number(45), "{task}");
    }
    let got = ended(&client, "total", -1, &folder.path().join("failing"));
    assert_eq!(got["phase"], "FAILED");
    let message = got["message"].as_str().unwrap();
    assert!(message.contains("-1 is negative"), "{message}");
}
