use flytekit::FlyteData;

#[derive(FlyteData)]
struct Tree {
    name: String,
    children: Vec<Tree>,
}

#[derive(FlyteData)]
enum List {
    Empty,
    Some { head: i64, tail: Box<Self> },
}

fn main() {}
