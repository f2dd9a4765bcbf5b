use flytekit::task;

#[task(env("MY VAR" = "1", "2ND" = "1", "" = "1"))]
fn malformed() {}

#[task(env("A" = "1", "B" = "2", "A" = "3"))]
fn twice() {}

fn main() {}
