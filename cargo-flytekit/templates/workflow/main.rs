//! Tasks, a workflow of them, and a launch plan that starts it each day.

use std::process::ExitCode;

use flytekit::jiff::civil::Date;
use flytekit::prelude::*;

/// Loads the orders of a day.
#[task(retries = 3, requests(mem = "256Mi"))]
fn load(day: Date) -> Result<Vec<f64>> {
    if day.year() < 2000 {
        return Err(Error::user(format!("there are no orders of {day}")));
    }
    // Replace this by a query, or read a file: `docs/types.md` of flytekit lists the types of inputs.
    Ok((1..=i32::from(day.day())).map(f64::from).collect())
}

/// Sums up orders.
#[task(cache(version = "1.0"))]
fn total(orders: Vec<f64>) -> f64 {
    orders.iter().sum()
}

/// Asks somebody to look at a day.
#[task]
fn alarm(day: Date, total: f64) -> String {
    format!("look at {day}: the orders sum up to {total}")
}

/// Says that a day was an ordinary one.
#[task]
fn accept(day: Date, total: f64) -> String {
    format!("{day} is fine: the orders sum up to {total}")
}

/// Reports on the orders of a day.
#[workflow]
fn report(
    /// The day, in UTC.
    day: Date,
    /// The largest sum that is fine.
    #[default(300.0)]
    limit: f64,
) -> Result<String> {
    let orders = load(day)?;
    let total = total(orders);
    let text = if total > limit {
        alarm(day, total)
    } else {
        accept(day, total)
    };
    Ok(text)
}

/// Reports on each day, early in the morning.
#[launch_plan(
    workflow = report,
    fixed(limit = 400.0),
    schedule(cron = "0 6 * * *", kickoff_time = day)
)]
fn daily(day: Date) -> Result<String>;

fn main() -> ExitCode {
    flytekit::main()
}

#[cfg(test)]
mod tests {
    use flytekit::jiff::civil::date;

    use super::*;

    #[test]
    fn the_workflow_runs_here() {
        let text = report(date(2026, 1, 3), 300.0).expect("a report");
        assert_eq!(text, "2026-01-03 is fine: the orders sum up to 6");
        let text = report(date(2026, 1, 31), 300.0).expect("a report");
        assert!(text.starts_with("look at 2026-01-31"), "{text}");
    }

    #[test]
    fn an_old_day_is_a_mistake() {
        assert!(report(date(1999, 1, 1), 300.0).is_err());
    }
}
