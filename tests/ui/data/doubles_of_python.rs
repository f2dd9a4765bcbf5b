use flytekit::prelude::*;

#[derive(FlyteData)]
enum Number {
    Long(i64),
    Short(u8),
}

#[task]
fn number(number: Number) -> Number {
    number
}

fn main() {}
