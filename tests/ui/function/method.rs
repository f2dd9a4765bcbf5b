use flytekit::task;

struct Etl;

impl Etl {
    #[task]
    fn by_reference(&self, a: i64) -> i64 {
        a
    }

    #[task]
    fn by_value(self) {}
}

trait Steps {
    #[task]
    fn step(&self, a: i64) -> i64 {
        a
    }
}

fn main() {
    assert_eq!(Etl.by_reference(1), 1);
}
