use flytekit::task;

#[task]
fn input(number: Option<Option<i64>>) -> bool {
    number.is_some()
}

#[task]
fn of_nothing(nothing: Option<()>) -> bool {
    nothing.is_some()
}

fn main() {}
