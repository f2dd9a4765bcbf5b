use flytekit::task;

#[task(spark(conf("executorMemory" = "4g", "spark.executor memory" = "4g", ".a" = "1")))]
fn malformed() {}

#[task(spark(hadoop_conf("impl" = "x")))]
fn of_hadoop() {}

#[task(spark(conf("spark.ui.enabled" = "true", "spark.ui.enabled" = "false")))]
fn twice() {}

fn main() {}
