//! The mistakes that engines refuse.

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
        "an application returns no outputs to Flyte",
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
        "`in` is not an absolute path in the container",
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
        "this task has no inputs, so `input_dir` is always empty",
        "\"/in\"",
    );
    container(
        "input_dir = \"/a\", output_dir = \"/a\"",
        "fn f(a: i64);",
        "the inputs and the outputs share the folder `/a`",
        "\"/a\"",
    );
    container(
        "output_dir = \"/var/flyte/inputs\"",
        "fn f(a: i64);",
        "the inputs and the outputs share the folder `/var/flyte/inputs`",
        "\"/var/flyte/inputs\"",
    );
    container(
        "metadata_format = json",
        "fn f();",
        "metadata format `json` must be in upper case: `JSON`",
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
        "executor = a::B, image = A, custom = { \"rows\": [{ \"a\": 1, \"a\": 2 }] }",
        "fn f();",
        "`a` is given twice",
        "\"a\"",
    );
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
            "this is empty: a setting needs a name",
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
        "an executor gets everything from the task's template, so there is no session to borrow: take an input",
        "&A",
    );
}

/// A mistake in `databricks(…)`, in a task with an input, at the last occurrence of the token.
#[track_caller]
fn databricks(options: &str, message: &str, token: &str) {
    option(&format!("databricks({options})"), message, token);
}

#[test]
fn compute_of_databricks() {
    databricks(
        "run_name = \"a\"",
        "the run needs compute: give a cluster",
        "databricks",
    );
    databricks(
        "new_cluster(spark_version = \"17.3.x\"), existing_cluster_id = \"c\"",
        "a run has one cluster, and `new_cluster` is another one",
        "existing_cluster_id",
    );
    databricks(
        "new_cluster(spark_version = \"17.3.x\"), environment_key = \"c\"",
        "this is for serverless compute, and the run has a cluster",
        "environment_key",
    );
    databricks(
        "existing_cluster_id = \"c\", environments(environment(environment_key = \"default\"))",
        "this is for serverless compute, and the run has a cluster",
        "environments",
    );
    databricks(
        "environment_key = \"a\", libraries(jar = \"/a.jar\")",
        "libraries are for clusters: serverless compute installs the `dependencies`",
        "libraries",
    );
    databricks(
        "environment_key = \"a\", environments(environment(environment_key = \"b\"))",
        "the task runs in the environment `a`, and there is only `b`",
        "\"a\"",
    );
    databricks(
        "environments(environment(environment_key = \"b\"))",
        "the task runs in the environment `default`, and there is only `b`",
        "environments",
    );
}

#[test]
fn clusters_of_databricks() {
    let cluster = |inside: &str, message: &str, token: &str| {
        databricks(&format!("new_cluster({inside})"), message, token);
    };
    cluster(
        "num_workers = 2",
        "a new cluster has a `spark_version`",
        "new_cluster",
    );
    cluster(
        "policy_id = \"p\", num_worker = 2",
        "unknown option `num_worker`, expected one of",
        "num_worker",
    );
    cluster(
        "policy_id = \"p\", num_workers = 2, num_workers = 3",
        "option `num_workers` is given twice",
        "num_workers",
    );
    cluster(
        "policy_id = \"p\", num_workers = -1",
        "`num_workers` takes a whole number",
        "-1",
    );
    cluster(
        "policy_id = \"p\", num_workers = \"2\"",
        "`num_workers` takes a whole number",
        "\"2\"",
    );
    cluster(
        "policy_id = \"p\", num_workers = 2, autoscale(min_workers = 1, max_workers = 2)",
        "a cluster has a fixed number of workers",
        "autoscale",
    );
    cluster(
        "policy_id = \"p\", autoscale(min_workers = 3, max_workers = 2)",
        "there are at least 3 workers and at most 2: swap them",
        "autoscale",
    );
    cluster(
        "policy_id = \"p\", data_security_mode = SINGLE",
        "unknown `data_security_mode` `SINGLE`, expected one of",
        "SINGLE",
    );
    cluster(
        "policy_id = \"p\", runtime_engine = \"PHOTON\"",
        "`runtime_engine` is one of `NULL`, `PHOTON`, `STANDARD`, without quotes",
        "\"PHOTON\"",
    );
    cluster(
        "policy_id = \"p\", spark_conf(\"spark.executor.memory\" = \"4Gi\")",
        "`4Gi` has the suffix of a Kubernetes quantity",
        "\"4Gi\"",
    );
    cluster(
        "policy_id = \"p\", spark_conf(\"spark.a\" = \"1\", \"spark.a\" = \"2\")",
        "`spark.a` is given twice",
        "\"spark.a\"",
    );
    cluster(
        "policy_id = \"p\", spark_env_vars(\"A B\" = \"1\")",
        "`A B` is not the name of an environment variable",
        "\"A B\"",
    );
    cluster(
        "policy_id = \"p\", custom_tags(TEAM = \"data\")",
        "a key is text in quotes here",
        "TEAM",
    );
    cluster(
        "policy_id = \"p\", azure_attributes(spot_bid_max_price = \"1\")",
        "`spot_bid_max_price` takes a number",
        "\"1\"",
    );
    databricks(
        "new_cluster",
        "`new_cluster` is written `new_cluster(…)`, with",
        "new_cluster",
    );
    databricks(
        "new_cluster = \"c\"",
        "`new_cluster` is written `new_cluster(…)`, with",
        "\"c\"",
    );
}

