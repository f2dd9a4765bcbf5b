use flytekit::task;

#[task]
fn text_for_a_number(#[default("one")] a: i64) -> i64 {
    a
}

#[task]
fn borrowed_text(#[default("one")] a: String) -> String {
    a
}

#[task]
fn unknown(#[default(ONE)] a: i64) -> i64 {
    a
}

fn main() {}
