use flytekit::task;

fn retries() -> u32 {
    3
}

static NAME: &str = "etl.sum";

#[task(retries = retries())]
fn call() {}

#[task(name = MISSING)]
fn missing() {}

#[task(retries = count)]
fn parameter(count: u32) -> u32 {
    count
}

fn main() {
    let _ = NAME;
}
