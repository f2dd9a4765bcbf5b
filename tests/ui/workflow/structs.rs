//! Structs and times that are known, and those that are not.

use flytekit::jiff::civil::Date;
use flytekit::prelude::*;

#[derive(Clone, FlyteData)]
struct Settings {
    rate: f64,
    name: String,
}

#[derive(Clone, FlyteData)]
struct Timed {
    day: Date,
}

#[task]
fn train(settings: Settings) -> Result<i64> {
    Ok(settings.name.len() as i64)
}

#[task]
fn load(day: Date) -> Result<String> {
    Ok(day.to_string())
}

#[task]
fn keep(timed: Timed) -> Result<String> {
    Ok(timed.day.to_string())
}

#[workflow]
fn put_together(rate: f64) -> Result<i64> {
    let name = load(Date::constant(2026, 1, 31))?;
    train(Settings { rate, name: "a" })?;
    train(Settings { rate: 0.1, name })?;
    train(Settings { name: "a", ..Settings::default() })?;
    train(Settings { rate: 1, name: "a" })
}

#[workflow]
fn wrong_types(n: i64) -> Result<i64> {
    train(Settings { rate: 1, name: "a" })?;
    train(Settings { rate: 1.0 })
}

const DAY: Date = Date::constant(2026, 1, 31);

#[workflow]
fn a_day() -> Result<String> {
    load(DAY)
}

#[workflow]
fn a_day_within() -> Result<String> {
    keep(Timed { day: Date::constant(2026, 1, 31) })
}

const SETTINGS: Settings = Settings { rate: 0.1, name: String::new() };

#[workflow]
fn by_name() -> Result<i64> {
    train(SETTINGS)
}

fn main() {}
