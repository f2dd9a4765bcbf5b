//! Workflows with nodes of all kinds, of tasks in Rust and in Python.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use flytekit::prelude::*;

use crate::ends::{fails, recovers, too_slow};
use crate::nodes::{add, fails_after};

/// A task in Python, from `tests/python/runs_flows/nodes.py`.
#[task(reference(
    project = "flytesnacks",
    domain = "development",
    name = "runs_flows.nodes.twice",
    version = "v1"
))]
fn twice(x: i64) -> i64;

/// A launch plan of a workflow in Python, with a default and a fixed input.
#[launch_plan(reference(
    project = "flytesnacks",
    domain = "development",
    name = "runs_flows.nodes.planned",
    version = "v1"
))]
fn planned_in_python(a: i64) -> Result<i64>;

/// Something measured.
#[derive(Clone, Debug, FlyteData)]
struct Measured {
    numbers: Vec<i64>,
    by_name: HashMap<String, i64>,
}

/// Facts about numbers.
#[derive(Outputs)]
struct Known {
    measured: Measured,
    sum: i64,
}

/// Measures numbers.
#[task]
fn measure(numbers: Vec<i64>, more: Option<i64>) -> Known {
    let sum = numbers.iter().chain(&more).sum();
    let by_name = HashMap::from([("first".to_owned(), numbers[0]), ("sum".to_owned(), sum)]);
    Known {
        measured: Measured { numbers, by_name },
        sum,
    }
}

/// Whether a number is large.
#[task]
fn is_large(a: i64) -> bool {
    a > 10
}

/// Values and their parts, of tasks in both languages.
#[workflow]
fn values(x: i64) -> Result<(i64, Vec<i64>)> {
    let double = twice(x);
    let Known { measured, sum } = measure(vec![double, x, 7], Some(double));
    let part = add(measured.numbers[2], measured.by_name["first"]);
    let all = twice(add(part, sum));
    Ok((all, vec![part, sum, measured.numbers[0], 9]))
}

/// Nested conditions, with a failure.
#[workflow]
fn branches(x: i64, strict: bool) -> Result<i64> {
    let large = is_large(x);
    let chosen = if large && !(x == 13) {
        if x >= 100 || strict {
            twice(x)
        } else {
            add(x, 1)
        }
    } else if x > 0 {
        parts(x)?
    } else {
        return Err(Error::user("too small"));
    };
    Ok(add(chosen, 1000))
}

/// The innermost workflow.
#[workflow]
fn inner(x: i64) -> Result<i64> {
    let double = twice(x);
    Ok(add(double, 1))
}

/// Workflows of workflows.
#[workflow]
pub(crate) fn parts(x: i64) -> Result<i64> {
    let first = inner(x)?;
    inner(first)
}

/// A plan of this program.
#[launch_plan(workflow = sums, fixed(b = 20))]
fn planned(#[default(5)] a: i64) -> Result<i64>;

/// A sum.
#[workflow]
fn sums(a: i64, b: i64) -> Result<i64> {
    Ok(add(a, b))
}

/// Launch plans in both languages.
#[workflow]
fn launches(x: i64) -> Result<i64> {
    let ours = planned(x)?;
    let theirs = planned_in_python(300)?;
    let both = add(ours, theirs);
    Ok(add(both, sums(1000, x)?))
}

/// Gates of all kinds.
#[workflow]
fn gates(x: i64) -> Result<(i64, i64)> {
    let double = twice(x);
    let approved = approve(double, "fine")?;
    let given = approve(x, "input")?;
    let number = wait_for_input::<i64>("number")?;
    let sure = wait_for_input::<bool>("sure")?;
    sleep(Duration::from_secs(1));
    let last = if sure {
        add(approved, number)
    } else {
        add(given, number)
    };
    Ok((last, given))
}

/// Records a failure.
#[task]
fn clean_up(file: String, note: Option<String>) -> Result<()> {
    fs::write(file, format!("cleaned up, {note:?}"))?;
    Ok(())
}

/// Runs a task on failure.
#[workflow(on_failure = clean_up)]
fn handled(file: String) -> Result<i64> {
    let failed = fails("user")?;
    let _ = add(failed, 1);
    Ok(failed)
}

/// Cleans up in two steps.
#[workflow]
fn clean_up_in_steps(file: String) -> Result<()> {
    sleep(Duration::from_secs(1));
    clean_up(file, Some("in steps"))
}

/// Runs a workflow on failure.
#[workflow(on_failure = clean_up_in_steps)]
fn handled_by_a_workflow(file: String) -> Result<i64> {
    fails("panic")
}

/// Writes down what it is told of the failure.
#[task]
fn write_down(file: String, err: Option<FlyteError>) -> Result<()> {
    let FlyteError {
        message,
        failed_node_id,
    } = err.unwrap_or_default();
    fs::write(file, format!("{failed_node_id}: {message}"))?;
    Ok(())
}

/// Tells a task of the failure.
#[workflow(on_failure = write_down)]
fn told(file: String) -> Result<i64> {
    fails("user")
}

/// Passes on what it is told.
#[workflow]
fn write_down_in_steps(file: String, err: Option<FlyteError>) -> Result<()> {
    write_down(file, err)
}

/// Tells a workflow of the failure.
#[workflow(on_failure = write_down_in_steps)]
fn told_in_steps(file: String) -> Result<i64> {
    fails("user")
}

/// Waits for a file, and writes another one.
#[task]
fn passes_on(from: String, to: String) -> Result<()> {
    while !Path::new(&from).exists() {
        thread::sleep(Duration::from_millis(10));
    }
    thread::sleep(Duration::from_millis(500));
    fs::write(to, "passed on")?;
    Ok(())
}

/// Writes a file.
#[task]
fn writes_file(file: String) -> Result<()> {
    fs::write(file, "here")?;
    Ok(())
}

/// One node fails, and another one continues.
#[workflow(failure_policy = fail_after_executable_nodes_complete)]
fn goes_on(from: String, to: String) -> Result<()> {
    passes_on(from, to)?;
    writes_file(from)?;
    fails_after(from)?;
    Ok(())
}

/// The nodes override retries.
#[workflow]
fn retried() -> Result<i64> {
    #[node(retries = 1)]
    let first = recovers(1)?;
    #[node(retries = 3)]
    let second = recovers(3)?;
    Ok(add(first, second))
}

/// The node overrides the timeout.
#[workflow]
fn times_out() -> Result<bool> {
    #[node(timeout = "5s", retries = 0)]
    let late = too_slow();
    Ok(late)
}

/// Runs in the order of `after`.
#[workflow]
fn ordered(file: String) -> Result<()> {
    let written = writes_file(file)?;
    #[node(after(written), id = "last")]
    fails_after(file)?;
    Ok(())
}
