//! Settings that a node cannot have.

use flytekit::prelude::*;

#[task]
fn load(a: i64) -> Result<i64> {
    Ok(a)
}

#[task]
fn clean(b: i64) -> Result<()> {
    Ok(())
}

#[workflow(failure_policy = never, tags("" = "x"))]
fn written(n: i64) -> Result<i64> {
    #[node(retires = 3)]
    let a = load(n)?;
    #[node(id = "My_Node", name = "", timeout = "1x", requests(mem = "2Gb"))]
    let b = load(n)?;
    #[node(id = "end-node")]
    let c = load(n)?;
    #[node(id = "n5")]
    let d = load(n)?;
    #[node(after(nobody, n))]
    load(d)?;
    #[node(retries = 3)]
    load(d)?;
    #[node(retries = 3)]
    sleep(std::time::Duration::from_secs(1));
    #[node(timeout = "1h")]
    if n > 3 { load(n)? } else { load(a)? };
    #[inline]
    load(n)?;
    #[node(name = "a")]
    #[node(name = "b")]
    load(n)?;
    #[node(name = "list")]
    let list = vec![n];
    #[node(id = ID)]
    load(n)
}

#[workflow(on_failure = clean)]
fn handled(n: i64) -> Result<i64> {
    load(n)
}

#[workflow(on_failure = clean)]
fn handled_otherwise(b: String) -> Result<i64> {
    load(3)
}

#[workflow(on_failure = nobody)]
fn unhandled(n: i64) -> Result<i64> {
    load(n)
}

fn main() {}
