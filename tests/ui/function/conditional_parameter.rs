use flytekit::task;

#[task]
fn plus(a: i64, #[cfg(unix)] b: i64) -> i64 {
    a + b
}

fn main() {}
