use flytekit::Outputs;

#[derive(Outputs)]
enum Either {
    Left,
    Right,
}

#[derive(Outputs)]
struct Pair(i64, i64);

#[derive(Outputs)]
struct Unit;

#[derive(Outputs)]
struct Nothing {}

#[derive(Outputs)]
union Bits {
    number: u64,
}

fn main() {}
