use flytekit::task;

#[task]
struct Configuration {
    retries: u32,
}

#[task]
const RETRIES: u32 = 3;

#[task]
mod etl {}

#[task(retries = 3)]
impl Configuration {}

fn main() {
    let _ = Configuration { retries: RETRIES };
}
