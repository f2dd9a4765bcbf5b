//! Gates, failure nodes, other entities, and tasks; the cases are those of `fixtures/compiler`.

#![allow(unused_variables)]

use flytekit::prelude::*;

#[task]
fn one() -> i64 {
    1
}

#[task]
fn double(a: i64) -> i64 {
    2 * a
}

// case: approve no inputs
#[workflow]
fn approves_nothing() -> Result<()> {
    approve("x")?;
    Ok(())
}

// case: signal no type
#[workflow]
fn signal_without_a_type() -> Result<()> {
    wait_for_input("x")?;
    Ok(())
}

// case: signal no id
#[workflow]
fn signal_without_an_id() -> Result<()> {
    let x = wait_for_input::<i64>("")?;
    Ok(())
}

// case: sleep without duration
#[workflow]
fn sleeps() -> Result<()> {
    sleep();
    Ok(())
}

// case: failure missing input
#[task]
fn takes_another(i: i64) {}

#[workflow(on_failure = takes_another)]
fn failure_with_another_input(q: i64) -> Result<()> {
    double(q);
    Ok(())
}

// case: failure id same as node
#[task]
fn takes_the_same(q: i64) {}

#[workflow(on_failure = takes_the_same)]
fn failure_of_the_same_id(q: i64) -> Result<()> {
    #[node(id = "fn0")]
    double(q);
    Ok(())
}

#[workflow]
fn inner(x: i64) -> Result<i64> {
    let y = double(x);
    Ok(y)
}

// case: sub unbound input
#[workflow]
fn input_of_a_workflow() -> Result<i64> {
    inner()
}

// case: unused sub_workflow invalid
#[workflow]
fn unused(x: i64) -> Result<i64> {
    let m = double(x);
    Ok(m.zz)
}

#[workflow]
fn with_defaults(x: i64, z: i64, fix: i64) -> Result<()> {
    double(x);
    Ok(())
}

#[launch_plan(workflow = with_defaults, fixed(fix = 1))]
fn plan(x: i64, #[default(1)] z: i64) -> Result<()>;

// case: lp required unbound
#[workflow]
fn input_of_a_plan() -> Result<()> {
    plan()
}

// case: lp default unbound
#[workflow]
fn default_of_a_plan(q: i64) -> Result<()> {
    plan(q)
}

// case: lp fixed input bound
#[workflow]
fn fixed_of_a_plan(q: i64) -> Result<()> {
    plan(q, 1, q)
}

// case: container no args
#[task(container(image = "i"))]
fn without_a_command() -> Result<i64>;

// case: no image
#[task(container(command("a")))]
fn without_an_image() -> Result<i64>;

// case: bad quantity
#[task(requests(cpu = "1 core"))]
fn quantity() {}

fn main() {}
