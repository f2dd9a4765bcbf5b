use std::collections::HashMap;

use flytekit::task;

struct Point {
    x: f64,
}

#[task]
fn own(point: Point) -> f64 {
    point.x
}

#[task]
fn list(points: Vec<Point>) -> u64 {
    points.len() as u64
}

#[task]
fn option(point: Option<Point>) -> bool {
    point.is_some()
}

#[task]
fn map(points: HashMap<i64, f64>) -> u64 {
    points.len() as u64
}

#[task]
fn map_of_own(points: HashMap<String, Point>) -> u64 {
    points.len() as u64
}

#[task]
fn character(character: char) -> bool {
    character.is_uppercase()
}

#[task]
fn tuple(pair: (i64, i64)) -> i64 {
    pair.0
}

fn main() {}
