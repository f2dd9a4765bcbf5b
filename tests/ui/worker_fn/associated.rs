use flytekit::worker_fn;

struct Etl;

impl Etl {
    #[worker_fn]
    fn associated(a: i64) -> i64 {
        a
    }
}

fn main() {}
