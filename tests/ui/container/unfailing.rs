use flytekit::task;

#[task(container(image = "a", command("true")))]
fn unfailing() -> i64;

fn main() {}
