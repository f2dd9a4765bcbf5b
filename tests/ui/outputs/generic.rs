use flytekit::Outputs;

#[derive(Outputs)]
struct Stats<T> {
    mean: T,
}

#[derive(Outputs)]
struct Borrowed<'a> {
    text: &'a str,
}

fn main() {}
