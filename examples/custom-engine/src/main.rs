//! An engine of your own: it can do everything that `#[task(spark(…))]` can do, without a change in flytekit.
//!
//! ```sh
//! cargo run -- run custom_engine.squares --upto 5
//! cargo run -- run custom_engine.squares --upto 5 --pool 1
//! ```

mod pool;

use std::process::ExitCode;

use flytekit::prelude::*;
use pool::{Pool, PoolConfig, Workers};

/// The sum of the squares below a number, computed by a pool of workers.
#[task(engine = Pool, config = PoolConfig::new(4).queue("small"))]
fn squares(workers: &Workers, upto: u64) -> Result<u64> {
    let squares = workers.map((0..upto).collect(), |n| n * n)?;
    Ok(squares.into_iter().sum())
}

/// The quotients of a number, by the same pool. A division by zero costs it a worker.
#[task(engine = Pool, config = PoolConfig::new(2))]
fn quotients(workers: &Workers, of: i64, by: Vec<i64>) -> Result<Vec<i64>> {
    Ok(workers.map(by, |by| of / by)?)
}

fn main() -> ExitCode {
    flytekit::main()
}
