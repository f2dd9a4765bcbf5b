//! A workflow returns a `Result` of types that Flyte can pass on.

use flytekit::prelude::*;

#[task]
fn load(a: i64) -> Result<i64> {
    Ok(a)
}

#[workflow]
fn number(n: i64) -> i64 {
    let a = load(n)?;
    Ok(load(a)?)
}

#[workflow]
fn nothing(n: i64) {
    load(n)?;
    Ok(())
}

struct Opaque;

#[workflow]
fn opaque(n: i64) -> Result<Opaque> {
    opaque_of(n)
}

#[task]
fn opaque_of(n: i64) -> Result<Opaque> {
    Ok(Opaque)
}

#[workflow]
fn text(n: i64) -> std::result::Result<i64, String> {
    let a = load(n);
    Ok(3)
}

fn main() {}
