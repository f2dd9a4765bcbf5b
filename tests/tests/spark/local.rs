//! The Spark engine on local servers: Sail and Spark itself, and servers that are neither.
//!
//! Environment variables choose the server, and a test cannot change its own: each test of the
//! engine as a whole is a program of its own, this one started again for one of its `inner` parts.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use flytekit::engine::{Engine, Mode, Moment, Outcome, TaskContext};
use flytekit::spark::{Spark, SparkConfig, SparkRun, SparkSession};
use flytekit_tests::{DEADLINE, eventually, python};

static CONFIG: SparkConfig = SparkConfig::new()
    .conf(&[
        ("spark.sql.shuffle.partitions", "3"),
        ("spark.driver.memory", "512m"),
        ("spark.sql.session.timeZone", "Asia/Kathmandu"),
        ("spark.ui.enabled", "true"),
    ])
    .hadoop_conf(&[("example.key", "example value")]);

/// Less than the time after which a server is given up; on an idle machine, the wait ends at once.
const SOON: Duration = Duration::from_secs(120);

fn context(target: Option<&str>, deadline: Duration) -> TaskContext<'_> {
    TaskContext::new("tests.spark", Mode::Local)
        .with_target(target)
        .with_deadline(deadline)
}

fn open(target: Option<&str>) -> SparkRun {
    Spark::pre_execute(&CONFIG, &context(target, DEADLINE)).expect("a session")
}

fn sum(spark: &SparkSession) -> flytekit::Result<String> {
    let rows = spark
        .sql("SELECT CAST(sum(id) AS BIGINT) AS total FROM range(101)")?
        .collect()?;
    Ok(format!("{:?}", rows[0].get(0)))
}

/// This program again, with only one of its inner parts, and without variables that choose a Spark.
fn part(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this test's own path"));
    command
        .args([
            "--exact",
            &format!("local::inner::{name}"),
            "--ignored",
            "--nocapture",
            "--test-threads",
            "1",
        ])
        .env_remove("SPARK_REMOTE")
        .env_remove("SPARK_HOME")
        .env_remove("PYSPARK_GATEWAY_PORT")
        .env("FLYTEKIT_PYTHON", python())
        .stdin(Stdio::null());
    command
}

fn passes(command: &mut Command) -> String {
    let output = command.output().expect("the test program starts");
    let text = text(&output);
    assert!(output.status.success(), "{text}");
    text
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The text after `marker` in a program's output.
fn said<'a>(text: &'a str, marker: &str) -> &'a str {
    let start = text
        .find(marker)
        .unwrap_or_else(|| panic!("no `{marker}` in:\n{text}"));
    text[start + marker.len()..]
        .lines()
        .next()
        .unwrap_or_default()
        .trim()
}

/// The log's path in the engine's first line of progress.
fn log_of(text: &str) -> PathBuf {
    said(text, "log in ").into()
}

fn port_of(text: &str) -> u16 {
    let address = said(text, "on 127.0.0.1:");
    address
        .split(',')
        .next()
        .unwrap_or_default()
        .parse()
        .expect("a port")
}

