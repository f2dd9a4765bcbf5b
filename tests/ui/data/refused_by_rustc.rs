use std::fmt::Display;

use flytekit::prelude::*;

#[derive(FlyteData)]
struct Borrowed {
    text: &str,
    count: i64,
}

#[derive(FlyteData)]
enum Variant {
    Text(&str),
    Count(i64),
}

#[derive(FlyteData)]
struct Trait {
    shown: impl Display,
}

#[derive(FlyteData)]
struct Inferred {
    count: _,
}

#[derive(FlyteData)]
struct Never {
    never: !,
}

#[derive(FlyteData)]
enum Unsized {
    Text(str),
    Count(i64),
}

#[derive(FlyteData)]
struct Endless {
    next: Option<Endless>,
}

#[derive(Outputs)]
struct Named {
    text: Option<&str>,
}

#[derive(flytekit::Columns)]
struct Row {
    text: &str,
}

#[task]
fn uses(_borrowed: Borrowed, _variant: Variant, _trait: Trait) -> Named {
    todo!()
}

fn main() {}
