use flytekit::prelude::*;

#[derive(FlyteData)]
enum Value {
    Pair((i64, String)),
    Text(String),
}

#[task]
fn value(_pair: (i64, String)) {}

fn main() {}
