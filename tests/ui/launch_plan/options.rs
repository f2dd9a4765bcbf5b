//! Options that Flyte refuses.

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

#[launch_plan(workflow = report, schedule(cron = "0 0 * * 7", kickoff_time = dya))]
fn sunday(day: SystemTime, cut: f64) -> Result<bool>;

#[launch_plan(workflow = report, schedule(rate = "90s"))]
fn too_often(day: SystemTime, cut: f64) -> Result<bool>;

#[launch_plan(workflow = report, schedule(cron = "daily", rate = "1d"))]
fn both(day: SystemTime, cut: f64) -> Result<bool>;

#[launch_plan(workflow = report, schedule())]
fn never(day: SystemTime, cut: f64) -> Result<bool>;

#[launch_plan(
    workflow = report,
    notifications(email(on(running), to("a@example.com")), mail(on(failed)), slack(on(failed)))
)]
fn told(day: SystemTime, cut: f64) -> Result<bool>;

#[launch_plan(workflow = report, fixed(cut = 0.5, cut = 0.6, day = 3))]
fn twice(day: SystemTime) -> Result<bool>;

#[launch_plan(workflow = report, max_parallelism = 0, concurrency(behavior = wait))]
fn limited(day: SystemTime, cut: f64) -> Result<bool>;

#[launch_plan(workflow = report, concurrency(max = 1, behavior = wait), label("a" = "b"))]
fn waits(day: SystemTime, cut: f64) -> Result<bool>;

#[launch_plan(workflow = report, labels("a b" = "c"), fixed(0.5))]
fn labelled(day: SystemTime, cut: f64) -> Result<bool>;

fn main() {}
