use flytekit::FlyteData;

#[derive(FlyteData)]
struct Unit;

#[derive(FlyteData)]
struct Pair(i64, String);

#[derive(FlyteData)]
struct Generic<'a, T, const N: usize> {
    borrowed: &'a str,
    value: [T; N],
}

#[derive(FlyteData)]
union Either {
    integer: i64,
    float: f64,
}

#[derive(FlyteData)]
enum Never {}

#[derive(FlyteData)]
enum Positions {
    Point(f64, f64),
    Name(String),
}

#[derive(FlyteData)]
#[serde(tag = "kind")]
enum Tagged {
    Count(i64),
    Nothing,
}

#[derive(FlyteData)]
#[serde(transparent)]
struct Transparent {
    one: i64,
    two: i64,
}

fn main() {}
