//! What engines refuse.

use super::{one, option};
use crate::tests::mistakes;

#[test]
fn spark() {
    option(
        "spark(conf(\"executorMemory\" = \"4g\"))",
        "`executorMemory` has no dot",
        "\"executorMemory\"",
    );
    option(
        "spark(conf(\"spark.executor.memory\" = \"4Gi\"))",
        "`4Gi` has the suffix of a Kubernetes quantity",
        "\"4Gi\"",
    );
    option(
        "spark(conf(\"spark.executor.cores\" = \"two\"))",
        "`two` is not a whole number",
        "\"two\"",
    );
    option(
        "spark(hadoop_conf(\"endpoint\" = \"x\"))",
        "`endpoint` has no dot",
        "\"endpoint\"",
    );
    option(
        "spark(conf(\"a.b\" = \"1\", \"a.b\" = \"2\"))",
        "`a.b` is given twice",
        "\"a.b\"",
    );
    one(
        "#[task(spark)] async fn f(spark: &SparkSession) {}",
        "a Spark task cannot be `async`",
        "async",
    );
}

#[test]
fn dask() {
    option(
        "dask(workers(count = 0))",
        "a Dask cluster needs at least one worker",
        "0",
    );
    option(
        "dask(workers(image = \"App\"))",
        "`App` has upper-case letters",
        "\"App\"",
    );
    option(
        "dask(scheduler(requests(cpu = 2), limits(cpu = 1)))",
        "the limit `1` is below the request `2`",
        "1",
    );
    one(
        "#[task(dask)] async fn f(dask: &DaskClient) {}",
        "a Dask task cannot be `async`: the calls of its `DaskClient` block their thread",
        "async",
    );
    assert!(mistakes("#[task(dask)] fn f() {}").is_empty());
}

#[test]
fn engines() {
    option("spark, dask", "a task has one engine", "dask");
    option(
        "spark, engine = my::Ray",
        "a task has one engine",
        "my::Ray",
    );
    option(
        "config = CONFIG",
        "`config` is the configuration of an engine",
        "CONFIG",
    );
}

#[test]
fn a_misspelt_engine_is_one_mistake() {
    one(
        "#[task(sprak)] fn f(spark: &SparkSession) {}",
        "unknown option `sprak`",
        "sprak",
    );
}

/// A mistake of an application, with the options that every application has.
#[track_caller]
fn application(options: &str, function: &str, message: &str, token: &str) {
    let source = format!(
        "#[task(generic_spark(application_type = R, application = \"/a.R\", {options}))] {function}"
    );
    one(&source, message, token);
}

#[test]
fn applications() {
    application(
        "main_class = \"M\"",
        "fn f();",
        "an application in Python or R has no main class",
        "\"M\"",
    );
    application(
        "args(a)",
        "fn f(b: i64);",
        "unknown input `a`, expected one of `b`",
        "a",
    );
    application(
        "args(3)",
        "fn f();",
        "an argument is text or an input: write `\"3\"`",
        "3",
    );
    application(
        "",
        "fn f(b: i64);",
        "the application does not get the input `b`",
        "b",
    );
    application(
        "args(\"{{.input}}\")",
        "fn f();",
        "`{{.input}}` has a template variable",
        "\"{{.input}}\"",
    );
    application(
        "",
        "fn f() {}",
        "the application is the body of this task",
        "{}",
    );
    application(
        "",
        "fn f() -> i64;",
        "an application gives no outputs to Flyte",
        "i64",
    );
    application(
        "",
        "async fn f();",
        "an application cannot be `async`",
        "async",
    );
    application(
        "",
        "fn f(a: &str);",
        "an application makes its own session",
        "&str",
    );
    one(
        "#[task(generic_spark(application_type = scala))] fn f();",
        "unknown application type `scala`",
        "scala",
    );
}

/// A mistake of a container, with the image that every container has.
#[track_caller]
fn container(options: &str, function: &str, message: &str, token: &str) {
    let source = format!("#[task(container(image = \"a\", {options}))] {function}");
    one(&source, message, token);
}

#[test]
fn containers() {
    one(
        "#[task(container(command(\"true\")))] fn f();",
        "`container` needs `image`",
        "container",
    );
    container(
        "",
        "fn f() {}",
        "the container is the body of this task",
        "{}",
    );
    container(
        "",
        "async fn f();",
        "the function of a container cannot be `async`",
        "async",
    );
    container(
        "",
        "fn f(spark: &SparkSession);",
        "a container has no session to borrow",
        "&SparkSession",
    );
    container(
        "command(\"a\", row)",
        "fn f(rows: i64);",
        "unknown input `row`, expected one of `rows`; did you mean `rows`?",
        "row",
    );
    container(
        "args(\"--n={{ .Inputs.row }}\")",
        "fn f(rows: i64);",
        "unknown input `row`, expected one of `rows`; did you mean `rows`?",
        "\"--n={{ .Inputs.row }}\"",
    );
    container(
        "command = [rows]",
        "fn f();",
        "this task has no inputs: write `\"rows\"` for text",
        "rows",
    );
    container(
        "command(\"{{.outputPrefx}} {{.ID}}\")",
        "fn f();",
        "unknown variable `outputPrefx`",
        "\"{{.outputPrefx}} {{.ID}}\"",
    );
    container(
        "command(\"a\\0b\")",
        "fn f();",
        "this has a NUL character",
        "\"a\\0b\"",
    );
    container(
        "command(3)",
        "fn f();",
        "a part of a command is text or an input: write `\"3\"`",
        "3",
    );
    container(
        "command = \"true\"",
        "fn f();",
        "`command` takes text, inputs and constants, such as `command(\"--rows\", rows)`",
        "\"true\"",
    );
}

