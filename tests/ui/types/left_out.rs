use flytekit::prelude::*;

#[task]
fn inferred(a: _, _b: Vec<_>) -> i64 {
    a
}

#[task]
fn inferred_output() -> _ {
    1
}

#[task]
fn inferred_result() -> Result<_> {
    Ok(1)
}

#[task]
fn never(a: !) -> i64 {
    a
}

#[task]
fn forever() -> ! {
    loop {}
}

fn main() {
    let _: i64 = inferred_output();
    let _ = inferred(1, vec![1]);
}
