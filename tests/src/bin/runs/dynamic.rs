//! Tasks that build graphs, for the backend's engine.

use flytekit::graph::when;
use flytekit::prelude::*;

/// Twice a number, at the second attempt if it is odd.
#[task(retries = 1)]
fn double(n: i64) -> Result<i64> {
    let attempt: i64 = std::env::var("FLYTE_ATTEMPT_NUMBER")?.parse()?;
    if n % 2 == 1 && attempt == 0 {
        return Err(RecoverableError::new("not yet").into());
    }
    Ok(2 * n)
}

#[task]
fn sum(numbers: Vec<i64>) -> i64 {
    numbers.iter().sum()
}

#[task]
fn fails(n: i64) -> Result<i64> {
    Err(Error::user(format!("{n} is no good")))
}

/// Four times a number.
#[workflow]
fn fourfold(n: i64) -> Result<i64> {
    let twice = double(n)?;
    double(twice)
}

/// A launch plan of `fourfold`.
#[launch_plan(workflow = fourfold)]
fn planned(n: i64) -> Result<i64>;

#[dynamic]
fn doubled(graph: &mut Graph, up_to: i64) -> Result<Vec<Promise<i64>>> {
    Ok((0..up_to).map(|n| graph.node(double::call(n))).collect())
}

/// A graph with graphs, a choice, a workflow and a launch plan.
#[dynamic]
fn whole(graph: &mut Graph, up_to: i64) -> Result<(Promise<i64>, Promise<i64>)> {
    let sums: Vec<_> = (1..=up_to)
        .map(|n| {
            let numbers = graph.node(doubled::call(n));
            graph.node(sum::call(&numbers).name(format!("sum of {n}")))
        })
        .collect();
    let total = graph.node(sum::call(sums));
    let four = fourfold::call(&total);
    let chosen = graph.node(when(total.gt(3), four).otherwise(double::call(&total)));
    let of_plan = graph.node(planned::call(&chosen));
    Ok((total, of_plan))
}

/// Half of an even number.
#[task]
fn half(n: i64, of: String) -> Result<i64> {
    if n % 2 == 1 {
        return Err(Error::user(format!("{n} {of} are odd")));
    }
    Ok(n / 2)
}

/// The sum of the numbers that are there.
#[task]
fn present(numbers: Vec<Option<i64>>) -> i64 {
    numbers.into_iter().flatten().sum()
}

/// Maps over a known and a promised list, of which one may fail for half of its elements, a graph, and a launch
/// plan.
#[dynamic]
fn mapped(graph: &mut Graph, n: i64) -> Result<(Promise<Vec<i64>>, Promise<i64>, Promise<i64>)> {
    let list: Vec<i64> = (0..n).collect();
    let twice = graph.node(map_task(double::call, list).concurrency(2));
    let halves = map_task(|n| half::call(n, "cakes"), (0..n).collect::<Vec<_>>());
    let halves = graph.node(halves.min_success_ratio(0.5).name("halves"));
    let present = graph.node(present::call(&halves));
    let again = graph.node(doubled::call(n));
    let sums = graph.node(sum::call(&again));
    let of_plan = graph.node(planned::call(&sums));
    Ok((twice, present, of_plan))
}

/// A map fails with one of its elements.
#[dynamic]
fn mapped_with_a_failure(graph: &mut Graph, n: i64) -> Result<Promise<Vec<i64>>> {
    let list: Vec<i64> = (0..n).collect();
    Ok(graph.node(map_task(|n| half::call(n, "cakes"), list)))
}

/// Nothing runs in its place.
#[dynamic]
fn known(_graph: &mut Graph, n: i64) -> Result<(i64, Vec<i64>)> {
    Ok((n, vec![n, 1]))
}

#[dynamic]
fn with_a_failure(graph: &mut Graph, n: i64) -> Result<Promise<i64>> {
    let good = graph.node(double::call(n));
    Ok(graph.node(fails::call(&good)))
}

/// Builds its graph at the attempt of this number.
#[dynamic(retries = 2)]
fn built_late(graph: &mut Graph, at: i64) -> Result<Promise<i64>> {
    let attempt: i64 = std::env::var("FLYTE_ATTEMPT_NUMBER")?.parse()?;
    if attempt < at {
        return Err(RecoverableError::new(format!("attempt {attempt}")).into());
    }
    Ok(graph.node(double::call(2 * attempt)))
}
