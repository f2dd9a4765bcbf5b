//! Bindings of inputs and outputs; the cases are those of `fixtures/compiler`.

#![allow(unused_variables)]

use flytekit::prelude::*;

#[task]
fn one() -> i64 {
    1
}

#[task]
fn double(a: i64) -> i64 {
    2 * a
}

#[task]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

#[task]
fn maybe(a: Option<i64>) {}

#[derive(FlyteData)]
enum Few {
    Whole(i64),
    List(Vec<i64>),
}

#[task]
fn few(a: Few) {}

#[derive(Outputs)]
struct Stats {
    count: i64,
}

#[task]
fn stats() -> Stats {
    Stats { count: 1 }
}

// case: missing input
#[workflow]
fn missing_input() -> Result<()> {
    double();
    Ok(())
}

// case: missing optional input
#[workflow]
fn missing_optional_input() -> Result<()> {
    maybe();
    Ok(())
}

// case: union w/ list variant unbound (no NONE)
#[workflow]
fn missing_union() -> Result<()> {
    few();
    Ok(())
}

// case: extra input
#[workflow]
fn extra_input() -> Result<()> {
    one(1);
    Ok(())
}

// case: unknown var in promise
#[workflow]
fn unknown_output() -> Result<()> {
    let stats = stats();
    double(stats.zz);
    Ok(())
}

// case: upstream unknown id
#[workflow]
fn unknown_upstream() -> Result<()> {
    #[node(after(nope))]
    one();
    Ok(())
}

// case: output not bound
#[workflow]
fn no_output() -> Result<i64> {
    one();
}

// case: output mismatch
#[workflow]
fn output_of_another_type() -> Result<f64> {
    let a = one();
    Ok(a)
}

// case: extra output binding
#[workflow]
fn extra_output() -> Result<()> {
    let a = one();
    Ok(a)
}

// case: empty node id
#[workflow]
fn empty_id() -> Result<()> {
    #[node(id = "")]
    one();
    Ok(())
}

// case: node called start-node
#[workflow]
fn start_node() -> Result<()> {
    #[node(id = "start-node")]
    one();
    Ok(())
}

// case: odd node id
#[workflow]
fn odd_id() -> Result<()> {
    #[node(id = "A b/é")]
    one();
    Ok(())
}

// case: dup ids
#[workflow]
fn doubled_id() -> Result<()> {
    #[node(id = "x")]
    one();
    #[node(id = "x")]
    one();
    Ok(())
}

// case: unicode var
#[derive(Outputs)]
struct Accented {
    é: i64,
}

#[task]
fn accented(ö: i64) -> i64 {
    ö
}

#[workflow]
fn takes_accented(ü: i64) -> Result<i64> {
    let accented = accented(ü);
    Ok(accented)
}

fn main() {}
