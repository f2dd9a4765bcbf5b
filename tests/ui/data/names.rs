use flytekit::FlyteData;

#[derive(FlyteData)]
struct Sale {
    id: i64,
    #[serde(rename = "id")]
    other: i64,
    #[serde(alias = "amount", alias = "id")]
    price: f64,
}

#[derive(FlyteData)]
#[serde(rename_all = "lowercase")]
enum Color {
    Red,
    RED,
}

#[derive(FlyteData)]
#[serde(tag = "kind")]
enum Shape {
    Circle { radius: f64, kind: String },
}

fn main() {}