#[test]
fn images_of_containers() {
    let image = |options: &str, message: &str, token: &str| {
        one(&format!("#[task({options})] fn f();"), message, token);
    };
    image(
        "container(image = \"App\")",
        "`App` has upper-case letters",
        "\"App\"",
    );
    image(
        "container(image = \"a\"), container_image = \"b\"",
        "the engine's `image` is the image of this task",
        "\"b\"",
    );
    image(
        "container(image = \"a\"), pod_template(image = \"b\")",
        "the `image` of the pod replaces the task's `image`",
        "\"b\"",
    );
}

#[test]
fn data_of_containers() {
    container(
        "input_dir = \"in\"",
        "fn f(a: i64);",
        "`in` is no absolute path in the container",
        "\"in\"",
    );
    container(
        "output_dir = \"/a:ro\"",
        "fn f(a: i64);",
        "`/a:ro` has a `:` in it",
        "\"/a:ro\"",
    );
    container(
        "input_dir = \"/in\"",
        "fn f() -> Result<i64>;",
        "this task has no inputs, so nothing lies in `input_dir`",
        "\"/in\"",
    );
    container(
        "input_dir = \"/a\", output_dir = \"/a\"",
        "fn f(a: i64);",
        "the inputs and the outputs are in one folder, `/a`",
        "\"/a\"",
    );
    container(
        "output_dir = \"/var/flyte/inputs\"",
        "fn f(a: i64);",
        "the inputs and the outputs are in one folder, `/var/flyte/inputs`",
        "\"/var/flyte/inputs\"",
    );
    container(
        "metadata_format = json",
        "fn f();",
        "metadata format `json` is written in capitals: `JSON`",
        "json",
    );
    container(
        "metadata_format = XML",
        "fn f();",
        "unknown metadata format `XML`, expected one of `JSON`, `YAML`, `PROTO`",
        "XML",
    );
    container(
        "metadata_format = \"JSON\"",
        "fn f();",
        "`metadata_format` is one of `JSON`, `YAML`, `PROTO`, without quotes",
        "\"JSON\"",
    );
    container(
        "io_strategy(upload = LATER)",
        "fn f();",
        "unknown upload mode `LATER`, expected one of `ON_EXIT`, `EAGER`, `DO_NOT_UPLOAD`",
        "LATER",
    );
    container(
        "io_strategy(mode = EAGER)",
        "fn f();",
        "unknown option `mode`, expected one of `download`, `upload`",
        "mode",
    );
    let written = "#[task(container(image = \"a\", command(\"{{.inputs.b}} {{.input}}\", b, C, c::D), \
        io_strategy(download = STREAM)))] fn f(b: i64) -> Result<(i64, String)>;";
    assert_eq!(mistakes(written), [""; 0]);
}

#[track_caller]
fn shim(options: &str, function: &str, message: &str, token: &str) {
    let source = format!("#[task(shim({options}))] {function}");
    one(&source, message, token);
}

#[test]
fn shims() {
    const WHOLE: &str = "executor = \"a.B\", image = \"a:1\"";
    assert!(mistakes(&format!("#[task(shim({WHOLE}))] fn f() -> Result<i64>;")).is_empty());
    assert!(mistakes("#[task(shim(executor = a::B, image = A))] fn f();").is_empty());
    shim(
        "image = \"a:1\"",
        "fn f();",
        "`shim` needs `executor`",
        "shim",
    );
    shim("executor = a::B", "fn f();", "`shim` needs `image`", "shim");
    shim(
        "executor = \"B\", image = \"a:1\"",
        "fn f();",
        "`B` is not the name of an executor",
        "\"B\"",
    );
    shim(
        "executor = a(), image = \"a:1\"",
        "fn f();",
        "`executor` takes the name of an executor in quotes, or a type that is one",
        "a()",
    );
    shim(
        "executor = \"a.B\", image = \"A\"",
        "fn f();",
        "`A` has upper-case letters",
        "\"A\"",
    );
    for (option, message, token) in [
        (
            "task_type = \"\"",
            "this is empty: a task has a type",
            "\"\"",
        ),
        ("custom = 3", "`custom` takes a JSON object", "3"),
        (
            "config(\"\" = \"1\")",
            "this is empty: a setting has a name",
            "\"\"",
        ),
    ] {
        shim(&format!("{WHOLE}, {option}"), "fn f();", message, token);
    }
    shim(
        WHOLE,
        "fn f() {}",
        "the executor is the body of this task: end the declaration with `;`",
        "{}",
    );
    shim(
        WHOLE,
        "async fn f();",
        "a task of an executor cannot be `async`",
        "async",
    );
    shim(
        WHOLE,
        "fn f(a: &A);",
        "an executor has all from the task's template, so there is no session to borrow: take an input",
        "&A",
    );
}
