//! Conditions that Flyte cannot evaluate.

use flytekit::prelude::*;

#[derive(FlyteData, PartialEq)]
enum Color {
    Red,
    Green,
}

#[derive(FlyteData)]
struct Sale {
    amount: i64,
}

#[task]
fn load(a: i64) -> Result<i64> {
    Ok(a)
}

#[task]
fn name(text: String) -> String {
    text
}

#[task]
fn sale(a: i64) -> Sale {
    Sale { amount: a }
}

#[workflow]
fn types(n: i64, color: Color, maybe: Option<i64>, flag: bool) -> Result<()> {
    if color == Color::Red {
        load(n)?;
    } else {
        load(n)?;
    }
    if maybe == Some(3) {
        load(n)?;
    } else {
        load(n)?;
    }
    Ok(())
}

#[workflow]
fn enums(color: Color) -> Result<i64> {
    if color == Color::Green { load(1) } else { load(2) }
}

#[workflow]
fn options(maybe: Option<i64>, other: Option<i64>) -> Result<i64> {
    if maybe == other { load(1) } else { load(2) }
}

#[workflow]
fn booleans(flag: bool) -> Result<i64> {
    if flag < true { load(1) } else { load(2) }
}

#[workflow]
fn attributes(n: i64) -> Result<i64> {
    let sale = sale(n);
    if sale.amount > 3 { load(1) } else { load(2) }
}

#[workflow]
fn outputs_of_different_types(n: i64) -> Result<()> {
    if n > 3 {
        load(n)?;
    } else {
        name("x");
    }
    Ok(())
}

#[workflow]
fn mismatched(n: i64, ratio: f64) -> Result<i64> {
    let text = if n > ratio { load(n)? } else { name("x") };
    if n { load(n) } else { load(text) }
}

#[workflow]
fn shapes(n: i64, list: Vec<i64>, maybe: Option<i64>) -> Result<i64> {
    if n > 3 {
        load(n)?;
    }
    if n + 1 > 3 { load(n)? } else { load(n)? };
    if list[0] > 3 { load(n)? } else { load(n)? };
    if maybe.is_some() { load(n)? } else { load(n)? };
    if let Some(m) = maybe { load(m)? } else { load(n)? };
    if 3 > 2 { load(n)? } else { load(n)? };
    if n > 3 { n } else { load(n)? };
    if n > 3 { load(load(n)?)? } else { load(n)? };
    if n > 3 { let a = load(n)?; load(a)? } else { load(n)? };
    if n > 3 { load(n)? } else { return Err(Error::user(format!("{n}"))) };
    if n > 3 && true { load(n)? } else { load(n)? };
    load(n)
}

#[task]
fn sleep(n: i64) -> i64 {
    n
}

#[workflow]
fn waits(n: i64, signal: String) -> Result<()> {
    approve(3, "sure")?;
    approve(n)?;
    approve(n, signal)?;
    wait_for_input("n")?;
    wait_for_input::<i64>()?;
    self::sleep(n);
    Ok(())
}

#[workflow]
fn approves_a_part(list: Vec<i64>) -> Result<i64> {
    let first = approve(list[0], "first")?;
    load(first)
}

#[workflow]
fn another_sleep(n: i64) -> Result<()> {
    sleep(n);
    Ok(())
}

fn main() {}
