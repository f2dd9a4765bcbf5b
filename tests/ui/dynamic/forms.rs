//! Forms of functions that cannot be dynamic tasks.

use flytekit::prelude::*;

#[dynamic]
fn graph_later(n: i64, _graph: &mut Graph) -> Result<i64> {
    Ok(n)
}

#[dynamic]
fn generic<T>(_graph: &mut Graph, n: i64) -> Result<i64> {
    Ok(n)
}

#[dynamic]
fn borrowed(_graph: &mut Graph, _text: &str) -> Result<i64> {
    Ok(1)
}

struct Tasks;

impl Tasks {
    #[dynamic]
    fn method(&self, _graph: &mut Graph) -> Result<i64> {
        Ok(1)
    }
}

fn main() {}
