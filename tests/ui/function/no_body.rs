use flytekit::task;

#[task]
fn later(a: i64) -> i64;

trait Steps {
    #[task]
    fn step(a: i64) -> i64;
}

fn main() {
    later(1);
}
