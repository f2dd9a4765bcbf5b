use flytekit::task;

#[task]
const fn constant() -> i64 {
    1
}

#[task]
unsafe fn without_guarantees() -> i64 {
    1
}

#[task]
extern "C" fn of_c() -> i64 {
    1
}

fn main() {
    const ONE: i64 = constant();
    assert_eq!(ONE, of_c());
}
