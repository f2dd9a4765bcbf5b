use flytekit::task;

#[task(dask(number_of_workers = 3))]
fn workers() {}

#[task(spark(spark_conf("spark.executor.memory" = "4g")))]
fn configuration() {}

#[task(task_config = 3)]
fn engine() {}

#[task(secrets(secret(group = "g", key = "k", group_version = "1")))]
fn secret() {}

#[task(gpu = "1", executor_pod(image = "app:1"), cache_version = "1.0", environment("A" = "1"))]
fn of_other_lists() {}

fn main() {}
