//! Conditions and their sides; the cases are those of `fixtures/compiler`.

#![allow(unused_variables)]

use flytekit::prelude::*;

#[derive(FlyteData, PartialEq)]
enum Color {
    Red,
}

#[task]
fn one() -> i64 {
    1
}

#[task]
fn word() -> String {
    String::new()
}

#[task]
fn double(a: i64) -> i64 {
    2 * a
}

#[derive(Outputs)]
struct Single {
    o: i64,
}

#[derive(Outputs)]
struct Both {
    o: i64,
    z: i64,
}

#[task]
fn single() -> Single {
    Single { o: 1 }
}

#[task]
fn both() -> Both {
    Both { o: 1, z: 2 }
}

// case: no else
#[workflow]
fn no_else(q: i64) -> Result<()> {
    if q == 1 {
        one();
    }
    Ok(())
}

// case: cond type mismatch
#[workflow]
fn of_another_type(q: i64) -> Result<i64> {
    let a = if q == 1.0 { one() } else { one() };
    Ok(a)
}

// case: cond on optional
#[workflow]
fn optional(q: Option<i64>) -> Result<i64> {
    let a = if q == Some(1) { one() } else { one() };
    Ok(a)
}

// case: cond on enum
#[workflow]
fn of_an_enum(q: Color) -> Result<i64> {
    let a = if q == Color::Red { one() } else { one() };
    Ok(a)
}

// case: cond enum var=enum var
#[workflow]
fn of_two_enums(q: Color, r: Color) -> Result<i64> {
    let a = if q == r { one() } else { one() };
    Ok(a)
}

// case: cond two literals
#[workflow]
fn decided() -> Result<i64> {
    let a = if 1 == 1 { one() } else { one() };
    Ok(a)
}

// case: cond GT on bool
#[workflow]
fn ordered_booleans(q: bool) -> Result<i64> {
    let a = if q > true { one() } else { one() };
    Ok(a)
}

// case: branch outputs differ in type
#[workflow]
fn outputs_of_different_types(q: i64) -> Result<()> {
    if q == 1 {
        one();
    } else {
        word();
    }
    Ok(())
}

// case: branch output common only
#[workflow]
fn a_common_output(q: i64) -> Result<i64> {
    let a = if q == 1 { single() } else { both() };
    Ok(a.o)
}

// case: use of not-common output
#[workflow]
fn an_output_of_one_side(q: i64) -> Result<i64> {
    let a = if q == 1 { single() } else { both() };
    Ok(a.z)
}

// case: then node unbound input
#[workflow]
fn missing_input(q: i64) -> Result<()> {
    if q == 1 {
        double();
    } else {
        one();
    }
    Ok(())
}

// case: promise to then node from outside
#[workflow]
fn from_outside(q: i64) -> Result<()> {
    if q == 1 {
        let inner = one();
    } else {
        one();
    }
    double(inner);
    Ok(())
}

// case: node id colliding with b0-t
#[workflow]
fn colliding(q: i64) -> Result<()> {
    if q == 1 {
        one();
    } else {
        one();
    }
    #[node(id = "n0-n0")]
    one();
    Ok(())
}

fn main() {}
