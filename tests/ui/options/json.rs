use flytekit::task;

#[task(spark(conf = { "spark.executor.memory": "4g" }))]
fn pairs() {}

#[task(retries = { "count": 3 })]
fn number() {}

fn main() {}
