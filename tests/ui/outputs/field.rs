use flytekit::{Outputs, task};

struct Point;

#[derive(Outputs)]
struct Found {
    count: u64,
    first: Point,
    others: Vec<Point>,
}

#[derive(Outputs)]
struct Borrowed {
    text: &'static str,
}

#[task]
fn find() -> Found {
    Found {
        count: 0,
        first: Point,
        others: Vec::new(),
    }
}

fn main() {}
