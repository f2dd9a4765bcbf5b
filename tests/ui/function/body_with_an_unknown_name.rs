// Editors complete in a body that does not compile, so it comes out as it went in.
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
