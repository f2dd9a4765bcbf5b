//! One snapshot per feature; `cargo insta review` shows the changes.

use insta::assert_snapshot;

use super::{
    derived, derived_columns, derived_data, dynamic_expansion, expansion, fields,
    launch_plan_expansion, worker_fn_expansion, workflow_expansion,
};

#[test]
fn plain() {
    assert_snapshot!(expansion(
        "#[task] fn add(a: i64, b: i64) -> f64 { (a + b) as f64 }"
    ));
}

#[test]
fn documented() {
    assert_snapshot!(expansion(
        "/// Adds two numbers.\n#[task] pub(crate) fn add(/** the one */ a: i64, /** the other */ b: i64) -> i64 { a + b }"
    ));
}

#[test]
fn default_of_a_parameter() {
    assert_snapshot!(expansion(
        "#[task] fn greet(#[default(\"you\".to_owned())] name: String) {}"
    ));
}

#[test]
fn asynchronous() {
    assert_snapshot!(expansion(
        "#[task] async fn fetch() -> Result<String, Error> { todo() }"
    ));
}

#[test]
fn dynamic() {
    assert_snapshot!(dynamic_expansion(
        "#[dynamic(env(\"A\" = \"1\"))] fn squares(graph: &mut Graph, n: i64) -> Result<Promise<i64>> { todo() }"
    ));
}

#[test]
fn raw_identifiers() {
    assert_snapshot!(expansion("#[task] fn r#fn(r#type: i64) {}"));
}

#[test]
fn conditional() {
    assert_snapshot!(expansion("#[task] #[cfg(unix)] fn f() {}"));
}

#[test]
fn literal_options() {
    assert_snapshot!(fields(
        r#"
            name = "etl.load", retries = 3, timeout = "1h30m", interruptible, deprecated = "use add",
            cache(version = "1.0", serialize),
            env("A" = "1"), labels("team" = "data"), annotations("note" = "two words"),
            container_image = "app:1", pod_template_name = "gpu",
        "#
    ));
}

#[test]
fn constant_options() {
    assert_snapshot!(fields("
            name = NAME, retries = RETRIES, timeout = TIMEOUT, interruptible = SPOT, deprecated = WHY,
            cache = CACHE, requests = SMALL, limits(mem = MEM), env = ENV, labels(TEAM = \"data\"),
            secrets = SECRETS, container_image = IMAGE, pod_template = POD, accelerator = GPU,
            shared_memory = SIZE,
        "));
}

#[test]
fn requests_and_limits() {
    assert_snapshot!(fields(
        "requests(cpu = 1, mem = \"2Gi\"), limits(cpu = \"2\", gpu = 1)"
    ));
}

#[test]
fn resources() {
    assert_snapshot!(fields("resources(cpu = (\"1\", \"2\"), mem = \"1Gi\")"));
}

#[test]
fn deck() {
    assert_snapshot!(fields(
        "enable_deck = false, deck_fields(timeline, source_code)"
    ));
}

#[test]
fn accelerator_and_shared_memory() {
    assert_snapshot!(fields(
        "accelerator(device = A100, partition = unpartitioned), shared_memory"
    ));
}

#[test]
fn secrets() {
    assert_snapshot!(fields(
        r#"secrets(
            secret(group = "db", key = "password", version = "2", mount = env_var, env_var = "DB_PASSWORD"),
            SHARED,
        )"#
    ));
}

#[test]
fn pod_template() {
    assert_snapshot!(fields(
        r#"pod_template(
            primary_container = "main", labels("a" = "b"),
            spec = { "priority": PRIORITY, "hostNetwork": true, "tolerations": [{ "key": null, "n": -1.5 }] },
        )"#
    ));
}

#[test]
fn spark() {
    assert_snapshot!(expansion(
        r#"#[task(spark(
            conf("spark.executor.instances" = "2", "spark.executor.memory" = MEM),
            hadoop_conf("fs.s3a.endpoint" = "s3"), executor_path = "/opt/app",
        ))] fn f(spark: &SparkSession, n: i64) -> Result<f64> { todo() }"#
    ));
}

#[test]
fn generic_spark() {
    assert_snapshot!(expansion(
        r#"#[task(generic_spark(
            main_class = "org.example.Main", application = "/opt/app.jar", application_type = Scala,
            args("--rows", r#type, "x"), conf("spark.executor.memory" = MEM),
        ))] fn count(r#type: i64);"#
    ));
}

#[test]
fn generic_spark_of_a_file() {
    assert_snapshot!(expansion(
        "#[task(generic_spark(application = FILE, application_type = Python), crate = my::flytekit)] pub fn count();"
    ));
}

#[test]
fn databricks() {
    assert_snapshot!(expansion(
        r#"#[task(databricks(
            new_cluster(spark_version = VERSION, num_workers = 2), tags("team" = TEAM),
            conf("spark.executor.memory" = "4g"), instance = "my.cloud.databricks.com",
            credentials(auth_type = oauth_m2m, oauth_secret = SECRET),
            executable = "/Volumes/main/default/apps/my_app",
        ))] fn count(spark: &SparkSession) -> Result<i64> { Ok(spark.range(3)?.count()?) }"#
    ));
}

#[test]
fn databricks_notebook() {
    assert_snapshot!(expansion(
        r#"#[task(databricks(databricks_conf = JOB, notebook(path = "/n", parameters("a" = B))))] fn report();"#
    ));
}

