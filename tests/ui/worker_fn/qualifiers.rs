use flytekit::worker_fn;

#[worker_fn]
fn generic<T: Send, const N: usize>(values: [T; N]) -> usize {
    values.len()
}

#[worker_fn]
fn lifetime<'a>(text: std::borrow::Cow<'a, str>) -> usize {
    text.len()
}

#[worker_fn]
async fn asynchronous() {}

#[worker_fn]
const unsafe extern "C" fn all_at_once(a: i64) -> i64 {
    a
}

#[worker_fn]
unsafe extern "C" fn variadic(first: i64, mut rest: ...) {}

#[worker_fn]
fn no_body(a: i64) -> i64;

fn main() {
    assert_eq!(no_body(1), 1);
}
