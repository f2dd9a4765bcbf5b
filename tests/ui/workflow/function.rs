//! Functions that cannot be workflows.

use flytekit::prelude::*;

#[task]
fn load(a: i64) -> Result<i64> {
    Ok(a)
}

#[workflow(retries = 3)]
async unsafe fn all<T>(a: &str, (b, c): (i64, i64), #[default(load(3))] d: i64) -> impl Sized {
    load(d)
}

#[workflow]
fn no_body(a: i64) -> Result<i64>;

#[workflow]
#[task]
fn both(a: i64) -> Result<i64> {
    load(a)
}

#[workflow]
struct NoFunction;

fn main() {}