#[test]
fn json_of_databricks() {
    let json = |members: &str, message: &str, token: &str| {
        let conf = format!("databricks_conf = {{ \"existing_cluster_id\": \"c\", {members} }}");
        databricks(&conf, message, token);
    };
    json(
        "\"run_nme\": \"a\"",
        "unknown key `run_nme`, expected one of",
        "\"run_nme\"",
    );
    json("\"run_name\": 3", "`run_name` takes text", "3");
    json(
        "\"run_name\": \"\"",
        "this is empty: leave `run_name` out",
        "\"\"",
    );
    json(
        "\"timeout_seconds\": 1.5",
        "`timeout_seconds` takes a whole number",
        "1.5",
    );
    json(
        "\"retry_on_timeout\": \"yes\"",
        "`retry_on_timeout` takes `true` or `false`",
        "\"yes\"",
    );
    json(
        "\"tags\": { \"a\": 1 }",
        "a value of `tags` is text: put it in quotes",
        "1",
    );
    json(
        "\"libraries\": [{ \"jar\": \"a\", \"whl\": \"b\" }]",
        "one of `libraries` has one of",
        "\"whl\"",
    );
    json(
        "\"queue\": true",
        "`queue` takes an object, with `enabled`",
        "\"queue\"",
    );
    json(
        "\"queue\": { \"on\": true }",
        "unknown key `on`, expected one of `enabled`",
        "\"on\"",
    );
    json(
        "\"tasks\": []",
        "the connector writes the one task of a run",
        "\"tasks\"",
    );
    json(
        "\"spark_jar_task\": {}",
        "a run is this function or `notebook(…)`",
        "\"spark_jar_task\"",
    );
    json(
        "\"idempotency_token\": \"a\"",
        "all executions would have this token",
        "\"idempotency_token\"",
    );
    databricks(
        "existing_cluster_id = \"c\", run_name = \"a\", databricks_conf = { \"run_name\": \"b\" }",
        "`run_name` is given twice",
        "\"run_name\"",
    );
    json(
        "\"run_name\": \"a\", \"run_name\": \"b\"",
        "`run_name` is given twice",
        "\"run_name\"",
    );
    json(
        "\"tags\": { \"team\": \"a\", \"team\": \"b\" }",
        "`team` is given twice",
        "\"team\"",
    );
    json(
        "\"queue\": { \"enabled\": true, \"enabled\": false }",
        "`enabled` is given twice",
        "\"enabled\"",
    );
    databricks(
        "existing_cluster_id = \"c\", tags(\"team\" = \"a\", \"team\" = \"b\")",
        "`team` is given twice",
        "\"team\"",
    );
    databricks(
        "run_name = \"a\", databricks_conf = JOB",
        "the constant is the whole request to Databricks",
        "run_name",
    );
}

#[test]
fn programs_of_databricks() {
    let with = |options: &str, message: &str, token: &str| {
        databricks(
            &format!("existing_cluster_id = \"c\", {options}"),
            message,
            token,
        );
    };
    let git = "git_source(git_url = \"https://a.b/c\", git_provider = gitHub, git_tag = \"v1\")";
    with(
        git,
        "a file of this repository starts the function",
        "git_source",
    );
    with(
        &format!("{git}, python_file = \"/a.py\""),
        "`/a.py` is taken from `git_source`",
        "\"/a.py\"",
    );
    with(
        "python_file = \"a.py\"",
        "`a.py` is not an absolute path",
        "\"a.py\"",
    );
    with(
        "python_file = \"/a\"",
        "`/a` does not end in `.py`",
        "\"/a\"",
    );
    with(
        "python_file = \"a.py\", git_source(git_url = \"git@a\", git_provider = gitHub, git_tag = \"v1\")",
        "`git@a` is not an address that Databricks fetches from",
        "\"git@a\"",
    );
    with(
        "python_file = \"a.py\", git_source(git_url = \"https://a.b/c\", git_provider = gitHub)",
        "a source needs a revision",
        "git_source",
    );
    with(
        "python_file = \"a.py\", git_source(git_url = \"https://a.b/c\", git_provider = gitHub, git_tag = \"v1\", git_branch = \"b\")",
        "a source has one revision",
        "git_branch",
    );
    with(
        "python_file = \"a.py\", git_source(git_url = \"https://a.b/c\", git_tag = \"v1\")",
        "a source needs `git_provider`",
        "git_source",
    );
    with(
        "executable = \"app\"",
        "`app` is not the absolute path of a file",
        "\"app\"",
    );
    with(
        "instance = \"https://a.b\"",
        "`https://a.b` is more than the host name",
        "\"https://a.b\"",
    );
}