fn listens(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Error of a run with a target that is not a server; it must come quickly.
fn refused(target: &str, deadline: Duration, limit: Duration) -> String {
    let start = Instant::now();
    let error = Spark::pre_execute(&CONFIG, &context(Some(target), deadline))
        .map(drop)
        .expect_err("no server");
    assert!(start.elapsed() < limit, "{:?}: {error}", start.elapsed());
    error.to_string()
}

/// A listener that does the same with every connection.
fn listener(serve: impl Fn(std::net::TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("its address").to_string();
    thread::spawn(move || listener.incoming().flatten().for_each(serve));
    address
}

#[test]
fn sums_on_sail_which_ends_with_the_run() {
    let text = passes(&mut part("sums_on_sail"));
    assert!(!listens(port_of(&text)), "{text}");
    let log = log_of(&text);
    assert!(
        !log.parent().expect("a folder").exists(),
        "{}",
        log.display()
    );
}

#[test]
fn sums_on_spark_which_ends_with_the_run() {
    let text = passes(&mut part("sums_on_spark"));
    assert!(!listens(port_of(&text)), "{text}");
    assert!(text.contains("Spark UI at http://127.0.0.1:"), "{text}");
    let log = log_of(&text);
    assert!(
        !log.parent().expect("a folder").exists(),
        "{}",
        log.display()
    );
}

#[test]
fn two_sessions_at_once_do_not_disturb_each_other() {
    passes(&mut part("opens_two_sessions"));
}

#[test]
fn a_server_that_is_there_is_used_and_left_alone() {
    let (mut program, text) = holding();
    let port = port_of(&text);
    let remote = format!("sc://127.0.0.1:{port}/;token=not-a-secret");
    let text = passes(part("sums_on_any").env("SPARK_REMOTE", remote));
    assert!(
        !text.contains("not-a-secret") && !text.contains("starting"),
        "{text}"
    );
    assert!(listens(port));
    program.kill().expect("SIGKILL");
    program.wait().expect("its end");
}

/// The process of the only Sail server that this process has started.
fn started() -> String {
    let output = Command::new("ps")
        .args(["-eo", "ppid,pid,args"])
        .output()
        .expect("ps");
    let listing = String::from_utf8_lossy(&output.stdout).into_owned();
    let own = std::process::id().to_string();
    let server = listing
        .lines()
        .filter(|line| line.contains("spark server --ip 127.0.0.1"))
        .find_map(|line| {
            let mut words = line.split_whitespace();
            (words.next() == Some(&own)).then(|| words.next().map(str::to_owned))?
        });
    server.unwrap_or_else(|| panic!("no server in:\n{listing}"))
}

fn send(signal: &str, pid: &str) {
    let status = Command::new("kill")
        .args(["-s", signal, pid])
        .status()
        .expect("kill");
    assert!(status.success());
}

#[test]
fn killing_the_program_ends_its_server() {
    let (mut program, text) = holding();
    let (port, log) = (port_of(&text), log_of(&text));
    assert!(listens(port));
    program.kill().expect("SIGKILL");
    program.wait().expect("its end");
    eventually("the server ends", DEADLINE, || !listens(port));
    eventually("its log goes", DEADLINE, || {
        !log.parent().is_some_and(Path::exists)
    });
}

#[test]
fn ctrl_c_ends_the_server_with_the_program() {
    let (mut program, text) = holding();
    let port = port_of(&text);
    send("INT", &program.id().to_string());
    program.wait().expect("its end");
    eventually("the server ends", DEADLINE, || !listens(port));
}

/// A program that keeps a session open, and its output up to that point.
fn holding() -> (Child, String) {
    let mut program = part("holds_a_session")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the test program starts");
    let mut lines = BufReader::new(program.stderr.take().expect("its standard error")).lines();
    let mut text = String::new();
    while !text.contains("HOLDING") {
        let line = lines
            .next()
            .unwrap_or_else(|| panic!("no session:\n{text}"))
            .expect("a line");
        text.push_str(&line);
        text.push('\n');
    }
    (program, text)
}

#[test]
fn a_server_that_dies_fails_the_run_within_seconds() {
    let text = passes(&mut part("loses_sail"));
    let log = log_of(&text);
    assert!(log.is_file(), "the log is kept: {}", log.display());
    fs::remove_dir_all(log.parent().expect("a folder")).expect("its removal");
}

#[test]
fn a_dead_endpoint_is_named_at_once() {
    let message = refused("sc://127.0.0.1:1", DEADLINE, SOON);
    assert!(
        message.contains("nothing listens on 127.0.0.1:1"),
        "{message}"
    );
    assert!(message.contains("SPARK_REMOTE"), "{message}");
}

#[test]
fn a_name_without_an_address_is_named() {
    let message = refused("sc://no-such-host.invalid:5", DEADLINE, SOON);
    assert!(message.contains("no-such-host.invalid:5"), "{message}");
}

#[test]
fn a_silent_endpoint_does_not_hang_the_run() {
    let held = std::sync::Mutex::new(Vec::new());
    let address = listener(move |stream| held.lock().expect("no panic").push(stream));
    let message = refused(&format!("sc://{address}"), DEADLINE, SOON);
    assert!(
        message.contains(&address) && message.contains("said nothing"),
        "{message}"
    );
}

#[test]
fn a_web_server_is_not_taken_for_spark() {
    let address = listener(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        let _ = stream.read(&mut [0; 256]);
    });
    let message = refused(&format!("sc://{address}"), DEADLINE, SOON);
    assert!(
        message.contains(&address) && message.contains("HTTP/1.1"),
        "{message}"
    );
}

#[test]
fn an_endpoint_that_greets_and_falls_silent_is_given_up_at_the_deadline() {
    let held = std::sync::Mutex::new(Vec::new());
    let address = listener(move |mut stream| {
        // An empty SETTINGS frame, as any gRPC server sends first.
        let _ = stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]);
        held.lock().expect("no panic").push(stream);
    });
    let message = refused(&format!("sc://{address}"), Duration::from_secs(2), SOON);
    assert!(
        message.contains(&address) && message.contains("no answer"),
        "{message}"
    );
}

