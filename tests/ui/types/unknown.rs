use flytekit::task;

#[task]
fn input(point: Pont) -> i64 {
    1
}

#[task]
fn output() -> Pont {
    todo!()
}

#[task]
fn inside_of_others(points: Vec<Pont>) -> flytekit::Result<Option<Pint>> {
    todo!()
}

fn main() {}
