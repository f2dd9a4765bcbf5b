//! Estimates pi on the workers of a Dask cluster, from the share of random points in a square that are inside
//! its circle.
//!
//! ```sh
//! cargo run --release -p dask-pi -- run dask_pi.estimate_pi                  # on a cluster of this machine
//! cargo run --release -p dask-pi -- run dask_pi.estimate_pi --dask threads   # without Python
//! cargo run --release -p dask-pi -- run dask_pi.estimate_pi --dask tcp://localhost:8786 --samples 10000000000
//! ```
//!
//! The same seed gives the same estimate, wherever it runs.

use std::process::ExitCode;

use flytekit::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// The number of points of one item of the `map`. Dask chooses the chunks of items, which do not change the
/// result.
const BATCH: u64 = 1_000_000;

/// An estimate of pi.
#[derive(Outputs)]
struct Estimate {
    /// The estimate.
    pi: f64,
    /// How far off it is, typically.
    standard_error: f64,
    /// Points that it is made of.
    samples: u64,
}

/// Counts points of the unit square that lie in the circle; each stream has random numbers of its own.
#[worker_fn]
fn count_hits(seed: u64, stream: u64, samples: u64) -> u64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(stream);
    let mut hits = 0;
    for _ in 0..samples {
        let (x, y): (f64, f64) = random.random();
        hits += u64::from(x * x + y * y < 1.0);
    }
    hits
}

/// Estimates pi on Dask workers.
#[task(
    dask(workers(count = 4, limits(cpu = "2", mem = "1Gi"))),
    cache(version = "1.0")
)]
fn estimate_pi(
    dask: &DaskClient,
    /// How many points.
    #[default(100_000_000)]
    samples: u64,
    /// Another seed gives another estimate.
    #[default(1)]
    seed: u64,
) -> Result<Estimate> {
    if samples == 0 {
        return Err(Error::user("an estimate needs at least one sample"));
    }
    let batches = (0..samples.div_ceil(BATCH)).map(|batch| {
        let left = samples - batch * BATCH;
        (seed, batch, left.min(BATCH))
    });
    let mut hits = 0;
    for count in dask.stream(count_hits, batches) {
        hits += count?;
    }
    Ok(estimate(hits, samples))
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn estimate(hits: u64, samples: u64) -> Estimate {
    let share = hits as f64 / samples as f64;
    Estimate {
        pi: 4.0 * share,
        standard_error: 4.0 * (share * (1.0 - share) / samples as f64).sqrt(),
        samples,
    }
}

fn main() -> ExitCode {
    flytekit::main()
}

#[cfg(test)]
mod tests {
    use super::{count_hits, estimate};

    #[test]
    fn worker_functions_are_ordinary_functions() {
        let samples = 100_000;
        let found = estimate(count_hits(7, 0, samples), samples);
        assert!((found.standard_error - 0.005).abs() < 0.001);
        assert!((found.pi - std::f64::consts::PI).abs() < 5.0 * found.standard_error);
    }

    #[test]
    fn streams_differ() {
        assert_ne!(count_hits(7, 0, 10_000), count_hits(7, 1, 10_000));
        assert_eq!(count_hits(7, 1, 10_000), count_hits(7, 1, 10_000));
    }
}
