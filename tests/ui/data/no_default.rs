use flytekit::FlyteData;

struct NoDefault;

#[derive(FlyteData)]
enum Color {
    Red,
    Green,
}

#[derive(FlyteData)]
struct Settings {
    #[serde(default)]
    color: Color,
    #[serde(skip)]
    nothing: NoDefault,
    #[serde(default = "thousand")]
    limit: u64,
}

fn thousand() -> i64 {
    1000
}

fn main() {}