#[test]
fn without_any_spark_the_error_says_what_to_install() {
    let empty = tempfile::TempDir::new().expect("a folder");
    let output = part("sums_on_any")
        .env_remove("FLYTEKIT_PYTHON")
        .env("PATH", empty.path())
        .output();
    let text = text(&output.expect("the test program starts"));
    assert!(
        text.contains("found no Spark") && text.contains("pip install pysail"),
        "{text}"
    );
}

#[test]
fn a_server_that_does_not_start_shows_its_log() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let sail = folder.path().join("sail");
    fs::write(&sail, "#!/bin/sh\necho the reason >&2\nexit 3\n").expect("a script");
    fs::set_permissions(&sail, std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .expect("its mode");
    let output = part("sums_on_any")
        .env("FLYTEKIT_PYTHON", folder.path().join("python"))
        .output();
    let text = text(&output.expect("the test program starts"));
    assert!(
        text.contains("the reason") && text.contains("exit status: 3"),
        "{text}"
    );
    fs::remove_dir_all(log_of(&text).parent().expect("a folder")).expect("the log was kept");
}

#[test]
fn a_server_that_never_listens_is_ended_at_the_deadline() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let sail = folder.path().join("sail");
    fs::write(&sail, "#!/bin/sh\nexec sleep 600\n").expect("a script");
    fs::set_permissions(&sail, std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .expect("its mode");
    let start = Instant::now();
    let output = part("waits_three_seconds")
        .env("FLYTEKIT_PYTHON", folder.path().join("python"))
        .output();
    let text = text(&output.expect("the test program starts"));
    assert!(start.elapsed() < SOON);
    assert!(
        text.contains("waiting for Sail") && text.contains("was not ready after 3 s"),
        "{text}"
    );
    fs::remove_dir_all(log_of(&text).parent().expect("a folder")).expect("the log was kept");
}

/// The parts that run in a program of their own.
mod inner {
    use super::*;

    fn sums_and_ends(running: SparkRun) {
        let spark = Spark::session(&running);
        assert_eq!(sum(spark).expect("a sum"), "Some(Long(5050))");
        let conf = spark.conf();
        assert_eq!(
            conf.get("spark.sql.session.timeZone")
                .expect("a setting")
                .as_deref(),
            Some("Asia/Kathmandu")
        );
        assert!(Spark::watch(&running).lost(Moment::Working).is_none());
        Spark::post_execute(running, Outcome::Succeeded).expect("an orderly end");
    }

    #[test]
    #[ignore = "a part of another test"]
    fn sums_on_sail() {
        sums_and_ends(open(Some("sail")));
    }

    #[test]
    #[ignore = "a part of another test"]
    fn sums_on_spark() {
        let running = open(Some("local"));
        let spark = Spark::session(&running);
        let conf = spark.conf();
        let get = |key| conf.get(key).expect("a setting");
        assert_eq!(get("spark.driver.memory").as_deref(), Some("512m"));
        assert_eq!(get("spark.sql.shuffle.partitions").as_deref(), Some("3"));
        assert_eq!(
            get("spark.app.name").as_deref(),
            Some("FlyteSpark: tests.spark")
        );
        keeps_others_out(spark, "SparkConnectServer");
        sums_and_ends(running);
    }

