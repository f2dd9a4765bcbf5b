//! Tasks that build graphs, with those of `flows` in them; `tests/python/dynamics.py` has the twins.

use std::collections::HashMap;

use flytekit::graph::{Value, when};
use flytekit::part;
use flytekit::prelude::*;

use super::flows::{add, describe, divide, double, fourfold, mapped_or_not, summarize};

#[dynamic(name = "dynamics.fan_out")]
pub(crate) fn fan_out(graph: &mut Graph, n: i64) -> Result<Vec<Promise<i64>>> {
    Ok((0..n).map(|i| graph.node(double::call(i))).collect())
}

#[dynamic(name = "dynamics.chained", retries = 1)]
pub(crate) fn chained(graph: &mut Graph, n: i64) -> Result<Promise<i64>> {
    let mut total = graph.node(double::call(n));
    for i in 0..3 {
        let step = add::call(&total, i64::from(i)).name(format!("step {i}"));
        total = graph.node(step.retries(i).requests(Resources::new().mem("2Gi")));
    }
    Ok(total)
}

#[dynamic(name = "dynamics.partly_known")]
pub(crate) fn partly_known(graph: &mut Graph, n: i64) -> Result<(Promise<i64>, Vec<i64>)> {
    Ok((graph.node(double::call(n)), vec![1, n]))
}

#[dynamic(name = "dynamics.maybe_none")]
pub(crate) fn maybe_none(graph: &mut Graph, n: i64) -> Result<Value<i64>> {
    Ok(if n > 0 {
        graph.node(double::call(n)).into()
    } else {
        Value::of(n)
    })
}

#[dynamic(name = "dynamics.chosen")]
pub(crate) fn chosen(graph: &mut Graph, n: i64) -> Result<Promise<String>> {
    let twice = graph.node(double::call(n));
    let big = describe::call("big", 1.5, true);
    let small = describe::call(format!("small {n}"), 0.5, false);
    let is_big = twice.gt(3) & twice.ne(100);
    Ok(graph.node(when(is_big, big).otherwise(small).name("size")))
}

#[dynamic(name = "dynamics.nested")]
pub(crate) fn nested(graph: &mut Graph, n: i64) -> Result<Vec<Promise<Vec<i64>>>> {
    Ok((1..=n).map(|i| graph.node(fan_out::call(i))).collect())
}

#[dynamic(name = "dynamics.parts")]
pub(crate) fn parts(graph: &mut Graph, n: i64) -> Result<Promise<i64>> {
    let (whole, rest) = graph.node(divide::call(n, 3));
    let numbers = Value::list([Value::from(&whole), Value::of(1), Value::from(&rest)]);
    let names = HashMap::from([
        ("k".to_owned(), Value::from(&whole)),
        ("c".to_owned(), Value::of(3)),
    ]);
    let summary = graph.node(summarize::call(numbers, names, &rest));
    let fourfold = graph.node(fourfold::call(&rest));
    Ok(graph.node(add::call(part!(summary.count), &fourfold)))
}

/// Has no output.
#[task(name = "dynamics.says")]
pub(crate) fn says(n: i64) {
    println!("{n}");
}

/// Maps over known and promised lists, of which the second may fail for some elements.
#[dynamic(name = "dynamics.mapped")]
pub(crate) fn mapped(
    graph: &mut Graph,
    n: i64,
) -> Result<(Promise<Vec<i64>>, Promise<Vec<Option<i64>>>)> {
    let list: Vec<i64> = (0..n).collect();
    let doubled = graph.node(map_task(double::call, list).concurrency(2));
    let sums = map_task(|a| add::call(a, n), &doubled).min_success_ratio(0.5);
    let sums = graph.node(sums.retries(2));
    Ok((doubled, sums))
}

/// A workflow with maps within, one of them behind a condition.
#[dynamic(name = "dynamics.maps_within")]
pub(crate) fn maps_within(graph: &mut Graph, n: i64) -> Result<Promise<Vec<i64>>> {
    let list: Vec<i64> = (0..n).collect();
    Ok(graph.node(mapped_or_not::call(list, true)))
}

/// Fails while it builds, or builds what fails.
#[dynamic(name = "dynamics.wrong")]
pub(crate) fn wrong(graph: &mut Graph, how: String) -> Result<Promise<i64>> {
    let other = Graph::new("other");
    let foreign = other.input::<i64>("n");
    Ok(match &*how {
        "error" => return Err(Error::user("nothing to do")),
        "panic" => panic!("no way"),
        "foreign" => graph.node(double::call(&foreign)),
        "id" => graph.node(double::call(1).id("My_Node")),
        "too large" => graph.node(add::call(1, graph.node(divide::call(1, 0)).1)),
        _ => graph.node(double::call(1)),
    })
}
