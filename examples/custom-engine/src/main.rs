//! An engine of one's own: everything that `#[task(spark(…))]` can do, without a change in flytekit.
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
fn squares(workers: &Workers, upto: u64) -> u64 {
    workers
        .map((0..upto).collect(), |n| n * n)
        .into_iter()
        .sum()
}

fn main() -> ExitCode {
    flytekit::main()
}
