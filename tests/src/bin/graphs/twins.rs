//! Workflows of every kind of node, value, condition and setting; `tests/python/twins.py` has the same.

#![allow(
    clippy::unnecessary_wraps,
    clippy::needless_pass_by_value,
    reason = "tasks of which only the interface is looked at"
)]

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use flytekit::declare::{Json, PodTemplate};
use flytekit::jiff::civil::{Date, DateTime};
use flytekit::jiff::{SignedDuration, Timestamp};
use flytekit::prelude::*;

/// Reads numbers.
#[task(name = "twins.load", retries = 1)]
fn load(n: i64) -> Result<Vec<f64>> {
    let short = i32::try_from(n)?;
    Ok(vec![f64::from(short); 3])
}

/// Their mean, on Spark.
#[task(
    name = "twins.mean",
    spark(conf("spark.executor.instances" = "1")),
    timeout = "30m"
)]
fn mean(_spark: &SparkSession, numbers: Vec<f64>) -> Result<f64> {
    numbers
        .first()
        .copied()
        .ok_or_else(|| Error::user("no numbers"))
}

/// How far they are from it, on Dask.
#[task(name = "twins.spread", dask(workers(count = 2)), interruptible)]
fn spread(_dask: &DaskClient, numbers: Vec<f64>, mean: f64) -> Result<f64> {
    Ok(numbers.iter().fold(0.0, |sum, it| sum + (it - mean).abs()))
}

/// Something in another container.
#[task(
    name = "twins.boxed",
    container(
        image = "alpine:3.22",
        command("true"),
        input_dir = "/in",
        output_dir = "/out"
    ),
    retries = 2
)]
fn boxed(mean: f64, spread: f64) -> Result<String>;

/// Something in an image of somebody else's.
#[task(
    name = "twins.shimmed",
    shim(executor = "tests.Acting", image = "registry/tools:1")
)]
fn shimmed(text: String) -> Result<String>;

/// Takes text.
#[task(name = "twins.note")]
fn note(text: String) {
    println!("{text}");
}

/// Tasks of every engine.
#[workflow(name = "twins.engines")]
fn engines(n: i64) -> Result<(String, String)> {
    let numbers = load(n)?;
    let mean = mean(numbers)?;
    let spread = spread(numbers, mean)?;
    let text = boxed(mean, spread)?;
    note(text);
    Ok((text, shimmed(text)?))
}

/// Twice a number.
#[task(name = "twins.double")]
fn double(a: i64) -> i64 {
    2 * a
}

/// Three numbers of one.
#[task(name = "twins.split")]
fn split(a: i64) -> Result<(i64, i64, i64)> {
    Ok((a, a + 1, a + 2))
}

/// What is known.
#[derive(Outputs)]
struct Known {
    /// How many.
    count: i64,
    /// How they are called.
    title: String,
}

/// Says what is known.
#[task(name = "twins.know")]
fn know(a: i64) -> Known {
    Known {
        count: a,
        title: a.to_string(),
    }
}

/// The innermost of three.
#[workflow(name = "twins.innermost")]
fn innermost(n: i64) -> Result<Known> {
    let known = know(n);
    let count = double(known.count);
    Ok(Known {
        title: known.title,
        count,
    })
}

/// In the middle of three.
#[workflow(name = "twins.middle")]
fn middle(n: i64, #[default("x")] text: String) -> Result<(i64, String)> {
    let Known { count, .. } = innermost(n)?;
    let again = innermost(count)?;
    note(text);
    Ok((again.count, again.title))
}

/// The outermost of three.
#[workflow(name = "twins.outermost")]
fn outermost(n: i64) -> Result<(String, i64)> {
    let (count, title) = middle(n, "first")?;
    let known = innermost(count)?;
    note(known.title);
    let (_, last) = middle(known.count, title)?;
    Ok((last, count))
}

