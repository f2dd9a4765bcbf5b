//! The interface of a workflow of another program is checked like that of one of this program.

use std::time::SystemTime;

use flytekit::prelude::*;

#[workflow(reference(project = "p", domain = "d", name = "other.flow", version = "v3"))]
fn distant(day: SystemTime, cut: f64) -> Result<i64>;

#[task(reference(project = "p", domain = "d", name = "other.task", version = "v3"))]
fn far(a: i64) -> i64;

#[launch_plan(workflow = distant)]
fn another_type(day: SystemTime, cut: String) -> Result<i64>;

#[launch_plan(workflow = distant)]
fn another_result(day: SystemTime, cut: f64) -> Result<bool>;

#[launch_plan(workflow = distant)]
fn missing(day: SystemTime) -> Result<i64>;

#[launch_plan(workflow = distant, fixed(limit = 0.5))]
fn unknown(day: SystemTime, cut: f64) -> Result<i64>;

#[launch_plan(workflow = distant, fixed(cut = "much"))]
fn fixed_to_text(day: SystemTime) -> Result<i64>;

#[launch_plan(workflow = far)]
fn of_a_task(a: i64) -> Result<i64>;

fn main() {}
