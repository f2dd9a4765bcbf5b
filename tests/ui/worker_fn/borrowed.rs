use std::borrow::Cow;

use flytekit::prelude::*;

#[worker_fn]
fn parameters(text: &str, numbers: &[u64], more: &mut Vec<u64>) {
    more.extend(numbers);
    drop(text.to_owned());
}

#[worker_fn]
fn session(dask: &DaskClient, n: u64) -> u64 {
    let _ = dask;
    n
}

#[worker_fn]
fn within(words: Vec<&str>, text: Cow<'_, str>) -> usize {
    words.len() + text.len()
}

#[worker_fn]
fn opaque(numbers: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    numbers
}

#[worker_fn]
fn borrowed_output() -> &'static str {
    "text"
}

#[worker_fn]
fn borrowed_within_output() -> Option<&'static str> {
    None
}

#[worker_fn]
fn owned(text: Cow<'static, str>) -> usize {
    text.len()
}

fn main() {}
