//! A workflow can only call entities.

use flytekit::prelude::*;

fn helper(a: i64) -> i64 {
    a
}

struct Stats(i64);

#[workflow]
fn report(n: i64) -> Result<()> {
    helper(n);
    nowhere(n)?;
    Stats(n);
    Ok(())
}

fn main() {}
