use flytekit::Columns;

#[derive(Columns)]
enum Either {
    Left,
    Right,
}

#[derive(Columns)]
struct Pair(i64, i64);

#[derive(Columns)]
struct Nothing {}

#[derive(Columns)]
struct Generic<T> {
    value: T,
}

fn main() {}