/// A plan with a default and a fixed input.
#[launch_plan(
    workflow = middle,
    name = "twins.planned",
    fixed(text = "fixed")
)]
fn planned(#[default(7)] n: i64) -> Result<(i64, String)>;

/// Executions of their own.
#[workflow(name = "twins.launching")]
fn launching(n: i64) -> Result<(i64, String)> {
    let (first, _) = planned(n)?;
    let (count, title) = planned(7)?;
    note(title);
    let (given, last) = planned(count)?;
    note(last);
    let _ = double(given);
    Ok((first, title))
}

/// A task of another program.
#[task(reference(project = "p", domain = "d", name = "other.tasks.rate", version = "v1"))]
fn rate(a: i64, b: i64) -> f64;

/// A plan of another program.
#[workflow(reference(project = "p", domain = "d", name = "other.plan", version = "v2"))]
fn foreign(day: SystemTime, words: Vec<String>) -> Result<Known>;

/// What others have registered, also behind a condition.
#[workflow(name = "twins.foreigners")]
fn foreigners(day: SystemTime, words: Vec<String>) -> Result<(f64, String)> {
    let known = foreign(day, words)?;
    let ratio = if known.count > 3 {
        rate(known.count, 3)
    } else {
        rate(3, known.count)
    };
    Ok((ratio, known.title))
}

/// A workflow of another program.
#[workflow(reference(project = "p", domain = "d", name = "other.flow", version = "v3"))]
fn distant(day: SystemTime, cut: f64, words: Vec<String>) -> Result<Known>;

/// A plan of it, with a default and a fixed input.
#[launch_plan(
    workflow = distant,
    name = "twins.planned_far",
    fixed(cut = 0.5),
    schedule(cron = "0 6 * * *", kickoff_time = day),
    labels("team" = "etl")
)]
fn planned_far(day: SystemTime, #[default(vec!["a"])] words: Vec<String>) -> Result<Known>;

/// Executions by it.
#[workflow(name = "twins.launching_far")]
fn launching_far(day: SystemTime) -> Result<i64> {
    let known = planned_far(day, vec!["a"])?;
    Ok(known.count)
}

/// Where something is.
#[derive(Clone, Debug, FlyteData)]
struct Place {
    city: String,
    codes: Vec<i64>,
    names: HashMap<String, String>,
}

/// Something sold.
#[derive(Clone, Debug, FlyteData)]
struct Sale {
    amount: f64,
    place: Place,
    others: Vec<Place>,
    by_name: HashMap<String, Place>,
}

/// Sells something.
#[task(name = "twins.sell")]
fn sell(n: i64) -> Result<Sale> {
    Err(Error::user(format!("{n} of nothing")))
}

/// Takes numbers.
#[task(name = "twins.count")]
fn count(numbers: Vec<i64>) -> i64 {
    numbers.iter().sum()
}

/// Takes texts by their names.
#[task(name = "twins.join")]
fn join(texts: HashMap<String, String>) -> String {
    texts.into_values().collect()
}

/// Parts of objects, of parts, and in lists and maps.
#[workflow(name = "twins.attributes")]
fn attributes(sale: Sale) -> Result<(String, f64, Vec<i64>)> {
    let other = sell(sale.place.codes[1])?;
    let text = join(HashMap::from([
        ("city", other.place.city),
        ("code", sale.others[0].names["short"]),
        ("here", sale.by_name["home"].city),
    ]));
    let numbers = count(vec![other.place.codes[0], 5, sale.by_name["work"].codes[2]]);
    let names = join(other.place.names);
    note(names);
    let _ = double(numbers);
    Ok((text, other.amount, other.others[1].codes))
}

/// Takes lists of lists, and maps of lists.
#[task(name = "twins.nest")]
fn nest(
    lists: Vec<Vec<i64>>,
    maps: HashMap<String, Vec<i64>>,
    maybe: Option<Vec<i64>>,
    several: Vec<Option<i64>>,
) -> i64 {
    let _ = (maps, maybe, several);
    i64::from(lists.is_empty())
}

/// Lists and maps of values and constants, in each other.
#[workflow(name = "twins.collections")]
fn collections(n: i64, list: Vec<i64>) -> Result<(Vec<i64>, HashMap<String, i64>)> {
    let (a, b, c) = split(n)?;
    let first = nest(
        vec![vec![a, 1], vec![], list],
        HashMap::from([("x", vec![b, n]), ("empty", vec![])]),
        Some(vec![c, 2]),
        vec![Some(a), None, Some(3)],
    );
    let second = nest(vec![list], HashMap::from([("y", list)]), None, vec![]);
    Ok((vec![first, second, 9], HashMap::from([("k", c), ("l", 4)])))
}

/// Says that it is so.
#[task(name = "twins.is_large")]
fn is_large(a: i64) -> bool {
    a > 100
}

/// Conditions in conditions, of each comparison.
#[workflow(name = "twins.nested")]
fn nested(
    a: i64,
    x: f64,
    text: String,
    fast: bool,
    day: SystemTime,
    until: SystemTime,
) -> Result<i64> {
    let large = is_large(a);
    let first = if a >= 10 {
        if x < 0.5 {
            if text != "no" {
                double(a)
            } else {
                count(vec![a])
            }
        } else if x <= 1.5 && fast {
            double(1)
        } else {
            return Err(Error::user("x is too large"));
        }
    } else if day < until || large {
        double(2)
    } else {
        double(3)
    };
    let second = if !large && !(first > a) {
        double(first)
    } else if fast == true {
        double(4)
    } else {
        return Err(Error::user("not fast"));
    };
    Ok(second)
}

/// Sub-workflows, plans and waits behind conditions.
#[workflow(name = "twins.chosen_entities")]
fn chosen_entities(n: i64) -> Result<()> {
    if n > 0 {
        innermost(n)?;
    } else if n == 0 {
        planned(n)?;
    } else {
        note("negative");
    }
    Ok(())
}

/// Waits of all kinds.
#[workflow(name = "twins.gates")]
fn gates(n: i64) -> Result<(i64, String)> {
    let twice = double(n);
    let sure = wait_for_input::<bool>("sure")?;
    let words = wait_for_input::<Vec<String>>("words")?;
    let share = wait_for_input::<f64>("share")?;
    let (a, ..) = split(twice)?;
    let first = approve(a, "first")?;
    let known = know(n);
    let title = approve(known.title, "title")?;
    let given = approve(twice, "given")?;
    sleep(Duration::from_secs(90));
    let last = if sure {
        double(first)
    } else if share > 0.5 {
        double(given)
    } else {
        return Err(Error::user("nobody is sure"));
    };
    note(title);
    Ok((last, words[1]))
}

/// Cleans up after a number.
#[workflow(name = "twins.clean")]
fn clean(n: i64) -> Result<()> {
    let twice = double(n);
    let _ = double(twice);
    Ok(())
}

/// A workflow runs on failure.
#[workflow(name = "twins.cleaned", on_failure = clean, interruptible)]
fn cleaned(n: i64) -> Result<i64> {
    let twice = double(n);
    Ok(twice)
}

/// Takes more than the workflow has.
#[task(name = "twins.report")]
fn report(n: i64, text: String, more: Option<i64>, list: Option<Vec<String>>) {
    println!("{n} {text} {more:?} {list:?}");
}

/// A task runs on failure.
#[workflow(
    name = "twins.reported",
    on_failure = report,
    failure_policy = fail_after_executable_nodes_complete
)]
fn reported(n: i64, #[default("so")] text: String) -> Result<Known> {
    note(text);
    Ok(know(n))
}

