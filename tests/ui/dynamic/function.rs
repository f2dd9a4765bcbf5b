//! Functions that cannot be dynamic tasks.

use flytekit::prelude::*;

#[task]
fn double(n: i64) -> i64 {
    2 * n
}

#[dynamic]
fn no_graph(n: i64) -> Result<i64> {
    Ok(n)
}

#[dynamic]
fn nothing() -> Result<i64> {
    Ok(1)
}

#[dynamic]
fn shared(graph: &Graph, n: i64) -> Result<Promise<i64>> {
    Ok(graph.node(double::call(n)))
}

#[dynamic]
fn of_text(graph: &mut String, n: i64) -> Result<i64> {
    graph.push('a');
    Ok(n)
}

#[dynamic(shim(executor = "a.B", image = "a:1"))]
fn declared(graph: &mut Graph) -> Result<i64>;

#[dynamic]
#[workflow]
fn both(graph: &mut Graph) -> Result<i64> {
    Ok(1)
}

#[dynamic]
fn not_a_result(graph: &mut Graph, n: i64) -> Promise<i64> {
    graph.node(double::call(n))
}

#[dynamic]
fn gives_no_value(graph: &mut Graph) -> Result<std::thread::Thread> {
    Ok(std::thread::current())
}

fn main() {}
