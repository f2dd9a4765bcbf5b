// Editors offer completions in a body that does not compile: the attribute must not change it.
use flytekit::task;

#[task]
fn unknown(a: i64) -> i64 {
    misspelt(a)
}

#[task]
fn unfinished(text: String) -> String {
    text.
}

fn main() {}
