//! Workflows as people write them, for tests of what they become and how they run.

#![allow(
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    reason = "tasks of small numbers, of which the graphs are what is looked at"
)]

use std::collections::HashMap;

use flytekit::prelude::*;

/// A number for a workflow.
pub(crate) const LIMIT: i64 = 40;

/// Twice a number.
#[task(name = "bodies.double", retries = 2)]
pub(crate) fn double(a: i64) -> Result<i64> {
    Ok(2 * a)
}

/// A sum.
#[task(name = "bodies.add")]
pub(crate) fn add(a: i64, b: i64) -> i64 {
    a + b
}

/// A ratio, and the rest.
#[task(name = "bodies.divide")]
pub(crate) fn divide(a: i64, b: i64) -> Result<(i64, i64)> {
    if b == 0 {
        return Err(Error::user("by nothing"));
    }
    Ok((a / b, a % b))
}

/// Text with a number.
#[task(name = "bodies.describe")]
pub(crate) fn describe(text: String, scale: f64, loud: bool) -> String {
    let text = format!("{text} {scale}");
    if loud { text.to_uppercase() } else { text }
}

/// Nothing.
#[task(name = "bodies.nothing")]
pub(crate) fn nothing() {}

/// What is known of some numbers.
#[derive(Outputs)]
pub(crate) struct Summary {
    /// How many there are.
    pub(crate) count: i64,
    /// Their mean.
    pub(crate) mean: f64,
    /// What they are called.
    pub(crate) words: Vec<String>,
}

/// Says what is known of some numbers.
#[task(name = "bodies.summarize")]
pub(crate) async fn summarize(
    numbers: Vec<i64>,
    names: HashMap<String, i64>,
    limit: Option<i64>,
) -> Summary {
    let mut words: Vec<_> = names
        .into_iter()
        .map(|(name, n)| format!("{name}={n}"))
        .collect();
    words.sort();
    words.push(format!("{limit:?}"));
    Summary {
        count: numbers.len() as i64,
        mean: numbers.iter().sum::<i64>() as f64 / numbers.len() as f64,
        words,
    }
}

/// Four times a number.
///
/// In two steps.
#[workflow(name = "bodies.fourfold")]
pub(crate) fn fourfold(
    /** what is taken four times */
    n: i64,
) -> Result<i64> {
    let twice = double(n)?;
    let four = double(twice)?;
    Ok(four)
}

/// Values that are written out.
#[workflow(name = "bodies.literals")]
pub(crate) fn literals(#[default("so")] text: String) -> Result<(String, i64)> {
    let first = describe("x", -2.5, true);
    describe(first.clone(), 1.0, false);
    nothing();
    let sum = add(-3, LIMIT);
    Ok((describe(text, 3.0, false), add(sum, const { LIMIT + 1 })))
}

/// Parts of values.
#[workflow(name = "bodies.parts")]
pub(crate) fn parts(numbers: Vec<i64>) -> Result<(f64, i64, String)> {
    let (ratio, rest) = divide(numbers[0], 4)?;
    let limit = Some(rest);
    let all = vec![ratio, 7, rest];
    let summary = summarize(all, HashMap::from([("a", ratio), ("b", 5)]), limit);
    let Summary { words, .. } = summarize(numbers, HashMap::from([("c", summary.count)]), None);
    Ok((summary.mean, fourfold(summary.count)?, words[0]))
}

/// Outputs with names.
#[workflow(name = "bodies.named")]
pub(crate) fn named(n: i64) -> Result<Summary> {
    let Summary { count, mean, words } = summarize(vec![n, n, 3], HashMap::from([("n", n)]), None);
    let count = double(count)?;
    Ok(Summary { mean, words, count })
}

/// All that another workflow gives.
#[workflow(name = "bodies.passed_on")]
pub(crate) fn passed_on(n: i64) -> Result<Summary> {
    named(n)
}

/// Fails for what is too small.
#[task(name = "bodies.grade")]
pub(crate) fn grade(n: i64, name: String, passed: bool) -> Result<(String, bool)> {
    Ok((format!("{name} {n}"), passed))
}

