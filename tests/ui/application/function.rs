use flytekit::task;

struct SparkSession;

#[task(generic_spark(application_type = R, application = "/opt/app.R"))]
fn body() {}

#[task(generic_spark(application_type = R, application = "/opt/app.R"))]
fn output() -> i64;

#[task(generic_spark(application_type = R, application = "/opt/app.R"))]
async fn asynchronous();

#[task(generic_spark(application_type = R, application = "/opt/app.R"))]
fn session(spark: &SparkSession);

#[task(generic_spark(application_type = R, application = "/opt/app.R", args(a)))]
fn generic<T>(a: T);

#[task(spark, generic_spark(application_type = R, application = "/opt/app.R"))]
fn two_engines();

// Although the task is refused, its function exists.
fn main() -> flytekit::Result<()> {
    session(&SparkSession)?;
    Ok(())
}
