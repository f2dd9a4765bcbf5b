use flytekit::task;

#[task(spark = "local")]
fn spark() {}

#[task(dask = 4)]
fn dask() {}

#[task(requests = "1Gi", limits = 2)]
fn resources() {}

#[task(resources = "1Gi")]
fn both() {}

#[task(cache = "1.0")]
fn cache() {}

#[task(pod_template = "gpu")]
fn pod_template() {}

#[task(env = "A=1", labels = 1, annotations)]
fn pairs() {}

#[task(secrets = "db/password")]
fn secrets() {}

#[task(cache(version = "1", ignore_inputs = "a"))]
fn texts(a: i64) {
    let _ = a;
}

fn main() {}
