use flytekit::task;

struct Etl;

impl Etl {
    #[task]
    fn by_reference(&self, a: i64) -> i64 {
        a
    }

    #[task]
    fn by_value(self) {}

    #[task]
    fn associated(a: i64) -> i64 {
        a
    }
}

trait Steps {
    #[task]
    fn step(a: i64) -> i64;
}

fn main() {}