    /// Nobody can connect without the token. Other users of this machine cannot read the token, nor any
    /// settings.
    fn keeps_others_out(spark: &SparkSession, program: &str) {
        let conf = spark.conf();
        let get = |key| conf.get(key).expect("a setting").expect("a value");
        let port = get("spark.connect.grpc.binding.port");
        let stranger = SparkSession::builder()
            .remote(&format!("sc://127.0.0.1:{port}"))
            .get_or_create()
            .expect("a client");
        let refused = stranger.version().unwrap_err();
        assert!(refused.to_string().contains("token"), "{refused}");

        let warehouse = get("spark.sql.warehouse.dir");
        let warehouse = PathBuf::from(warehouse.trim_start_matches("file:"));
        let scratch = warehouse.parent().expect("a folder");
        let folder = scratch.parent().expect("a folder");
        let mode = folder.metadata().expect("its mode").permissions();
        let mode = std::os::unix::fs::PermissionsExt::mode(&mode);
        assert_eq!(mode & 0o077, 0, "{mode:o}");
        // Scratch data, which is in memory elsewhere, and temporary files of Java.
        let names = fs::read_dir(scratch).expect("its files").flatten();
        let names: Vec<_> = names.map(|it| it.file_name().into_string()).collect();
        for beginning in ["blockmgr-", "artifacts-"] {
            let is_there = |name: &Result<String, _>| {
                name.as_ref()
                    .is_ok_and(|name: &String| name.starts_with(beginning))
            };
            assert!(names.iter().any(is_there), "no {beginning} in {names:?}");
        }
        // Spark's own ports.
        assert_eq!(get("spark.authenticate"), "true");

        let log = fs::read_to_string(folder.join("server.log")).expect("a file");
        assert!(log.contains("Start Jetty 127.0.0.1:0 for SparkUI"), "{log}");

        let settings = fs::read_to_string(folder.join("server.conf")).expect("a file");
        let token = said(&settings, "spark.connect.authenticate.token=");
        let own = processes_of(std::process::id());
        assert!(own.iter().any(|args| args.contains(program)), "{own:?}");
        for secret in [token, "example value"] {
            assert!(!own.iter().any(|args| args.contains(secret)), "{own:?}");
        }
    }

    /// The command lines of a process's children, and of theirs.
    fn processes_of(parent: u32) -> Vec<String> {
        let output = Command::new("ps")
            .args(["-ww", "-o", "pid=,args=", "--ppid", &parent.to_string()])
            .output()
            .expect("ps");
        let listing = String::from_utf8_lossy(&output.stdout).into_owned();
        let children = listing.lines().flat_map(|line| {
            let pid = line
                .split_whitespace()
                .next()
                .and_then(|pid| pid.parse().ok());
            let below = pid.map(processes_of).unwrap_or_default();
            below.into_iter().chain([line.to_owned()])
        });
        children.collect()
    }

    #[test]
    #[ignore = "a part of another test"]
    fn opens_two_sessions() {
        let (first, second) = (open(Some("sail")), open(Some("sail")));
        Spark::post_execute(first, Outcome::Failed).expect("an orderly end");
        sums_and_ends(second);
    }

    #[test]
    #[ignore = "a part of another test"]
    fn sums_on_any() {
        sums_and_ends(open(None));
    }

    #[test]
    #[ignore = "a part of another test"]
    fn waits_three_seconds() {
        let error =
            Spark::pre_execute(&CONFIG, &context(Some("sail"), Duration::from_secs(3))).err();
        panic!("{}", error.expect("an error"));
    }

    #[test]
    #[ignore = "a part of another test"]
    fn holds_a_session() {
        let _running = open(Some("sail"));
        eprintln!("HOLDING");
        thread::sleep(DEADLINE);
    }

    #[test]
    #[ignore = "a part of another test"]
    fn loses_sail() {
        let running = open(Some("sail"));
        let (spark, watch) = (Spark::session(&running), Spark::watch(&running));
        let server = started();
        let start = Instant::now();
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(500));
            send("KILL", &server);
        });
        // Long enough to be in progress when the server dies.
        let slow =
            "SELECT count(*) FROM range(100000000) a JOIN range(10000) b ON a.id % 7 = b.id % 7";
        let error = spark
            .sql(slow)
            .expect("a plan")
            .collect()
            .expect_err("a lost server");
        // The process closes the query's connection shortly before it ends.
        eventually("the watch sees what the query saw", SOON, || {
            watch.lost(Moment::Working).is_some()
        });
        let lost = watch.lost(Moment::Working).expect("still lost");
        assert!(lost.is_recoverable(), "{lost}");
        assert!(lost.to_string().contains("signal: 9"), "{error}: {lost}");

        // The client would try again for ten minutes.
        let mut again = String::new();
        while !again.contains("during the run") {
            again = sum(spark).expect_err("a lost server").to_string();
            assert!(start.elapsed() < SOON, "{again}");
        }
        Spark::post_execute(running, Outcome::Failed).expect("an orderly end");
    }
}
