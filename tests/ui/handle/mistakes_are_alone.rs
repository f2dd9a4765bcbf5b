use flytekit::task;

mod etl {
    use flytekit::task;

    #[task(retires = 3)]
    pub fn add(a: i64, b: i64) -> i64 {
        a + b
    }

    #[task]
    pub fn borrowed(text: &str) -> i64 {
        text.len() as i64
    }

    #[task]
    pub fn generic<T>(value: T) {
        drop(value);
    }
}

use etl::{add, borrowed};

/// A reference to a task does not repeat the task's mistakes.
#[task]
fn names() -> i64 {
    let names = [
        <add as flytekit::Task>::NAME,
        <borrowed as flytekit::Task>::NAME,
        <etl::generic as flytekit::Task>::NAME,
    ];
    add(1, borrowed(names[0]))
}

fn main() {}
