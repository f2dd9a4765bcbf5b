use flytekit::task;

struct Etl;

impl Etl {
    #[task]
    fn associated(a: i64) -> i64 {
        a
    }
}

fn main() {}
