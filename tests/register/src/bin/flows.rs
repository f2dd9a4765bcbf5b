//! Workflows and launch plans to be registered. `tests/python/flows.py` declares the same for flytekit.

use std::process::ExitCode;
use std::time::SystemTime;

use flytekit::prelude::*;

/// Twice a number.
#[task]
fn double(a: i64) -> i64 {
    2 * a
}

/// Whether a day is late.
#[task]
fn is_late(day: SystemTime, words: Vec<String>, limit: Option<i64>) -> bool {
    let seconds = day.duration_since(SystemTime::UNIX_EPOCH);
    let limit = limit.and_then(|limit| u64::try_from(limit).ok());
    words.is_empty() || seconds.is_ok_and(|it| Some(it.as_secs()) > limit)
}

/// Twice a number.
#[workflow]
fn inner(x: i64) -> Result<i64> {
    let twice = double(x);
    Ok(twice)
}

/// A workflow that depends on others, though it comes before them by name.
#[workflow]
fn a_outer(#[default(5)] n: i64) -> Result<i64> {
    let twice = inner(n)?;
    let _six = a_nightly()?;
    let four_times = double(twice);
    Ok(four_times)
}

/// Asks about a day.
#[workflow]
fn daily(day: SystemTime, words: Vec<String>, limit: Option<i64>) -> Result<bool> {
    let late = is_late(day, words, limit);
    Ok(late)
}

/// Twice three, each night.
#[launch_plan(
    workflow = inner,
    fixed(x = 3),
    schedule(cron = "0 2 * * *"),
    auto_activate
)]
fn a_nightly() -> Result<i64>;

#[launch_plan(workflow = inner, schedule(rate = "48h"))]
fn every_two_days(#[default(7)] x: i64) -> Result<i64>;

#[launch_plan(workflow = inner, schedule(rate = "90m"), fixed(x = -1))]
fn often() -> Result<i64>;

#[launch_plan(
    workflow = daily,
    fixed(words = vec!["a", "b"], limit = Some(5)),
    schedule(cron = "@daily", kickoff_time = day)
)]
fn kicked_off(day: SystemTime) -> Result<bool>;

#[launch_plan(workflow = daily)]
fn with_defaults(
    day: SystemTime,
    #[default(vec!["x"])] words: Vec<String>,
    #[default(Some(2))] limit: Option<i64>,
) -> Result<bool>;

#[launch_plan(
    workflow = inner,
    notifications(
        email(on(succeeded, failed), to("a@example.com", "b@example.com")),
        slack(on(timed_out), to("c@example.com")),
        pager_duty(on(aborted), to("d@example.com")),
        email(on(aborted), to("e@example.com"))
    )
)]
fn told(x: i64) -> Result<i64>;

#[launch_plan(
    workflow = inner,
    labels("team" = "etl", "cost" = "low"),
    annotations("example.com/why" = "a test"),
    raw_output_prefix = "s3://bucket/raw",
    max_parallelism = 4,
    overwrite_cache
)]
fn described(x: i64) -> Result<i64>;

#[launch_plan(
    workflow = inner,
    name = "flows.limited",
    security(service_account = "etl", iam_role = "arn:role"),
    concurrency(max = 2, behavior = skip)
)]
fn limited(x: i64) -> Result<i64>;

fn main() -> ExitCode {
    flytekit::main()
}
