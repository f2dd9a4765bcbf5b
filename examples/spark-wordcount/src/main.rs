//! Counts the words of a text in three Spark tasks, which pass data frames to each other.
//!
//! Run them one after the other; each prints the location of its data frame, which the next one takes:
//!
//! ```sh
//! cd examples/spark-wordcount
//! cargo run -- run spark_wordcount.read_lines --path data/alice.txt
//! cargo run -- run spark_wordcount.count_words --lines /tmp/flytekit-…/…
//! cargo run -- run spark_wordcount.most_frequent --counts /tmp/flytekit-…/… --n 5
//! ```
//!
//! `different_words` runs on Databricks: Flyte's connector submits it there. Here it runs on a local Spark, like the
//! others.
//!
//! In Flyte, a workflow connects them, also with tasks in Python. There, the data frames are
//! `Annotated[DataFrame, kwtypes(text=str)]` and `Annotated[DataFrame, kwtypes(word=str, count=int)]`.
//!
//! `data/alice.txt` is the first three chapters of Lewis Carroll's "Alice's Adventures in Wonderland"
//! of 1865, which is in the public domain, in the wording of Project Gutenberg's edition.

use std::collections::BTreeMap;
use std::process::ExitCode;

use flytekit::prelude::*;
use flytekit::spark::client::lit_string;
use flytekit::spark::client::row::Value;
use flytekit::spark::functions::{explode, length, lower, split};
use flytekit::spark::{Dataset, col, lit};

/// A line of a text.
#[derive(Columns)]
struct Line {
    text: String,
}

/// How often a word occurs.
#[derive(Columns)]
struct WordCount {
    word: String,
    count: i64,
}

/// Reads the lines of a text file that the Spark cluster can reach.
#[task(spark())]
fn read_lines(
    spark: &SparkSession,
    /// A path, or the URI of an object.
    path: String,
) -> Dataset<Line> {
    let lines = spark.read().text(&path);
    lines.with_column_renamed("value", "text").into()
}

/// Counts the words of at least some length, whatever their case.
#[task(
    spark(conf("spark.executor.instances" = "2", "spark.executor.memory" = "1g")),
    cache(version = "1.0")
)]
fn count_words(
    _spark: &SparkSession,
    lines: Dataset<Line>,
    /// Shorter words are left out.
    #[default(1)]
    min_length: i64,
) -> Dataset<WordCount> {
    let words = split(lower(col("text")), lit_string("[^a-z]+"));
    lines
        .select([explode(words).alias("word")])
        .filter(length(col("word")).ge(lit(min_length.max(1))))
        .group_by(["word"])
        .count()
        .to_df(vec!["word", "count"])
        .into()
}

/// The words that occur most often.
#[task(spark())]
fn most_frequent(
    spark: &SparkSession,
    counts: Dataset<WordCount>,
    /// How many words.
    #[default(10)]
    n: u32,
) -> Result<BTreeMap<String, i64>> {
    counts.create_or_replace_temp_view("counts")?;
    let query = format!("select word, `count` from counts order by `count` desc, word limit {n}");
    let rows = spark.sql(&query)?.collect()?;
    rows.iter()
        .map(|row| {
            let word = row.get_by_name("word").and_then(|word| word.as_str());
            let count = row.get_by_name("count").and_then(Value::as_i64);
            word.map(str::to_owned)
                .zip(count)
                .ok_or_else(|| Error::user(format!("not a word and its count: {row:?}")))
        })
        .collect()
}

/// How many different words a text has, counted on a cluster of Databricks.
#[task(databricks(
    new_cluster(
        spark_version = "17.3.x-scala2.13",
        node_type_id = "m5.xlarge",
        num_workers = 2,
        // The executable talks to the JVM of the driver.
        data_security_mode = SINGLE_USER,
    ),
    run_name = "different words",
    timeout_seconds = 3600,
))]
fn different_words(
    spark: &SparkSession,
    /// A path, or the URI of an object, that the cluster can reach.
    path: String,
) -> Result<i64> {
    let lines = read_lines(spark, path);
    Ok(count_words(spark, lines, 1).count()?)
}

fn main() -> ExitCode {
    flytekit::main()
}
