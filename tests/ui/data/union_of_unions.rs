use flytekit::prelude::*;

#[derive(FlyteData)]
enum Number {
    Whole(i64),
    Ratio(f64),
}

#[derive(FlyteData)]
enum Value {
    Number(Number),
    Text(String),
}

#[derive(FlyteData)]
enum Perhaps {
    Number(Option<i64>),
    Text(String),
}

#[task]
fn value(_value: Value) -> Perhaps {
    Perhaps::Number(None)
}

fn main() {}
