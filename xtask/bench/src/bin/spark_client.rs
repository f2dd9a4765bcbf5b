//! Queries through this runtime's session, and through PySpark's, on the same server.
//!
//! ```text
//! $ spark_client PYTHON SCRIPT ROUNDS ROWS
//! ours.first 0.041
//! theirs.first 0.122
//! …
//! ```
//!
//! The program starts the server, then itself and the script in turns, as clients of the server.

use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, ensure};
use flytekit::spark::{SparkSession, new_spark_session};
use flytekit_tests::SparkServer;

/// The server's own share is the same for both clients, and the server must not run short of memory.
const SETTINGS: [&str; 3] = [
    "spark.driver.memory=6g",
    "spark.driver.maxResultSize=0",
    "spark.ui.enabled=false",
];

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["measure", rows] => measure(rows.parse()?),
        [python, script, rounds, rows] => compare(python, script, rounds.parse()?, rows),
        _ => anyhow::bail!("usage: spark_client PYTHON SCRIPT ROUNDS ROWS"),
    }
}

fn compare(python: &str, script: &str, rounds: usize, rows: &str) -> Result<()> {
    let server = SparkServer::start(&SETTINGS);
    let mut ours = Command::new(std::env::current_exe()?);
    ours.args(["measure", rows]);
    let mut theirs = Command::new(python);
    theirs.args([script, rows]);
    let mut clients = [("ours", ours), ("theirs", theirs)];
    for round in 0..=rounds {
        for (side, client) in &mut clients {
            let output = client.env("SPARK_REMOTE", server.remote()).output()?;
            let complaint = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.success(), "{side} failed:\n{complaint}");
            // The first round warms the server.
            for line in String::from_utf8(output.stdout)?
                .lines()
                .filter(|_| round > 0)
            {
                println!("{side}.{line}");
            }
        }
    }
    Ok(())
}

/// Prints the same series as `spark_client.py`, under the same names.
fn measure(rows: i64) -> Result<()> {
    let started = Instant::now();
    let spark = new_spark_session("bench", &[]).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    ensure!(spark.sql("select 1")?.collect()?.len() == 1);
    println!("first {}", started.elapsed().as_secs_f64());

    // A small query on an open session: the cost of each further query.
    let started = Instant::now();
    ensure!(spark.sql("select 2")?.collect()?.len() == 1);
    println!("next {}", started.elapsed().as_secs_f64());

    let started = Instant::now();
    let batches = numbers(&spark, rows)?.collect_record_batches()?;
    let count = batches.iter().fold(0, |sum, batch| sum + batch.num_rows());
    println!("arrow {}", started.elapsed().as_secs_f64());
    ensure!(i64::try_from(black_box(count))? == rows);
    drop(batches);

    let started = Instant::now();
    let collected = numbers(&spark, rows)?.collect()?;
    println!("rows {}", started.elapsed().as_secs_f64());
    ensure!(i64::try_from(black_box(collected.len()))? == rows);
    Ok(())
}

fn numbers(spark: &SparkSession, rows: i64) -> Result<flytekit::spark::DataFrame> {
    Ok(spark.sql(&format!("select id, id * 0.5d as half from range({rows})"))?)
}