/// Is told of the failure.
#[task(name = "twins.hear")]
fn hear(n: i64, err: Option<FlyteError>) {
    println!("{n} {err:?}");
}

/// A task hears of the failure.
#[workflow(name = "twins.heard", on_failure = hear)]
fn heard(n: i64) -> Result<i64> {
    let twice = double(n);
    Ok(twice)
}

/// Each setting of nodes.
#[workflow(name = "twins.overridden")]
fn overridden(n: i64) -> Result<i64> {
    #[node(
        id = "first-one",
        name = "First",
        retries = 4,
        timeout = 90,
        interruptible
    )]
    let a = double(n);
    #[node(
        requests(cpu = "500m", mem = "1Gi", gpu = "1", ephemeral_storage = "2Gi"),
        limits(cpu = "2", mem = "2Gi", gpu = "1", ephemeral_storage = "4Gi"),
        shared_memory = "256Mi",
        accelerator = T4
    )]
    let b = double(a);
    #[node(resources(cpu = ("1", "2"), mem = "1Gi"), shared_memory)]
    let c = double(b);
    #[node(cache = false, container_image = "registry/app:2")]
    let d = double(c);
    #[node(cache(version = "3"), interruptible = false)]
    let e = double(d);
    #[node(id = "sub", name = "Sub", retries = 2)]
    let known = innermost(e)?;
    #[node(name = "Plan", after(d))]
    let (last, _) = planned(known.count)?;
    Ok(last)
}

const ON_SSD: PodTemplate = PodTemplate::new()
    .primary_container("main")
    .spec(&[("nodeSelector", Json::Strings(&[("disk", "ssd")]))]);

/// Pods of nodes: the smallest, with a container beside the task's, and a constant.
#[workflow(name = "twins.podded")]
fn podded(n: i64) -> Result<i64> {
    #[node(pod_template())]
    let a = double(n);
    #[node(
        name = "Podded",
        retries = 2,
        requests(cpu = "1"),
        pod_template(
            primary_container = "main",
            labels("tier" = "batch"),
            annotations("example.com/scrape" = "false"),
            spec = {
                "containers": [
                    { "name": "proxy", "image": "proxy:3", "args": ["--port", "8080"] },
                    {
                        "name": "main",
                        "command": ["ignored"],
                        "args": ["ignored"],
                        "env": [{ "name": "PROXY", "value": "localhost:8080" }],
                        "resources": { "requests": { "cpu": "9" } },
                        "workingDir": "/work",
                    },
                ],
                "nodeSelector": { "disk": "ssd" },
                "terminationGracePeriodSeconds": 30,
                "tolerations": [{ "key": "spot", "operator": "Exists" }],
            },
        )
    )]
    let b = double(a);
    #[node(pod_template = ON_SSD)]
    let c = double(b);
    Ok(c)
}

