use flytekit::task;

struct NotAnError;

#[task]
fn fails() -> Result<i64, NotAnError> {
    Err(NotAnError)
}

fn main() {}
