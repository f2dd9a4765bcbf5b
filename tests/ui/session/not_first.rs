use flytekit::task;

struct SparkSession;

#[task]
fn plain(a: i64, text: &str, values: &[f64], map: &std::collections::HashMap<String, i64>) -> i64 {
    let _ = (text, values, map);
    a
}

#[task(spark)]
fn behind_an_input(a: i64, spark: &SparkSession) -> i64 {
    let _ = spark;
    a
}

fn main() {}
