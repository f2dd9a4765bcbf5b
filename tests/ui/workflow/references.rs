//! References to entities of other programs.

use flytekit::prelude::*;

#[task(reference(project = "p", name = ""), retries = 3)]
async fn wrong<T>(text: &str, #[default(3)] n: i64) -> i64 {
    n
}

#[workflow(reference(project = "p"))]
fn unnamed(n: i64) -> Result<i64>;

#[task(reference(name = "other.scale", version = "v1"))]
fn scale(a: i64) -> Result<f64>;

struct Opaque;

#[task(reference(name = "other.opaque", version = "v1"))]
fn opaque(a: i64) -> Result<Opaque>;

#[workflow]
fn referring(n: i64) -> Result<f64> {
    let scaled = scale(n)?;
    scale(scaled)
}

fn main() {}
