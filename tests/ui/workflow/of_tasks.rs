//! What only nodes of tasks have.

use flytekit::prelude::*;

#[task]
fn load(a: i64) -> Result<i64> {
    Ok(a)
}

#[workflow]
fn part(a: i64) -> Result<i64> {
    load(a)
}

#[launch_plan(workflow = part)]
fn plan(a: i64) -> Result<i64>;

#[workflow(reference(name = "other.part", version = "v1"))]
fn foreign(a: i64) -> Result<i64>;

#[launch_plan(reference(name = "other.plan", version = "v1"))]
fn foreign_plan(a: i64) -> Result<i64>;

#[task(reference(name = "other.load", version = "v1"))]
fn foreign_load(a: i64) -> Result<i64>;

#[workflow]
fn of_a_workflow(n: i64) -> Result<i64> {
    #[node(name = "part", retries = 3, timeout = "1h", requests(mem = "1Gi"))]
    part(n)
}

#[workflow]
fn of_a_plan(n: i64) -> Result<i64> {
    #[node(interruptible)]
    plan(n)
}

#[workflow]
fn of_a_foreign_workflow(n: i64) -> Result<i64> {
    #[node(cache(version = "2"))]
    foreign(n)
}

#[workflow]
fn of_a_foreign_plan(n: i64) -> Result<i64> {
    #[node(container_image = "app:1")]
    foreign_plan(n)
}

// These have all of them.
#[workflow]
fn of_tasks(n: i64) -> Result<i64> {
    #[node(interruptible, cache(version = "2"), resources(mem = "1Gi"))]
    let a = load(n)?;
    #[node(interruptible, container_image = "app:1")]
    let b = foreign_load(a)?;
    #[node(name = "part", retries = 3, timeout = "1h")]
    part(b)
}

fn main() {}
