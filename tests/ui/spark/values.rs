use flytekit::task;

#[task(spark(conf(
    "spark.executor.memory" = "4Gi",
    "spark.driver.memory" = "1.5g",
    "spark.executor.memoryOverhead" = "some",
    "spark.driver.maxResultSize" = "4x",
)))]
fn memory() {}

#[task(spark(conf("spark.executor.instances" = "two", "spark.executor.cores" = "1.5")))]
fn counts() {}

#[task(spark(conf("spark.executor.instances" = 2, "spark.ui.enabled" = true)))]
fn no_text() {}

#[task(spark(executor_path = "", application = ""))]
fn paths() {}

fn main() {}
