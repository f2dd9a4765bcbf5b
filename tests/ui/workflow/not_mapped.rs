use flytekit::prelude::*;

#[task]
fn square(n: i64) -> i64 {
    n * n
}

#[task]
fn maybe(n: i64) -> Option<i64> {
    Some(n)
}

#[workflow]
fn inner(n: i64) -> Result<i64> {
    Ok(square(n))
}

#[launch_plan(workflow = inner)]
fn plan(n: i64) -> Result<i64>;

#[task(reference(name = "other.tasks.count", version = "v2"))]
fn count(n: i64) -> i64;

#[task(container(image = "alpine:3", command("echo", "{{.inputs.n}}")))]
fn echo(n: i64) -> Result<()>;

#[workflow]
fn of_a_workflow(list: Vec<i64>) -> Result<Vec<i64>> {
    map(inner, list)
}

#[workflow]
fn of_a_plan(list: Vec<i64>) -> Result<Vec<i64>> {
    map(plan, list)
}

#[workflow]
fn of_another_program(list: Vec<i64>) -> Result<Vec<i64>> {
    map(count, list)
}

#[workflow]
fn of_a_container(list: Vec<i64>) -> Result<()> {
    map(echo, list)?;
    Ok(())
}

#[workflow]
fn of_nothing_known(list: Vec<i64>) -> Result<Vec<i64>> {
    map(squares, list)
}

#[workflow]
fn of_options(list: Vec<i64>) -> Result<()> {
    #[node(min_successes = 1)]
    map(maybe, list)?;
    Ok(())
}

fn main() {}