#[test]
fn container() {
    assert_snapshot!(expansion(
        r#"#[task(container(
            image = "alpine:3.22", command("wc", "--files={{.inputs.r#type}}", r#type, MODE), args = [file],
            input_dir = "/in", output_dir = OUT, metadata_format = YAML, local_logs = false,
            io_strategy(download = STREAM, upload = EAGER),
        ))] /// Counts. pub fn count(file: FlyteFile, r#type: String) -> Result<i64>;"#
            .replace("inputs.r#type", "inputs.type")
            .replace("/// Counts.", "/** Counts. */")
            .as_str()
    ));
}

#[test]
fn container_of_nothing() {
    assert_snapshot!(expansion(
        r#"#[task(container(image = "alpine:3.22"))] fn nothing();"#
    ));
}

#[test]
fn dask() {
    assert_snapshot!(expansion(
        r#"#[task(dask(
            scheduler(image = "dask:1", requests(cpu = 1, mem = MEM)),
            workers(count = COUNT, requests = SMALL, limits(cpu = "2", gpu = 1)),
        ))] fn f(dask: &DaskClient, n: i64) -> Result<f64> { todo() }"#
    ));
}

#[test]
fn shim() {
    assert_snapshot!(expansion(
        r#"#[task(shim(
            executor = tools::Repeat, image = "tools:1", task_type = "tools",
            custom = { "times": 3, "text": TEXT }, config("key" = "value"),
        ))] fn repeat(r#type: String) -> Result<String>;"#
    ));
}

#[test]
fn shim_of_a_name() {
    assert_snapshot!(expansion(
        "#[task(shim(executor = \"tools.Repeat\", image = IMAGE), crate = my::flytekit)] pub fn repeat();"
    ));
}

#[test]
fn worker_fn() {
    assert_snapshot!(worker_fn_expansion(
        "/// Counts.\n#[worker_fn] #[inline] #[cfg(unix)] pub(crate) fn count_hits(mut n: u64, (a, _): (f64, f64)) -> u64 { n }"
    ));
}

#[test]
fn fallible_worker_fn() {
    assert_snapshot!(worker_fn_expansion(
        "#[worker_fn(name = \"app.type\", crate = my::flytekit)] fn r#type() -> anyhow::Result<String> { todo() }"
    ));
}

#[test]
fn open_engine() {
    assert_snapshot!(expansion(
        "#[task(engine = my::Ray, config = RayConfig::new(4), crate = my::flytekit)] async fn f(ray: &RayClient) {}"
    ));
}

#[test]
fn named_outputs() {
    assert_snapshot!(derived(
        "struct Stats { /// the mean\n mean: f64, r#type: Vec<String> }"
    ));
}

#[test]
fn columns() {
    assert_snapshot!(derived_columns(
        "struct Sale { id: i64, #[column(\"customer name\")] customer: Option<String>, r#type: my::Kind }"
    ));
}

#[test]
fn data_struct() {
    assert_snapshot!(derived_data(
        r#"#[serde(rename_all = "camelCase")] struct Sale {
            item_id: i64, #[serde(default)] amount: f64, #[serde(alias = "class")] r#type: Option<my::Kind>,
            #[serde(default = "anyone")] customer: String, #[serde(skip)] cache: Cache,
        }"#
    ));
}

#[test]
fn data_struct_of_given_fields_only() {
    assert_snapshot!(derived_data(
        "#[serde(deny_unknown_fields, default)] #[flyte(crate = my::flytekit)] struct Settings { retries: u32 }"
    ));
}

#[test]
fn data_without_fields() {
    assert_snapshot!(derived_data("struct Nothing {}"));
}

#[test]
fn data_wrapper() {
    assert_snapshot!(derived_data("struct Celsius(f64);"));
}

#[test]
fn data_choice() {
    assert_snapshot!(derived_data(
        r#"#[serde(rename_all = "lowercase")] enum Color { #[default] Red, #[serde(rename = "grün", alias = "green")] Green }"#
    ));
}

#[test]
fn data_union() {
    assert_snapshot!(derived_data(
        "enum Shape { Circle { radius: f64 }, Sides(Vec<f64>), Nothing }"
    ));
}

#[test]
fn data_union_with_a_tag() {
    assert_snapshot!(derived_data(
        r#"#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
        enum Shape { #[serde(alias = "disc")] FullCircle { radius: f64 }, Nothing }"#
    ));
}

#[test]
fn data_with_mistakes() {
    assert_snapshot!(derived_data("struct Pair<T>(i64, T);"));
}

#[test]
fn workflow() {
    assert_snapshot!(workflow_expansion(
        "#[workflow] fn fourfold(n: i64) -> Result<i64> { let twice = double(n)?; double(twice) }"
    ));
}

#[test]
fn workflow_with_a_condition() {
    assert_snapshot!(workflow_expansion(
        r#"/// Chooses.
        #[workflow(on_failure = clean)] fn chosen(list: Vec<i64>, #[default(3)] n: i64) -> Result<i64> {
            #[node(retries = 3)] let a = load(list[0], "x", LIMIT)?;
            Ok(if a.count > n && true == a.flag { f(a.count)? } else { return Err(Error::user("no")) })
        }"#
    ));
}

#[test]
fn launch_plan() {
    assert_snapshot!(launch_plan_expansion(
        r#"/// Each night.
        #[launch_plan(
            workflow = report,
            fixed(cut = 0.9),
            schedule(cron = "0 2 * * *", kickoff_time = day),
            notifications(email(on(failed), to("a@example.com"))),
            labels("team" = "etl"),
            max_parallelism = 4
        )]
        fn nightly(#[default(3)] n: i64, day: Date) -> Result<f64>;"#
    ));
}

#[test]
fn reference() {
    assert_snapshot!(expansion(
        r#"#[task(reference(name = "other.add", version = "v1"))] fn add(a: i64) -> Result<i64>;"#
    ));
}
