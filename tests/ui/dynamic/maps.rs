//! Maps in graphs that rustc refuses.

use flytekit::prelude::*;

#[task]
fn double(n: i64) -> i64 {
    2 * n
}

#[task]
fn divide(a: i64, b: i64) -> Result<(i64, i64)> {
    Ok((a / b, a % b))
}

fn build(graph: &mut Graph) {
    graph.node(map_task(double::call, vec!["a"]));
    graph.node(map_task(|a| divide::call(a, 3), vec![1]));
    graph.node(double::call(1).concurrency(2));
    let list = graph.node(map_task(double::call, vec![1]));
    graph.node(double::call(&list));
}

flytekit::map_task!(double: m);
flytekit::map_task!(divide: b);
flytekit::map_task!(String);

fn main() {}
