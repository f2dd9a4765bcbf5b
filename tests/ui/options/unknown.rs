use flytekit::task;

#[task(retry = 3)]
fn near() {}

#[task(image = "app:1", Retries = 3)]
fn far_and_in_capitals() {}

#[task(
    cache(ver = "1.0", serialise),
    requests(memory = "1Gi"),
    secrets(secret(grp = "db", key = "password", group = "db")),
    pod_template(primary = "main"),
    accelerator(device = A100, part = "2g.10gb"),
)]
fn inside_of_options() {}

#[task(resources(disk = ("1Gi", "2Gi")))]
fn of_resources() {}

#[task(spark(config("spark.ui.enabled" = "false")))]
fn of_spark() {}

#[task(dask(wokers(count = 4), workers(number = 4)))]
fn of_dask() {}

#[task(flytekit::retries = 3, r#name = "a")]
fn as_a_path() {}

fn main() {}