/// Chooses by numbers, text and booleans.
#[workflow(name = "bodies.chosen")]
pub(crate) fn chosen(n: i64, name: String, fast: bool, ratio: f64) -> Result<String> {
    let (ratio_of_n, rest) = divide(n, 3)?;
    let (text, passed) = if n > 10 && !(rest == LIMIT || fast) {
        grade(n, name, true)?
    } else if name == "nobody" || ratio < 0.5 && fast {
        grade(rest, "somebody", fast)?
    } else if !fast {
        if ratio_of_n >= rest {
            grade(0, "inner", false)?
        } else {
            grade(1, name, false)?
        }
    } else {
        return Err(Error::user("nothing fits"));
    };
    if passed {
        nothing();
    } else {
        double(n)?;
    }
    if n != 0 {
        fourfolded(text, n)
    } else {
        fourfolded(name, 1)
    }
}

/// A sub-workflow with text.
#[workflow(name = "bodies.fourfolded")]
pub(crate) fn fourfolded(text: String, n: i64) -> Result<String> {
    let four = fourfold(n)?;
    let _ = add(four, 1);
    Ok(describe(text, 1.0, false))
}

/// A colour.
#[derive(Clone, Copy, Debug, FlyteData, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Color {
    /// As blood.
    Red,
    /// As grass.
    Green,
}

/// A point.
#[derive(Clone, Debug, FlyteData, PartialEq)]
pub(crate) struct Point {
    /// To the right.
    pub(crate) x: f64,
    /// What it is called.
    #[serde(rename = "label")]
    pub(crate) name: String,
    /// Others.
    #[serde(rename = "neighbours")]
    near: Vec<Near>,
}

/// Another point.
#[derive(Clone, Debug, FlyteData, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) struct Near {
    /// To the right.
    pub(crate) x: f64,
}

/// A point of a colour.
#[task(name = "bodies.point")]
pub(crate) fn point(
    color: Color,
    maybe: Option<Color>,
    x: f64,
    wait: std::time::Duration,
) -> Point {
    Point {
        x,
        name: format!("{color:?} {maybe:?}"),
        near: vec![Near {
            x: wait.as_secs_f64(),
        }],
    }
}

/// Constants of all kinds, and attributes.
#[workflow(name = "bodies.constants")]
pub(crate) fn constants(
    #[default(Color::Red)] color: Color,
    #[default(vec![1, 2])] list: Vec<i64>,
) -> Result<(String, f64, Vec<i64>)> {
    let first = point(Color::Green, Some(Color::Red), f64::MAX, SHORT);
    let second = point(
        color,
        None,
        first.near[0].x,
        const { std::time::Duration::ZERO },
    );
    let Point { name, .. } = point(Color::Red, Some(color), second.x, SHORT);
    let _ = describe(name, first.near[0].x, false);
    Ok((first.name, second.x, list))
}

/// A time for a workflow.
pub(crate) const SHORT: std::time::Duration = std::time::Duration::from_millis(1500);

/// Waits for three things.
#[workflow(name = "bodies.waits")]
pub(crate) fn waits(n: i64) -> Result<(i64, i64)> {
    let twice = double(n)?;
    let sure = approve(twice, "sure")?;
    let limit = wait_for_input::<i64>("limit")?;
    sleep(std::time::Duration::from_millis(10));
    let sum = add(sure, limit);
    Ok((
        if sum > limit {
            double(sure)?
        } else {
            add(sum, 0)
        },
        limit,
    ))
}

/// Fails, at first.
#[task(name = "bodies.flaky", retries = 1, timeout = "5m", interruptible)]
pub(crate) fn flaky(n: i64) -> Result<i64> {
    use std::sync::atomic::{AtomicI64, Ordering};
    static FAILED: AtomicI64 = AtomicI64::new(0);
    if FAILED.fetch_add(1, Ordering::Relaxed) < n {
        return Err(RecoverableError::new("not yet").into());
    }
    Ok(n)
}

/// Clears up.
#[task(name = "bodies.clear_up")]
pub(crate) fn clear_up(n: i64, note: Option<String>) -> Result<()> {
    println!("cleared up {n} {note:?}");
    Ok(())
}

/// Nodes with settings of their own.
#[workflow(
    name = "bodies.settled",
    interruptible,
    failure_policy = fail_after_executable_nodes_complete,
    on_failure = clear_up,
    tags("team" = "x"),
)]
pub(crate) fn settled(n: i64) -> Result<i64> {
    #[node(
        name = "a friendly name",
        retries = 3,
        timeout = "1h",
        interruptible = false
    )]
    let first = flaky(n)?;
    #[node(
        requests(cpu = "1", mem = "2Gi"),
        limits(mem = "4Gi"),
        container_image = "i:1"
    )]
    let sum = add(first, 1);
    #[node(cache(version = "2", serialize), retries = 0, timeout = 0)]
    let again = flaky(0)?;
    #[node(after(sum, again), id = "last")]
    nothing();
    #[node(name = "larger")]
    let largest = if sum > again {
        double(sum)?
    } else {
        double(again)?
    };
    #[node(timeout = "2h")]
    sleep(std::time::Duration::from_millis(1));
    #[node(after(largest))]
    double(largest)
}

