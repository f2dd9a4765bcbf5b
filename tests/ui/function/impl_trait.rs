use flytekit::task;

#[task]
fn input(value: impl Into<i64>) -> i64 {
    value.into()
}

#[task]
fn inside_of_an_input(values: Vec<impl Into<i64>>) -> i64 {
    values.len() as i64
}

#[task]
fn output() -> impl Into<i64> {
    1_u8
}

#[task]
fn inside_of_an_output() -> flytekit::Result<impl Into<i64>> {
    Ok(1_u8)
}

fn main() {
    assert_eq!(input(1_u8), 1);
}
