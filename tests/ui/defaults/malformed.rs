use flytekit::task;

#[task]
fn twice(#[default(1)] #[default(2)] a: i64) -> i64 {
    a
}

#[task]
fn empty(#[default] a: i64, #[default()] b: i64, #[default(1, 2)] c: i64, #[default = 3] d: i64) -> i64 {
    a + b + c + d
}

fn main() {
    assert_eq!(twice(1), 1);
}
