// All mistakes are reported at once, and the functions exist nevertheless.
use flytekit::task;

#[task(
    retires = 3,
    timeout = "5 minutes",
    requests(cpu = "1", mem = "2Gb"),
    secrets(secret(key = "password")),
    spark(conf("executorMemory" = "4g", "spark.executor.memory" = "4Gi")),
    spark,
)]
async fn sum<T>(first: &i64, second: &str) -> i64 {
    *first + second.len() as i64
}

#[task(retries = "3")]
fn double(number: i64) -> i64 {
    2 * number
}

fn main() {
    let sum = sum::<u8>(&1, "a");
    assert_eq!(double(2), 4);
    drop(sum);
}
