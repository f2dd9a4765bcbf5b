//! Maps, whose elements are containers in the backend.

use flytekit::RecoverableError;
use flytekit::prelude::*;

/// The numbers from 1 to `n`.
#[task]
fn numbers(n: i64) -> Vec<i64> {
    (1..=n).collect()
}

/// Half of an even number of something. The first attempt at 4 fails.
#[task(retries = 2)]
fn half(n: i64, of: String, among: Vec<i64>) -> Result<String> {
    if n == 4 && flytekit::context().attempt() == 0 {
        return Err(RecoverableError::new("once more").into());
    }
    if n % 2 == 1 {
        return Err(Error::user("an odd number"));
    }
    Ok(format!("{} {of} among {}", n / 2, among.len()))
}

/// The texts that exist.
#[task]
fn joined(texts: Vec<Option<String>>) -> String {
    let texts = texts.into_iter().map(|text| text.unwrap_or("-".to_owned()));
    texts.collect::<Vec<_>>().join(", ")
}

/// Twice a number.
#[task]
fn twice(n: i64) -> i64 {
    2 * n
}

/// Says a number.
#[task]
fn say(n: i64) {
    println!("{n}");
}

/// All elements succeed, one at its second attempt.
#[workflow]
fn all(n: i64, of: String) -> Result<Vec<String>> {
    let list = numbers(n);
    let even = map(twice, list)?;
    #[node(concurrency = 2)]
    let halves = map(|n| half(n, of, list), even)?;
    map(say, even)?;
    Ok(halves)
}

/// Half of the elements suffice.
#[workflow]
fn some(n: i64) -> Result<String> {
    #[node(min_success_ratio = 0.5)]
    let halves = map(|n| half(n, "it", vec![]), numbers(n))?;
    Ok(joined(halves))
}

/// Two must succeed.
#[workflow]
fn two_of(n: i64) -> Result<String> {
    #[node(min_successes = 2)]
    let halves = map(|n| half(n, "it", vec![]), numbers(n))?;
    Ok(joined(halves))
}

/// All elements must succeed, and some fail.
#[workflow]
fn broken(n: i64) -> Result<Vec<String>> {
    let list = numbers(n);
    map(|n| half(n, "it", list), list)
}
