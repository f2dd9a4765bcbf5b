//! A task on Dask.

use std::process::ExitCode;

use flytekit::prelude::*;

/// How many numbers a worker tests in one call.
const BATCH: u64 = 10_000;

/// Counts the prime numbers from `start` on, below `end`.
#[worker_fn]
fn count_primes(start: u64, end: u64) -> u64 {
    let is_prime = |number: &u64| {
        let mut divisors = (2..).take_while(|divisor| divisor * divisor <= *number);
        *number > 1 && !divisors.any(|divisor| number.is_multiple_of(divisor))
    };
    (start..end).filter(is_prime).count() as u64
}

/// Counts the prime numbers below a bound, on the workers of a Dask cluster.
#[task(
    dask(workers(count = 2, limits(cpu = "1", mem = "512Mi"))),
    cache(version = "1.0")
)]
fn primes(
    dask: &DaskClient,
    /// The bound, which itself is not counted.
    #[default(100_000)]
    bound: u64,
) -> Result<u64> {
    let batches = (0..bound.div_ceil(BATCH)).map(|batch| {
        let start = batch * BATCH;
        (start, bound.min(start + BATCH))
    });
    let mut count = 0;
    for found in dask.stream(count_primes, batches) {
        count += found?;
    }
    Ok(count)
}

fn main() -> ExitCode {
    flytekit::main()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_workers_are_ordinary_functions() {
        assert_eq!(count_primes(0, 20), 8);
        assert_eq!(count_primes(20, 20), 0);
    }
}