/// A task of another program.
#[task(reference(
    project = "p",
    domain = "d",
    name = "other.tasks.scale",
    version = "v1"
))]
pub(crate) fn scale(a: i64, by: f64) -> Result<f64>;

/// Another, which cannot fail as Rust sees it.
#[task(reference(name = "other.tasks.count", version = "v2"))]
pub(crate) fn count(words: Vec<String>) -> i64;

/// A workflow of another program.
#[workflow(reference(project = "p", domain = "d", name = "other.report", version = "v1"))]
pub(crate) fn report(day: String) -> Result<(String, i64)>;

/// Calls what others have registered.
#[workflow(name = "bodies.referring")]
pub(crate) fn referring(n: i64) -> Result<(f64, i64)> {
    let (text, rows) = report("today")?;
    let words = count(vec![text]);
    Ok((scale(rows, 0.5)?, add(words, n)))
}

/// The numbers up to one.
#[task(name = "bodies.numbers")]
pub(crate) fn numbers(n: i64) -> Vec<i64> {
    (1..=n).collect()
}

/// What remains; fails for nothing.
#[task(
    name = "bodies.rest",
    retries = 1,
    timeout = "30s",
    interruptible,
    cache(version = "3")
)]
pub(crate) fn rest(a: i64, b: i64, words: Vec<String>) -> Result<i64> {
    if a == 0 {
        return Err(Error::user("by nothing"));
    }
    Ok(b % a + words.len() as i64)
}

/// Twice, and what remains, of each number of a list.
#[workflow(name = "bodies.mapped")]
pub(crate) fn mapped(n: i64, words: Vec<String>) -> Result<(Vec<i64>, Vec<Option<i64>>, i64)> {
    let list = numbers(n);
    let doubled = map(double, list)?;
    #[node(
        concurrency = 2,
        min_success_ratio = 0.75,
        retries = 4,
        requests(cpu = "2")
    )]
    let rests = map(|a| rest(a, n, words), vec![0, 3, n, 7])?;
    let sums = map(add, list, doubled)?;
    #[node(concurrency = 0)]
    map(|a| add(a, 1), sums)?;
    Ok((sums, rests, doubled[0]))
}

/// A map for each case.
#[workflow(name = "bodies.mapped_or_not")]
pub(crate) fn mapped_or_not(list: Vec<i64>, twice: bool) -> Result<Vec<i64>> {
    let numbers = if twice {
        map(double, list)?
    } else {
        map(|a| add(a, 10), list)?
    };
    map(double, numbers)
}

/// What remains for each number; none may be nothing.
#[workflow(name = "graphs.rests")]
pub(crate) fn rests(list: Vec<i64>) -> Result<Vec<i64>> {
    map(|a| rest(a, 9, vec!["x".to_owned()]), list)
}

// A map that no workflow has.
flytekit::map_task!(describe: loud);

/// The orders of a day.
#[task(name = "shop.load")]
pub(crate) fn load(day: String) -> Result<Vec<i64>> {
    Ok(vec![day.len() as i64, 20, 30])
}

/// What a day's exchange rate is.
#[task(name = "shop.rate")]
pub(crate) fn rate(day: String) -> Result<f64> {
    Ok(day.len() as f64 / 5.0)
}

/// What an order comes to.
#[task(name = "shop.price", retries = 3)]
pub(crate) fn price(order: i64, rate: f64) -> Result<f64> {
    Ok(order as f64 * rate)
}

/// What is known of prices.
#[task(name = "shop.total")]
pub(crate) fn total(prices: Vec<Option<f64>>) -> f64 {
    prices.into_iter().flatten().sum()
}

/// What a day's orders come to.
#[workflow(name = "shop.report")]
pub(crate) fn daily(day: String) -> Result<f64> {
    let orders = load(day)?;
    let rate = rate(day)?;
    #[node(concurrency = 10, min_success_ratio = 0.9)]
    let prices = map(|order| price(order, rate), orders)?;
    Ok(total(prices))
}
