use flytekit::task;

struct Ray;

#[task(spark, dask)]
fn spark_and_dask() {}

#[task(engine = Ray, spark, dask)]
fn three() {}

fn main() {}
