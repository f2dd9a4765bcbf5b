//! Constants in workflows: written in place, calculated, and bound by `let`.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use flytekit::jiff::civil::Date;
use flytekit::prelude::*;

const LIMIT: i64 = 7;

#[task(name = "constants.add")]
fn add(a: i64, b: i64) -> Result<i64> {
    a.checked_add(b).ok_or_else(|| Error::user("too large"))
}

#[task(name = "constants.total")]
fn total(list: Vec<i64>) -> i64 {
    list.iter().sum()
}

#[task(name = "constants.named")]
fn named(name: String, perhaps: Option<i64>, map: HashMap<String, i64>) -> String {
    let mut all: Vec<_> = map.into_iter().collect();
    all.sort();
    format!("{name} {perhaps:?} {all:?}")
}

#[task(name = "constants.waited")]
fn waited(time: Duration, ratio: f64) -> String {
    format!("{time:?} {ratio}")
}

#[task(name = "constants.list")]
fn list(n: i64) -> Vec<i64> {
    vec![n, n + 1]
}

#[task(name = "constants.map")]
fn pairs(n: i64) -> HashMap<String, i64> {
    HashMap::from([("k".to_owned(), n)])
}

/// All kinds of constants by names, in all places.
#[workflow(name = "constants.bound")]
fn bound(n: i64, who: String) -> Result<(i64, String, i64)> {
    let cut = 3;
    let limit = LIMIT;
    let name = "a";
    let key = "k";
    let place = 1;
    let pause = 0;
    let nothing = None;
    let items = vec![cut, limit];
    let sum = add(total(items), cut)?;
    sleep(Duration::from_secs(pause));
    let text = named(name, Some(cut), HashMap::from([(key, limit)]));
    named(name, nothing, HashMap::from([("x", cut)]));
    let numbers = list(n);
    let picked = add(numbers[place], pairs(n)[key])?;
    let chosen = if n < cut && who != name {
        add(picked, cut)?
    } else if limit >= n || name == who {
        add(picked, limit)?
    } else {
        return Err(Error::user("no"));
    };
    Ok((sum, text, chosen))
}

/// Numbers and times.
#[workflow(name = "constants.calculated")]
fn calculated(#[default(2 * LIMIT + 1)] n: i64) -> Result<(i64, i64, String)> {
    let cut = const { 3 * 4 };
    let sum = add(2 * LIMIT, cut + 1)?;
    let chosen = if n > LIMIT - 1 {
        add(-cut, n)?
    } else {
        add(1 << 3, n)?
    };
    let time = waited(Duration::from_secs(60), 0.5 * 3.0);
    Ok((sum, chosen, time))
}

/// What a run is told.
#[derive(Clone, Debug, FlyteData)]
struct Settings {
    #[serde(rename = "theRate", default)]
    rate: f32,
    names: Vec<String>,
    limits: HashMap<String, Option<i64>>,
    inner: Option<Inner>,
}

#[derive(Clone, Debug, FlyteData)]
struct Inner {
    deep: bool,
    color: Color,
}

#[derive(Clone, Copy, Debug, FlyteData)]
enum Color {
    #[serde(rename = "rot")]
    Red,
}

const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();

#[task(name = "constants.told")]
fn told(settings: Settings, day: Date, same: NaiveDate, length: TimeDelta) -> String {
    format!("{settings:?} {day} {same} {length}")
}

/// Structs and times.
#[workflow(name = "constants.settled")]
fn settled(
    #[default(Settings { rate: 0.5, names: vec!["a"], limits: HashMap::from([]), inner: None })]
    settings: Settings,
    #[default(DAY)] day: NaiveDate,
) -> Result<(String, String)> {
    let limit = LIMIT;
    let ours = Settings {
        rate: 1.5,
        names: vec!["b", String::from("c")],
        limits: HashMap::from([("x", Some(limit)), ("y", None)]),
        inner: Some(Inner {
            deep: true,
            color: Color::Red,
        }),
    };
    let first = told(
        ours,
        Date::constant(2024, 2, 29),
        DAY,
        TimeDelta::milliseconds(-1500),
    );
    let second = told(settings, Date::constant(1, 1, 1), day, TimeDelta::zero());
    Ok((first, second))
}

#[launch_plan(
    name = "constants.settled_plan",
    workflow = settled,
    fixed(settings = Settings { rate: 2.0, names: vec![], limits: HashMap::from([]), inner: None })
)]
fn settled_plan(day: NaiveDate) -> Result<(String, String)>;

#[launch_plan(name = "constants.plan", workflow = calculated, fixed(n = LIMIT * 2))]
fn plan() -> Result<(i64, i64, String)>;

#[test]
fn a_name_of_a_constant_is_that_constant() {
    let (sum, text, chosen) = bound(1, "b".to_owned()).expect("it succeeds");
    assert_eq!((sum, &*text, chosen), (13, "a Some(3) [(\"k\", 7)]", 6));
    let (.., chosen) = bound(8, "a".to_owned()).expect("it succeeds");
    assert_eq!(chosen, 24);
    let error = bound(8, "b".to_owned()).expect_err("no side");
    assert_eq!(error.to_string(), "node `n8` (a branch): no");
}

#[test]
fn constants_are_calculated() {
    let expected = (27, 3, "60s 1.5".to_owned());
    assert_eq!(calculated(15).expect("it succeeds"), expected);
    assert_eq!(plan().expect("it succeeds"), (27, 2, expected.2));
}

#[test]
fn structs_and_times_are_known() {
    let given = Settings {
        rate: 0.25,
        names: vec![],
        limits: HashMap::new(),
        inner: None,
    };
    let (first, second) = settled(given, DAY).expect("it succeeds");
    for part in [
        "rate: 1.5, names: [\"b\", \"c\"]",
        "\"x\": Some(7)",
        "\"y\": None",
        "inner: Some(Inner { deep: true, color: Red })",
        "} 2024-02-29 2026-01-31 -PT1.5S",
    ] {
        assert!(first.contains(part), "{first}");
    }
    assert!(second.ends_with("} 0001-01-01 2026-01-31 P0D"), "{second}");
    let (_, second) = settled_plan(DAY).expect("it succeeds");
    assert!(second.contains("rate: 2.0, names: []"), "{second}");
}
