//! Values that are known at compile time, and values that are not.

use std::collections::HashMap;
use std::time::Duration;

use flytekit::prelude::*;

#[task]
fn load(a: i64) -> Result<i64> {
    Ok(a)
}

#[task]
fn count(map: HashMap<String, i64>) -> Result<i64> {
    Ok(map["a"])
}

#[task]
fn name() -> String {
    "a".to_owned()
}

#[workflow]
fn unknown(n: i64, list: Vec<i64>) -> Result<i64> {
    let cut = 3;
    let text = name();
    load(n * cut)?;
    load(const { 2 * cut })?;
    load(list[n])?;
    count(HashMap::from([(text, 1)]))?;
    approve(n, text)?;
    wait_for_input::<i64>(n)?;
    sleep(Duration::from_secs(n));
    load(Duration::from_secs(n))?;
    if cut < 4 { load(1)? } else { load(2)? };
    if const { true } { load(1)? } else { load(2)? };
    load(n)
}

#[workflow]
fn failing(n: i64) -> Result<i64> {
    Ok(if n < 3 {
        load(1)?
    } else if n < 4 {
        return Err(Error::user("no"));
    } else {
        load(2)?
    })
}

fn now() -> i64 {
    3
}

struct Clock;

impl Clock {
    fn now() -> i64 {
        3
    }
}

#[workflow]
fn not_const(n: i64) -> Result<i64> {
    load(const { now() })?;
    load(n)
}

#[workflow]
fn no_constant_of_a_type(n: i64) -> Result<i64> {
    load(Clock::now())?;
    load(n)
}

#[workflow]
fn of_another_type(n: i64) -> Result<i64> {
    let text = "a";
    load(text)?;
    load(2.0 * 3.0)?;
    load(n)
}

fn main() {}
