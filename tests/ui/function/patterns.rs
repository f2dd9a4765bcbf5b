use flytekit::task;

#[task]
fn tuple((a, b): (i64, i64)) -> i64 {
    a + b
}

#[task]
fn unnamed(_: i64) {}

#[task]
fn by_ref(ref a: i64) -> i64 {
    *a
}

#[task]
fn bound(a @ 0..: u64) -> u64 {
    a
}

fn main() {}
