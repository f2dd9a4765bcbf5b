use flytekit::{Result, task};

struct SparkSession;

#[task(container(image = "a", command("true")))]
fn body() -> Result<i64> {
    Ok(1)
}

#[task(container(image = "a", command("true")))]
async fn asynchronous();

#[task(container(image = "a", command("true")))]
fn session(spark: &SparkSession);

#[task(dask, container(image = "a", command("true")))]
fn two_engines();

fn main() {}
