use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::fmt::Display;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use flytekit::prelude::*;

#[task]
fn boxed(_a: Box<i64>, _b: Box<[i64]>, _c: Box<str>) {}

#[task]
fn shared(_a: Rc<i64>, _b: Arc<Mutex<i64>>, _c: RefCell<String>) {}

#[task]
fn borrowed_or_not(_a: Cow<'static, str>) {}

#[task]
fn traits(_a: Box<dyn Display>, _b: Box<dyn Fn(&str) -> i64>) {}

#[task]
fn functions(_a: fn(i64) -> i64, _b: Vec<fn(&str)>) {}

#[task]
fn pointers(_a: *const i64) {}

#[task]
fn sets(_a: HashSet<i64>, _b: BTreeSet<String>, _c: VecDeque<i64>) {}

#[task]
fn arrays(_a: [i64; 3], _b: Vec<[f64; 2]>) {}

#[task]
fn tuples(_a: ((i64, f64), String), _b: Vec<(i64, String)>, _c: Option<(i64, i64)>) {}

#[task]
fn numbers(_a: i128, _b: NonZeroU32, _c: char) {}

#[task]
fn of_the_machine(_a: PathBuf, _b: Instant, _c: IpAddr) {}

#[task]
fn results(_a: Vec<Result<i64>>, _b: Option<std::result::Result<i64, String>>) {}

#[task]
fn output() -> Rc<i64> {
    Rc::new(1)
}

#[task]
fn result() -> Result<HashSet<i64>> {
    Ok(HashSet::new())
}

#[derive(Outputs)]
struct Named {
    path: PathBuf,
    handler: Box<dyn Fn(&str) -> i64>,
    pair: (i64, i64),
}

#[derive(FlyteData)]
struct Field {
    array: [i64; 3],
    shared: Arc<String>,
    character: char,
    handler: fn(i64) -> i64,
}

#[derive(FlyteData)]
enum Variant {
    Count(i64),
    Pair((i64, i64)),
    Path { path: PathBuf },
}

#[derive(FlyteData)]
struct Wrapped(Box<i64>);

fn main() {}
