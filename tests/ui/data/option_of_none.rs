use flytekit::prelude::*;

#[derive(FlyteData)]
enum Perhaps {
    Count(i64),
    Nothing,
}

#[task]
fn perhaps(_perhaps: Option<Perhaps>) {}

fn main() {}
