use flytekit::task;

struct Stats {
    mean: f64,
}

#[task]
fn stats() -> Stats {
    Stats { mean: 1.0 }
}

fn main() {
    let _ = stats().mean;
}
