use flytekit::task;

#[task]
fn of_a_type<T: Into<i64>>(value: T) -> i64 {
    value.into()
}

#[task]
fn of_a_constant<const N: usize>() -> u64 {
    N as u64
}

#[task]
fn of_a_lifetime<'a>(text: String) -> String {
    text
}

#[task]
fn of_two<A, B>() {}

fn main() {
    assert_eq!(of_a_type(1_u8), 1);
}
