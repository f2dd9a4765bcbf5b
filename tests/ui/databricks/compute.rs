use flytekit::task;

#[task(databricks(run_name = "nowhere"))]
fn nowhere() {}

#[task(databricks(
    new_cluster(spark_version = "17.3.x-scala2.13", num_workers = 2),
    environments(environment(environment_key = "default", spec(client = "2"))),
))]
fn both() {}

#[task(databricks(
    new_cluster(
        node_type_id = "m5.xlarge",
        num_workers = 2,
        autoscale(min_workers = 3, max_workers = 1),
        data_security_mode = SINGLE_USR,
        spark_conf("spark.executor.memory" = "4Gi"),
        worker = 3,
    ),
    existing_cluster_id = "c",
))]
fn cluster() {}

#[task(databricks(environment_key = "a", libraries(jar = "/a.jar", pypy(package = "b"))))]
fn serverless() {}

fn main() {}
