//! A binary of tasks that use Dask, for tests on real clusters.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio, id};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use std::{fs, io};

use arrow_array::{Array as _, ArrayRef, Int64Array, RecordBatch, StringArray};
use flytekit::dask::ArrowBatch;
use flytekit::prelude::*;
use flytekit_tests as _;
use serde::{Deserialize, Serialize};

/// Longer than any test.
const LONG: Duration = Duration::from_secs(3600);

/// Much shorter than that, and longer than any start or end on a busy machine.
const GONE: Duration = Duration::from_secs(180);

#[worker_fn]
fn square(n: i64) -> i64 {
    n * n
}

#[worker_fn]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

#[worker_fn]
fn nothing() {}

/// Calls with one value, two values, a value on the cluster, and none.
#[task(dask(workers(count = 2)))]
fn calls(dask: &DaskClient, n: i64) -> Result<Vec<i64>> {
    dask.call(nothing, ())?;
    let squared = dask.submit(square, n)?;
    let sum = dask.submit(add, (&squared, 1))?;
    let both = dask.submit(add, (&squared, &sum))?;
    let again = dask.submit(square, &both)?;
    Ok(vec![
        dask.call(add, (n, -1))?,
        squared.result()?,
        sum.result()?,
        again.result()?,
        square(n),
    ])
}

/// Returns its argument, after as many tenths of a second.
#[worker_fn]
fn later(tenths: u64) -> u64 {
    thread::sleep(Duration::from_millis(100 * tenths));
    tenths
}

/// Gathers many calls in their order, and two calls in the order in which they end.
#[task(dask)]
fn futures(dask: &DaskClient, numbers: Vec<i64>) -> Result<(Vec<i64>, Vec<u64>)> {
    let squares: Result<Vec<_>> = numbers
        .into_iter()
        .map(|n| dask.submit(square, n))
        .collect();
    let slow_and_quick = [20, 0].map(|tenths| dask.submit(later, tenths));
    let slow_and_quick: Result<Vec<_>> = slow_and_quick.into_iter().collect();
    let ended = dask.as_completed(slow_and_quick?);
    let ended: Result<Vec<_>> = ended.map(|future| future?.result()).collect();
    let squares = squares?;
    // A result can be requested twice at once, and again later.
    let mut twice = dask.gather(squares.iter().chain(&squares))?;
    let again = twice.split_off(squares.len());
    assert_eq!((&twice, dask.gather(&squares)?), (&again, again.clone()));
    Ok((twice, ended?))
}

/// The squares of the numbers below each limit, gathered, and their sum, streamed.
#[task(dask)]
fn maps(dask: &DaskClient, limits: Vec<i64>) -> Result<(Vec<Vec<i64>>, Vec<i64>)> {
    let (mut squares, mut sums) = (Vec::new(), Vec::new());
    for limit in limits {
        squares.push(dask.map(square, 0..limit)?);
        let stream = dask.stream(square, 0..limit).chunk_size(7);
        sums.push(stream.sum::<Result<i64>>()?);
    }
    Ok((squares, sums))
}

