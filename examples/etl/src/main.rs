//! A workflow of plain, Spark and Dask tasks, with a condition, a sub-workflow, a failure handler, and a
//! launch plan that starts it each day; and a dynamic task that maps a task and calls the sub-workflow for a
//! number of days.
//!
//! ```sh
//! cargo run -p etl -- run etl.report --day 2026-01-31
//! cargo run -p etl -- run etl.report --day 2026-01-31 --limit 5 --spark sail --dask threads
//! cargo run -p etl -- run etl.compare --first 2026-01-30 --days 2
//! cargo run -p etl -- describe etl.report --format outline
//! ```
//!
//! The readings depend only on the day, so that each run for a day returns the same report.

use std::process::ExitCode;

use flytekit::deck::Deck;
use flytekit::jiff::ToSpan as _;
use flytekit::jiff::civil::Date;
use flytekit::part;
use flytekit::prelude::*;

/// The number of readings of a day.
const READINGS: u32 = 48;

/// Reads what was measured on a day, in degrees Celsius.
#[task(retries = 3, requests(mem = "256Mi"), enable_deck)]
fn load(day: Date) -> Result<Vec<f64>> {
    if day.year() < 2000 {
        return Err(Error::user(format!("there are no readings of {day}")));
    }
    let season = f64::from(day.day_of_year()) / 365.0;
    let of_a_time = |time| 15.0 + 10.0 * season + 8.0 * (f64::from(time) / 4.0).sin();
    let readings: Vec<_> = (0..READINGS).map(of_a_time).collect();
    let deck = Deck::new("readings");
    deck.markdown(&format!("**{READINGS}** readings of {day}"))
        .table(&readings);
    Ok(readings)
}

/// The mean, which the executors of a Spark cluster compute.
#[task(
    spark(conf("spark.executor.instances" = "2")),
    cache(version = "1.0"),
    timeout = "30m"
)]
fn mean(spark: &SparkSession, readings: Vec<f64>) -> Result<f64> {
    let rows: Vec<_> = readings.iter().map(|it| format!("({it:?}D)")).collect();
    let query = format!("select avg(it) from values {} as t(it)", rows.join(", "));
    let rows = spark.sql(&query)?.collect()?;
    let mean = rows.first().and_then(|row| row.get(0)?.as_f64());
    mean.ok_or_else(|| Error::user("there is no mean of no readings"))
}

/// How far a reading is from the mean.
#[worker_fn]
fn distance(reading: f64, mean: f64) -> f64 {
    (reading - mean).abs()
}

/// The largest distance from the mean, for which the workers of a Dask cluster look.
#[task(dask(workers(count = 2, limits(cpu = "1", mem = "512Mi"))))]
fn largest_distance(dask: &DaskClient, readings: Vec<f64>, mean: f64) -> Result<f64> {
    let mut largest = 0.0_f64;
    for found in dask.stream(distance, readings.into_iter().map(|it| (it, mean))) {
        largest = largest.max(found?);
    }
    Ok(largest)
}

/// Asks people to look at a day.
#[task]
fn alarm(day: Date, largest: f64) -> String {
    format!("look at {day}: a reading is {largest:.1} degrees from the mean")
}

/// Says that a day was an ordinary one.
#[task]
fn file(day: Date, mean: f64) -> String {
    format!("{day} was an ordinary day of {mean:.1} degrees")
}

/// Says which day has no report.
#[task]
fn give_up(day: Date) {
    println!("there is no report of {day}");
}

/// What is known of a day.
#[derive(Outputs)]
struct Statistics {
    /// The mean of its readings.
    mean: f64,
    /// The largest distance of a reading from it.
    largest: f64,
}

/// What is known of readings.
#[workflow]
fn statistics(readings: Vec<f64>) -> Result<Statistics> {
    let mean = mean(readings)?;
    #[node(retries = 2)]
    let largest = largest_distance(readings, mean)?;
    Ok(Statistics { mean, largest })
}

/// Reports on a day.
#[workflow(on_failure = give_up)]
fn report(
    /// The day, in UTC.
    day: Date,
    /// How far a reading may be from the mean.
    #[default(10.0)]
    limit: f64,
) -> Result<String> {
    let readings = load(day)?;
    let Statistics { mean, largest } = statistics(readings)?;
    let text = if largest > limit {
        alarm(day, largest)
    } else {
        file(day, mean)
    };
    Ok(text)
}

/// Sums up what is known of several days.
#[task]
fn sum_up(first: Date, means: Vec<f64>, largest: Vec<f64>) -> String {
    let days = means.len();
    let [mean, largest] = [means, largest].map(|all| all.into_iter().fold(f64::MIN, f64::max));
    format!(
        "the warmest of {days} days from {first} on has {mean:.1} degrees, and the largest distance is {largest:.1}"
    )
}

/// Compares days. Their number is not known before the task runs, so it builds the graph then.
#[dynamic(requests(mem = "256Mi"))]
fn compare(graph: &mut Graph, first: Date, days: u16) -> Result<Promise<String>> {
    let dates: Vec<_> = first.series(1.day()).take(days.into()).collect();
    let readings = graph.node(map_task(load::call, dates).concurrency(4).name("readings"));
    let (mut means, mut largest) = (Vec::new(), Vec::new());
    for day in 0..days.into() {
        let statistics = graph.node(statistics::call(readings.at(day)));
        means.push(part!(statistics.mean));
        largest.push(part!(statistics.largest));
    }
    Ok(graph.node(sum_up::call(first, means, largest)))
}

/// Reports on each day, early in the morning.
#[launch_plan(
    workflow = report,
    fixed(limit = 12.5),
    schedule(cron = "0 6 * * *", kickoff_time = day),
    max_parallelism = 4
)]
fn daily(day: Date) -> Result<String>;

fn main() -> ExitCode {
    flytekit::main()
}
