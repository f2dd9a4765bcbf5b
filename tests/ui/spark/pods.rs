use flytekit::task;

#[task(spark(driver_pod(primary_container = "driver"), executor_pod(primary_container = "executor")))]
fn two_names() {}

#[task(
    spark(driver_pod(primary_container = "spark")),
    pod_template(spec = { "containers": [{ "name": "proxy", "image": "proxy:3" }] }),
)]
fn not_in_the_pod() {}

#[task(spark(driver_pod = "pod", executor_pod(labels("a b" = "c"), spec = 3)))]
fn malformed() {}

fn main() {}
