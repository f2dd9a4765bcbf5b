//! Calls on Dask's workers through this runtime, and through Dask's own client, on the same cluster.
//!
//! ```text
//! $ dask_client compare PYTHON SCRIPT ROUNDS
//! ours.first 0.65
//! theirs.first 0.71
//! …
//! ```
//!
//! The program starts the cluster, then itself (as a task) and the script in turns, as its clients.

use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use arrow_array::{Int64Array, RecordBatch};
use flytekit::dask::ArrowBatch;
use flytekit::prelude::*;
use flytekit_tests::dask::{DaskCluster, Distributed};

/// Workers of the cluster, with one thread each.
const WORKERS: usize = 2;

/// The number of items for the trivial function, in chunks that the runtime sizes.
const ITEMS: u64 = 2_000_000;

/// The number of chunks of one item.
const CHUNKS: u64 = 2_000;

/// The number of batches there and back, each of so many numbers of eight bytes: one gigabyte each way.
const BATCHES: usize = 60;
const NUMBERS: i64 = 2 << 20;

#[worker_fn]
fn double(n: u64) -> u64 {
    2 * n
}

#[worker_fn]
fn echo(batch: ArrowBatch) -> ArrowBatch {
    batch
}

/// Prints the same series as `dask_client.py`, under the same names.
#[task(dask)]
fn measure(dask: &DaskClient) -> Result<()> {
    ensure_equal(dask.call(double, 21)?, 42)?;
    println!("first {}", seconds(process_start()));
    dask.wait_for_workers(WORKERS, Duration::from_secs(30))?;
    // The first call starts the workers' processes, and sends the code to both sides.
    dask.map(double, 0..1_000)?;

    let started = Instant::now();
    let doubled = dask.map(double, 0..ITEMS)?;
    println!("item {}", seconds(started) / as_number(ITEMS));
    ensure_equal(doubled.iter().sum::<u64>(), ITEMS * (ITEMS - 1))?;
    drop(doubled);

    let started = Instant::now();
    let chunks = dask.stream(double, 0..CHUNKS).chunk_size(1);
    ensure_equal(chunks.count() as u64, CHUNKS)?;
    println!("chunk {}", seconds(started) / as_number(CHUNKS));

    let started = Instant::now();
    let batches = (0..BATCHES).map(|_| ArrowBatch::from(numbers()));
    let mut rows = 0;
    for batch in dask.stream(echo, batches).chunk_size(1) {
        rows += batch?.num_rows();
    }
    println!("gigabyte {}", seconds(started));
    ensure_equal(rows as u64, BATCHES as u64 * NUMBERS.unsigned_abs())
}

fn numbers() -> RecordBatch {
    let column = Arc::new(Int64Array::from_iter_values(0..NUMBERS));
    RecordBatch::try_from_iter([("n", column as _)]).expect("a column")
}

fn ensure_equal(came: u64, expected: u64) -> Result<()> {
    if came == expected {
        return Ok(());
    }
    Err(Error::user(format!("expected {expected}, got {came}")))
}

fn seconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn as_number(count: u64) -> f64 {
    count as f64
}

/// The start of this process, as precisely as the process itself can know it.
fn process_start() -> Instant {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    *START.get_or_init(Instant::now)
}

fn main() -> ExitCode {
    process_start();
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [first, python, script, rounds] = words.as_slice() else {
        return flytekit::main();
    };
    if first != "compare" {
        return flytekit::main();
    }
    match compare(python, script, rounds) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:?}");
            ExitCode::FAILURE
        }
    }
}

fn compare(python: &str, script: &str, rounds: &str) -> anyhow::Result<()> {
    let cluster = DaskCluster::start(&Distributed::newest());
    let workers = cluster.workers(["first", "second"], 1);
    ensure!(workers.len() == WORKERS);
    let mut ours = Command::new(std::env::current_exe()?);
    ours.args(["run", "dask_client.measure", "--dask", &cluster.address]);
    let mut theirs = Command::new(python);
    theirs.args([script, &cluster.address]);
    let mut clients = [("ours", ours), ("theirs", theirs)];
    for round in 0..=rounds.parse()? {
        for (side, client) in &mut clients {
            let output = client.output()?;
            let complaint = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.success(), "{side} failed:\n{complaint}");
            // The first round warms the cluster.
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
