use flytekit::FlyteData;

struct Point {
    x: f64,
}

#[derive(FlyteData)]
struct Place {
    name: String,
    at: Point,
}

#[derive(FlyteData)]
struct Defaults {
    #[serde(default)]
    path: Vec<Point>,
}

#[derive(FlyteData)]
enum Shape {
    Circle { centre: Point },
    Point(Point),
}

#[derive(FlyteData)]
struct Wrapper(Point);

fn main() {}
