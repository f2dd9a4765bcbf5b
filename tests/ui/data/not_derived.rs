use flytekit::task;

struct Point {
    x: f64,
}

#[task]
fn input(point: Point) -> f64 {
    point.x
}

#[task]
fn inside(points: Vec<Point>) -> f64 {
    points[0].x
}

#[task]
fn output() -> Point {
    Point { x: 1.0 }
}

fn main() {}
