use flytekit::{Result, task};

struct Point;

#[task]
fn own() -> Point {
    Point
}

#[task]
fn result() -> Result<Point> {
    Ok(Point)
}

#[task]
fn list() -> Vec<Point> {
    Vec::new()
}

#[task]
fn tuple() -> (i64, Point) {
    (1, Point)
}

#[task]
fn result_of_tuple() -> Result<(i64, Point)> {
    Ok((1, Point))
}

fn main() {}