/// Maps over an empty list, and calls a function without values.
#[task(dask)]
fn void(dask: &DaskClient) -> Result<()> {
    let empty: Vec<i64> = dask.map(square, Vec::new())?;
    assert!(empty.is_empty(), "{empty:?}");
    dask.call(nothing, ())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Point {
    x: f64,
    y: f64,
    tags: BTreeMap<String, Option<u8>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Circle { centre: Point, radius: f64 },
    Polygon(Vec<Point>),
}

#[worker_fn]
fn moved(shape: Shape, (x, y): (f64, f64), tag: Option<String>) -> Shape {
    let shifted = |mut point: Point| {
        point.x += x;
        point.y += y;
        point.tags.extend(tag.clone().map(|tag| (tag, None)));
        point
    };
    match shape {
        Shape::Nothing => Shape::Nothing,
        Shape::Circle { centre, radius } => Shape::Circle {
            centre: shifted(centre),
            radius,
        },
        Shape::Polygon(points) => Shape::Polygon(points.into_iter().map(shifted).collect()),
    }
}

/// Values of serde's types arrive unchanged, in both directions.
fn carry_shapes(dask: &DaskClient) -> Result<()> {
    let point = Point {
        x: 0.1,
        y: -1e300,
        tags: BTreeMap::from([("ä".to_owned(), Some(7))]),
    };
    let shapes = [
        Shape::Nothing,
        Shape::Circle {
            centre: point.clone(),
            radius: f64::INFINITY,
        },
        Shape::Polygon(vec![point; 3]),
    ];
    for shape in shapes {
        for tag in [None, Some("moved".to_owned())] {
            let by = (0.2, 1.0);
            let there = dask.call(moved, (shape.clone(), by, tag.clone()))?;
            assert_eq!(there, moved(shape.clone(), by, tag));
        }
    }
    Ok(())
}

/// So do texts that are much larger than a pipe.
fn carry_text(dask: &DaskClient, bytes: u64) -> Result<()> {
    let text = "0123456789abcdef".repeat(usize::try_from(bytes / 16)?);
    let there = dask.submit(reversed, text.clone())?;
    let back = dask.call(reversed, &there)?;
    assert!(back == text, "another text came back");
    Ok(())
}

#[worker_fn]
fn reversed(text: String) -> String {
    text.chars().rev().collect()
}

/// Doubles the numbers of a batch.
#[worker_fn]
fn doubled(batch: ArrowBatch) -> Result<ArrowBatch> {
    let numbers = batch.column(0).as_any().downcast_ref::<Int64Array>();
    let numbers = numbers.ok_or_else(|| Error::user("not numbers"))?;
    let twice: Int64Array = numbers.iter().map(|n| n.map(|n| 2 * n)).collect();
    let columns = vec![Arc::new(twice) as ArrayRef, Arc::clone(batch.column(1))];
    Ok(RecordBatch::try_new(batch.schema(), columns)?.into())
}

/// Passes values of all kinds. Returns the sum of an Arrow batch, some of whose numbers are missing, after
/// doubling them twice.
#[task(dask)]
fn values(dask: &DaskClient, rows: i64, bytes: u64) -> Result<i64> {
    carry_shapes(dask)?;
    carry_text(dask, bytes)?;
    let numbers: Int64Array = (0..rows).map(|n| (n % 7 != 0).then_some(n)).collect();
    let names: StringArray = (0..rows).map(|n| Some(format!("row {n}"))).collect();
    let columns = [
        ("number", Arc::new(numbers) as ArrayRef),
        ("name", Arc::new(names)),
    ];
    let batch = RecordBatch::try_from_iter(columns)?;
    let there = dask.submit(doubled, ArrowBatch(batch.clone()))?;
    let back = dask.call(doubled, &there)?;
    assert_eq!(back.column(1), batch.column(1));
    let numbers = back.column(0).as_any().downcast_ref::<Int64Array>();
    let numbers = numbers.ok_or_else(|| Error::user("not numbers"))?;
    Ok(numbers.iter().flatten().sum())
}

/// The worker and the process that made the call.
#[worker_fn]
fn place(_item: u64) -> (String, u32) {
    thread::sleep(Duration::from_millis(20));
    let worker = std::env::var("FLYTEKIT_DASK_WORKER");
    (worker.unwrap_or_default(), id())
}

/// The workers that made calls, and the number of their processes.
#[task(dask)]
fn places(dask: &DaskClient) -> Result<(Vec<String>, u64)> {
    let places = dask.stream(place, 0..200).chunk_size(5);
    let places: Result<Vec<_>> = places.collect();
    let mut places = places?;
    places.sort();
    places.dedup();
    let processes = u64::try_from(places.len())?;
    places.dedup_by(|one, other| one.0 == other.0);
    let workers = places.into_iter().map(|(worker, _)| worker).collect();
    Ok((workers, processes))
}

/// Writes a file named after its process, and does not end.
#[worker_fn]
fn works_on(folder: String) -> Result<()> {
    fs::write(Path::new(&folder).join(id().to_string()), "")?;
    thread::sleep(LONG);
    Ok(())
}

/// The processes whose files are in the folder, once there are enough.
fn at_work(folder: &str, count: usize) -> Result<Vec<u32>> {
    let started = Instant::now();
    loop {
        let names =
            fs::read_dir(folder)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let processes: Vec<u32> = names.filter_map(|name| name.parse().ok()).collect();
        if processes.len() >= count {
            return Ok(processes);
        }
        if started.elapsed() > GONE {
            return Err(Error::user(format!(
                "{processes:?} are not {count} processes"
            )));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Cancels a running call, and drops another one.
#[task(dask)]
fn cancels(dask: &DaskClient, folder: String) -> Result<String> {
    let cancelled = dask.submit(works_on, folder.clone())?;
    let first = at_work(&folder, 1)?;
    let dropped = dask.submit(works_on, folder.clone())?;
    let both = at_work(&folder, 2)?;
    cancelled.cancel();
    let error = cancelled.result().err();
    gone(&first)?;
    drop(dropped);
    gone(&both)?;
    // Both threads of the worker are free again.
    dask.gather(&[dask.submit(later, 5)?, dask.submit(later, 5)?])?;
    Ok(error.map_or_else(String::new, |error| error.to_string()))
}

fn gone(processes: &[u32]) -> Result<()> {
    let started = Instant::now();
    while processes
        .iter()
        .any(|&process| flytekit_tests::is_running(process))
    {
        if started.elapsed() > GONE {
            return Err(Error::user(format!("one of {processes:?} goes on")));
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Occupies as many threads of workers, without an end.
#[task(dask)]
fn never_ends(dask: &DaskClient, folder: String, calls: u64) -> Result<()> {
    let folders = (0..calls).map(|_| folder.clone());
    dask.stream(works_on, folders)
        .chunk_size(1)
        .try_for_each(|it| it)
}

/// Does not end, and no longer uses Dask.
#[task(dask)]
fn idles(dask: &DaskClient, folder: String) -> Result<()> {
    dask.call(nothing, ())?;
    works_on(folder)
}

/// Fails in the given way.
#[worker_fn]
fn picky(item: u64, how: String) -> Result<u64> {
    match how.as_str() {
        "error" => Err(Error::user(format!("{item} is not a number for me"))),
        "recoverable" => Err(RecoverableError::new("not now").into()),
        "panic" => panic!("no way to do {item}"),
        "foreign" => Ok("seven".parse()?),
        "exit" => std::process::exit(17),
        _ => Ok(item),
    }
}

/// Item 42 of a hundred fails in the given way.
#[task(dask)]
fn fails(dask: &DaskClient, how: String) -> Result<u64> {
    let items = (0..100).map(|item| match item {
        42 => (item, how.clone()),
        _ => (item, String::new()),
    });
    Ok(dask.map(picky, items)?.into_iter().sum())
}

#[worker_fn]
fn double(n: u64) -> u64 {
    2 * n
}

/// The errors of calls that fail in each of these ways, and of the calls that need their results.
#[task(dask)]
fn errors(dask: &DaskClient, ways: Vec<String>) -> Result<Vec<String>> {
    let mut errors = Vec::new();
    for how in ways {
        let failed = dask.submit(picky, (7, how.clone()))?;
        let needy = dask.submit(double, &failed)?;
        for result in [failed.result(), needy.result(), fails(dask, how)] {
            let error = match result {
                Ok(result) => return Ok(vec![format!("{result} is not an error")]),
                Err(error) => error,
            };
            let (code, retry) = (error.code(), error.is_recoverable());
            errors.push(format!("{code} {retry} {error}"));
        }
    }
    Ok(errors)
}

/// Kills its own process this many times; each time leaves a file.
#[worker_fn]
fn dies(folder: String, times: usize) -> Result<u64> {
    let died = fs::read_dir(&folder)?.count();
    if died < times {
        fs::write(Path::new(&folder).join(id().to_string()), "")?;
        let process = id().to_string();
        Command::new("kill")
            .args(["-s", "KILL", &process])
            .status()?;
        thread::sleep(LONG);
    }
    Ok(u64::try_from(died)?)
}

/// The number of processes that died, and the number that the run noticed.
#[task(dask)]
fn survives(dask: &DaskClient, folder: String, times: u64) -> Result<(u64, u64)> {
    let died = dask.call(dies, (folder, usize::try_from(times)?))?;
    Ok((died, dask.losses().processes))
}

/// The standard input of the function, and the pipes of its process that a program inherits. Both also print.
#[worker_fn]
fn looks_around(item: u64) -> Result<String> {
    println!("not an answer");
    let own = io::read_to_string(io::stdin())?;
    let mut program = Command::new("sh");
    program.args(["-c", "cat >&2; echo not an answer; ls -l /proc/$$/fd >&2"]);
    // A shell also keeps a pipe of its standard output under another number.
    program.stdout(Stdio::null()).stderr(Stdio::piped());
    let said = String::from_utf8(program.output()?.stderr)?;
    let is_other = |number: &str| number.parse().is_ok_and(|number: u32| number > 2);
    let pipes = said
        .lines()
        .filter_map(|line| line.rsplit_once(" -> pipe:")?.0.rsplit(' ').next());
    let pipes: Vec<&str> = pipes.filter(|number| is_other(number)).collect();
    Ok(format!("{item}: {own:?} {pipes:?}"))
}

/// Returns twice: in its process, and in a fork of it.
#[worker_fn]
fn forks(item: u64) -> Result<u64> {
    match fork::fork()? {
        fork::Fork::Parent(_) => {
            thread::sleep(Duration::from_millis(500));
            Ok(item)
        }
        fork::Fork::Child => Ok(1000 + item),
    }
}

/// Functions cannot reach the pipe for answers: neither their output nor a fork answers.
#[task(dask)]
fn alone(dask: &DaskClient) -> Result<(Vec<String>, Vec<u64>, u64)> {
    let found = dask.map(looks_around, 0..4_u64)?;
    let answers = dask.map(forks, 0..4_u64)?;
    Ok((found, answers, dask.losses().processes))
}

/// Returns its item. A few items take longer, so that something can happen meanwhile.
#[worker_fn]
fn slowly(item: u64) -> u64 {
    if item.is_multiple_of(5_000) {
        thread::sleep(Duration::from_millis(100));
    }
    item
}

/// The number of items, checked to be in order, their sum, and the numbers of lost workers and processes.
#[task(dask)]
fn counts(dask: &DaskClient, limit: u64) -> Result<(u64, u64, u64, u64)> {
    let (mut count, mut sum) = (0, 0);
    for item in dask.stream(slowly, 0..limit).chunk_size(5_000) {
        let item = item?;
        if item != count {
            return Err(Error::user(format!("{item} came in place of {count}")));
        }
        count += 1;
        sum += item;
    }
    let losses = dask.losses();
    Ok((count, sum, losses.workers, losses.processes))
}

/// Returns its batch, after a while.
#[worker_fn]
fn held(batch: ArrowBatch) -> ArrowBatch {
    thread::sleep(Duration::from_millis(50));
    batch
}

/// The number of large batches, checked to come back in order, and the number of lost workers. The batches
/// are large enough to go to a worker without the scheduler.
#[task(dask)]
fn batches(dask: &DaskClient, limit: i64) -> Result<(i64, u64)> {
    let sent = (0..limit).map(|number| ArrowBatch(two_mebibytes(number)));
    let mut count = 0;
    for batch in dask.stream(held, sent).chunk_size(1) {
        if batch?.0 != two_mebibytes(count) {
            return Err(Error::user(format!(
                "another batch came in place of {count}"
            )));
        }
        count += 1;
    }
    Ok((count, dask.losses().workers))
}

fn two_mebibytes(first: i64) -> RecordBatch {
    let numbers = Int64Array::from_iter_values(first..first + (2 << 20) / 8);
    RecordBatch::try_from_iter([("number", Arc::new(numbers) as ArrayRef)]).expect("a column")
}

/// The answers of this run's processes at their ports to requests without credentials.
#[task(dask)]
fn doors(dask: &DaskClient) -> Result<Vec<String>> {
    dask.call(nothing, ())?;
    let mut answers = Vec::new();
    for port in ports_of(&children(id())) {
        for path in [
            "/",
            "/health",
            "/status",
            "/info/main/workers.html",
            "/json/counts.json",
        ] {
            let mut door = TcpStream::connect(("127.0.0.1", port))?;
            write!(door, "GET {path} HTTP/1.0\r\n\r\n")?;
            let mut answer = String::new();
            BufReader::new(door).read_line(&mut answer)?;
            answers.push(format!("{path}: {}", answer.trim()));
        }
    }
    Ok(answers)
}

/// The descendants of a process.
fn children(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|it| it.file_name().to_str()?.parse::<u32>().ok());
    let is_child = |pid: &u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.contains(&format!("PPid:\t{parent}\n"))
    };
    let found: Vec<u32> = pids.filter(is_child).collect();
    let below: Vec<u32> = found.iter().flat_map(|pid| children(*pid)).collect();
    [found, below].concat()
}

/// The TCP ports on which processes listen.
fn ports_of(pids: &[u32]) -> Vec<u16> {
    let files = pids.iter().map(|pid| format!("/proc/{pid}/fd"));
    let files = files
        .filter_map(|it| fs::read_dir(it).ok())
        .flatten()
        .flatten();
    let files: BTreeSet<_> = files
        .filter_map(|it| fs::read_link(it.path()).ok())
        .collect();
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
    let tables = tables.into_iter().flatten().collect::<String>();
    let listens = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        let socket = format!("socket:[{}]", words.get(9)?);
        let is_own = *words.get(3)? == "0A" && files.contains(Path::new(&socket));
        let (_, port) = words[1].rsplit_once(':').filter(|_| is_own)?;
        u16::from_str_radix(port, 16).ok()
    };
    tables.lines().filter_map(listens).collect()
}

fn main() -> ExitCode {
    flytekit::main()
}
