//! Calls in graphs that are not calls of entities.

use flytekit::prelude::*;

#[task]
fn double(n: i64) -> i64 {
    2 * n
}

#[task]
fn name() -> String {
    String::new()
}

fn build(graph: &mut Graph) {
    graph.node(double::call("three"));
    graph.node(double::call());
    let name = graph.node(name::call());
    graph.node(double::call(&name));
    graph.node(double::call(vec![1]));
    let numbers: Promise<i64> = name;
    graph.node(when(numbers.eq("a"), double::call(1)).otherwise(double::call(2)));
    graph.node(when(numbers.eq(1), double::call(1)).otherwise(name::call()));
    graph.node(when(numbers.eq(1), double::call(1)));
    graph.output("name", std::thread::current());
    graph.on_failure::<String>();
}

fn main() {}
