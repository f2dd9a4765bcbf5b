use flytekit::prelude::*;

struct Chunk {
    numbers: Vec<u64>,
}

#[derive(serde::Serialize)]
struct OneWay(u64);

#[worker_fn]
fn parameter(chunk: Chunk) -> u64 {
    chunk.numbers.iter().sum()
}

#[worker_fn]
fn parameters(first: u64, chunk: Chunk, others: Vec<Chunk>) {
    let _ = (first, chunk, others);
}

#[worker_fn]
fn output(number: u64) -> Chunk {
    Chunk { numbers: vec![number] }
}

#[worker_fn]
fn fallible_output(number: u64) -> Result<Chunk> {
    Ok(output(number))
}

#[worker_fn]
fn one_way(number: OneWay) -> u64 {
    number.0
}

#[worker_fn]
fn local(number: std::rc::Rc<u64>) {
    drop(number);
}

type Outcome = std::result::Result<u64, std::num::ParseIntError>;

#[worker_fn]
fn result_under_another_name(text: String) -> Outcome {
    text.parse()
}

#[worker_fn]
fn error_of_no_kind(number: u64) -> Result<u64, u64> {
    Err(number)
}

fn main() {}
