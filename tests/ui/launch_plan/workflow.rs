//! Launch plans that do not fit their workflow.

use std::time::SystemTime;

use flytekit::prelude::*;

#[task]
fn late(day: SystemTime, cut: f64) -> bool {
    day.elapsed().is_ok() && cut > 0.5
}

#[workflow]
fn report(day: SystemTime, cut: f64) -> Result<bool> {
    let late = late(day, cut);
    Ok(late)
}

#[launch_plan(workflow = report)]
fn unknown_input(day: SystemTime, cut: f64, more: i64) -> Result<bool>;

#[launch_plan(workflow = report)]
fn other_type(day: SystemTime, cut: i64) -> Result<bool>;

#[launch_plan(workflow = report)]
fn left_out(day: SystemTime) -> Result<bool>;

#[launch_plan(workflow = report, fixed(cat = 0.5))]
fn unknown_fixed(day: SystemTime, cut: f64) -> Result<bool>;

#[launch_plan(workflow = report, fixed(cut = "high"))]
fn fixed_type(day: SystemTime) -> Result<bool>;

#[launch_plan(workflow = report)]
fn other_result(day: SystemTime, cut: f64) -> Result<i64>;

#[launch_plan(workflow = report, schedule(cron = "@daily"))]
fn unbound(day: SystemTime, #[default(0.5)] cut: f64) -> Result<bool>;

#[launch_plan(workflow = report, schedule(cron = "@daily", kickoff_time = cut))]
fn no_time(day: SystemTime, #[default(0.5)] cut: f64) -> Result<bool>;

#[launch_plan(workflow = report)]
fn other_default(day: SystemTime, #[default("high")] cut: f64) -> Result<bool>;

const NEVER: &str = "0 0 30 2 *";

#[launch_plan(workflow = report, fixed(cut = 0.5), schedule(cron = NEVER, kickoff_time = day))]
fn never(day: SystemTime) -> Result<bool>;

fn main() {}
