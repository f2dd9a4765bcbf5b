use flytekit::FlyteData;

#[derive(FlyteData)]
enum Length {
    Metres(f64),
    Feet(f64),
}

#[derive(FlyteData)]
enum Shape {
    Square { size: f64 },
    Circle { size: f64 },
    Text(String),
}

#[derive(FlyteData)]
enum Perhaps {
    Some(i64),
    Nothing,
    Unknown,
}

fn main() {}
