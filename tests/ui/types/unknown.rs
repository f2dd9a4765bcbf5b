use flytekit::task;

#[task]
fn input(point: Pont) -> i64 {
    1
}

#[task]
fn output() -> Pont {
    todo!()
}

fn main() {}
