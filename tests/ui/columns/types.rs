use flytekit::Columns;

struct Point;

#[derive(Columns)]
struct Unknown {
    id: i64,
    at: Point,
}

#[derive(Columns)]
struct Nothing {
    nothing: (),
}

#[derive(Columns)]
struct Missing {
    perhaps: Option<Vec<Option<i64>>>,
}

fn main() {}