/// Settings of nodes behind a condition.
#[workflow(name = "twins.chosen_settings")]
fn chosen_settings(n: i64) -> Result<i64> {
    let chosen = if n > 3 {
        #[node(name = "Large", retries = 4, requests(cpu = "1"))]
        double(n)
    } else if n > 1 {
        #[node(id = "middle", cache(version = "3"))]
        double(n)
    } else {
        double(1)
    };
    Ok(chosen)
}

/// Order without values.
#[workflow(name = "twins.ordered")]
fn ordered(n: i64) -> Result<()> {
    let a = double(n);
    let b = double(1);
    #[node(after(a, b))]
    let c = double(2);
    #[node(after(c))]
    note("last");
    #[node(after(a))]
    let known = innermost(b)?;
    #[node(after(known, c))]
    if a > 3 {
        note("large");
    } else {
        note("small");
    }
    Ok(())
}

/// The ways of a colour.
#[derive(Clone, Copy, Debug, FlyteData)]
enum Color {
    Red,
    Green,
}

/// Takes one of each.
#[task(name = "twins.take")]
fn take(
    whole: i64,
    real: f64,
    truth: bool,
    text: String,
    length: Duration,
    color: Color,
    maybe: Option<f64>,
) -> Color {
    let _ = (whole, real, truth, text, length, maybe);
    color
}

const SMALLEST: i64 = i64::MIN;
const HOUR: Duration = Duration::from_secs(3600);

/// Constants and defaults at their limits.
#[workflow(name = "twins.extremes")]
#[expect(clippy::too_many_arguments, reason = "a constant of each kind")]
fn extremes(
    #[default(9_223_372_036_854_775_807)] whole: i64,
    #[default(-0.0)] real: f64,
    #[default(true)] truth: bool,
    #[default("größer\n\"")] text: String,
    #[default(HOUR)] length: Duration,
    #[default(Color::Green)] color: Color,
    #[default(None)] maybe: Option<f64>,
    #[default(vec![vec!["a"], vec![]])] lists: Vec<Vec<String>>,
) -> Result<(Color, Option<f64>, Vec<Vec<String>>)> {
    let first = take(SMALLEST, 1e-300, false, "", HOUR, Color::Red, Some(0.1));
    let second = take(whole, real, truth, text, length, first, maybe);
    let _ = take(0, 1e300, true, "日本", length, color, None);
    Ok((second, maybe, lists))
}

/// How something is done.
#[derive(Clone, Debug, FlyteData)]
struct Settings {
    rate: f64,
    #[serde(rename = "layerSizes")]
    layers: Vec<i64>,
    name: String,
    color: Color,
    names: HashMap<String, String>,
    place: Place,
    maybe: Option<i64>,
}

/// Does it.
#[task(name = "twins.train")]
fn train(
    point: Timestamp,
    naive: DateTime,
    day: Date,
    length: SignedDuration,
    settings: Settings,
    other: Option<Settings>,
) -> i64 {
    println!("{point} {naive} {day} {length} {settings:?} {other:?}");
    0
}

/// Times and structs that are known.
#[workflow(name = "twins.settled")]
fn settled(
    #[default(Date::constant(2024, 2, 29))] day: Date,
    #[default(Place { city: "x", codes: vec![], names: HashMap::from([]) })] place: Place,
) -> Result<(i64, Place)> {
    let settings = Settings {
        rate: 0.1,
        layers: vec![64, -300],
        name: "größer",
        color: Color::Green,
        names: HashMap::from([("b", "2"), ("a", "1")]),
        place: Place {
            city: String::from("here"),
            codes: vec![SMALLEST],
            names: HashMap::from([]),
        },
        maybe: None,
    };
    let first = train(
        Timestamp::constant(-1, -500_000_000),
        DateTime::constant(2026, 1, 31, 6, 30, 15, 250_000_000),
        Date::constant(1969, 12, 31),
        SignedDuration::from_millis(-1500),
        settings,
        None,
    );
    let again = Settings {
        rate: 1.0,
        layers: vec![],
        name: "",
        color: Color::Red,
        names: HashMap::from([]),
        place: Place {
            city: "there",
            codes: vec![300, 70_000, i64::MAX],
            names: HashMap::from([]),
        },
        maybe: Some(70_000),
    };
    let second = train(
        Timestamp::constant(0, 0),
        DateTime::constant(1, 1, 1, 0, 0, 0, 0),
        day,
        SignedDuration::ZERO,
        again,
        Some(settings),
    );
    Ok((count(vec![first, second]), place))
}

/// All ways to pass values by.
#[workflow(name = "twins.passing")]
fn passing(n: i64, known: Vec<String>) -> Result<(i64, i64, Vec<String>)> {
    let (a, _, c) = split(double(n))?;
    let (x, ..) = split(a)?;
    let alias = x;
    note(known[0].clone());
    Ok((alias, c, known))
}
