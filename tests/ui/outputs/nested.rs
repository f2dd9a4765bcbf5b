use flytekit::{Outputs, task};

#[derive(Outputs)]
struct Stats {
    mean: f64,
}

#[task]
fn list() -> Vec<Stats> {
    Vec::new()
}

#[task]
fn input(stats: Stats) -> f64 {
    stats.mean
}

fn main() {}
