use flytekit::worker_fn;

struct Etl;

impl Etl {
    #[worker_fn]
    fn by_reference(&self, a: i64) -> i64 {
        a
    }

    #[worker_fn]
    fn new() -> Self {
        Etl
    }
}

fn main() {
    assert_eq!(Etl::new().by_reference(1), 1);
}