#[test]
fn notebooks_of_databricks() {
    let notebook = |options: &str, message: &str, token: &str| {
        let task = format!("#[task(databricks(existing_cluster_id = \"c\", {options}))] fn f();");
        one(&task, message, token);
    };
    notebook("notebook()", "a notebook needs a path", "notebook");
    notebook(
        "notebook(path = \"report\")",
        "`report` is not an absolute path",
        "\"report\"",
    );
    notebook(
        "notebook(path = \"/report\"), git_source(git_url = \"https://a.b/c\", git_provider = gitHub, git_tag = \"v1\")",
        "`/report` is taken from `git_source`",
        "\"/report\"",
    );
    notebook(
        "notebook(path = \"/report\"), python_file = \"/a.py\"",
        "a run is a notebook or a file in Python",
        "python_file",
    );
    notebook(
        "notebook(path = \"/report\"), executable = \"/a\"",
        "a notebook starts no executable",
        "\"/a\"",
    );
    notebook(
        "notebook(path = \"/report\", parameters(\"a\" = \"1\", \"a\" = \"2\"))",
        "`a` is given twice",
        "\"a\"",
    );
    let task = |function: &str, message: &str, token: &str| {
        let attribute = "#[task(databricks(existing_cluster_id = \"c\", notebook(path = \"/n\")))]";
        one(&format!("{attribute} {function}"), message, token);
    };
    task("fn f() {}", "the notebook is the body of this task", "{}");
    task(
        "fn f() -> i64;",
        "a notebook returns no outputs to Flyte",
        "i64",
    );
    task(
        "fn f(a: i64);",
        "a notebook does not get the input `a`",
        "a",
    );
    task(
        "fn f(spark: &SparkSession);",
        "a notebook has a session of its own",
        "&SparkSession",
    );
}

#[test]
fn credentials_of_databricks() {
    let credentials = |options: &str, message: &str, token: &str| {
        databricks(
            &format!("existing_cluster_id = \"c\", credentials({options})"),
            message,
            token,
        );
    };
    credentials(
        "auth_type = token",
        "unknown `auth_type` `token`, expected one of `pat`",
        "token",
    );
    credentials(
        "auth_type = pat, oauth_secret = \"a\"",
        "`oauth_secret` is for `auth_type` `oauth_m2m`, and not for `pat`",
        "\"a\"",
    );
    credentials(
        "token_secret = \"dapi0123456789abcdef0123456789abcdef\"",
        "this is a token of Databricks, and everybody can read a template",
        "\"dapi0123456789abcdef0123456789abcdef\"",
    );
    credentials(
        "token_secret = \"A\"",
        "this is not the name of a Kubernetes secret",
        "\"A\"",
    );
    databricks(
        "legacy, existing_cluster_id = \"c\", service_credential_provider = \"a\"",
        "flytekit's deprecated `Databricks` has no `service_credential_provider`",
        "\"a\"",
    );
    databricks(
        "existing_cluster_id = \"c\", databricks_token_secret = \"a\"",
        "unknown option `databricks_token_secret`",
        "databricks_token_secret",
    );
}

#[test]
fn secrets_in_clear_text_for_databricks() {
    let token = "\"dapi0123456789abcdef0123456789abcdef\"";
    for options in [
        format!("existing_cluster_id = \"c\", run_name = {token}"),
        format!("existing_cluster_id = \"c\", tags(\"a\" = {token})"),
        format!("existing_cluster_id = \"c\", conf(\"spark.a\" = {token})"),
        format!("existing_cluster_id = \"c\", libraries(pypi(package = {token}))"),
        format!("new_cluster(policy_id = \"p\", spark_env_vars(\"A\" = {token}))"),
        format!("databricks_conf = {{ \"existing_cluster_id\": {token} }}"),
    ] {
        databricks(&options, "this contains a token of Databricks", token);
    }
    databricks(
        "new_cluster(policy_id = \"p\", spark_env_vars(\"API_TOKEN\" = \"x\"))",
        "`API_TOKEN` looks like a secret in clear text",
        "\"x\"",
    );
    databricks(
        "new_cluster(policy_id = \"p\", docker_image(url = \"a\", basic_auth(username = \"u\", password = \"x\")))",
        "`password` looks like a secret in clear text",
        "\"x\"",
    );
}
