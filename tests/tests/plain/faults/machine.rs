//! Faults of the machine, the platform and the stores.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use flytekit::types::FlyteFile;
use flytekit_tests::{DEADLINE, eventually, signal};

use super::faults;
use super::row::End;
use crate::container::{Container, Run};
use crate::failures::wait_for;
use crate::object_stores;

/// A task that creates a file, and then sleeps.
fn sleeping() -> (Container, PathBuf) {
    let container = Container::of("fixture.broken.sleeps");
    let started = container.path("started");
    let container = container.inputs(|inputs| {
        inputs.output("started", &started.display().to_string())?;
        inputs.output("seconds", &3600_i64)
    });
    (container, started)
}

/// A task that sleeps, and a signal for it.
fn told_to_end(name: &str) -> Run {
    let (container, started) = sleeping();
    container.run_and(|child| {
        wait_for(&started);
        signal(name, child.id());
    })
}

/// A server that accepts every request and answers none.
struct Mute {
    url: String,
    listener: TcpListener,
}

impl Mute {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        Mute {
            url: format!("http://{address}"),
            listener,
        }
    }

    /// Waits for a request.
    fn hears(&self) -> TcpStream {
        let (mut stream, _) = self.listener.accept().expect("a request");
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a byte");
        stream
    }
}

/// A task whose outputs go to a server that does not answer, and signals while it waits.
fn told_to_end_while_writing(signals: &[&str]) -> Run {
    let server = Mute::start();
    let mut container = Container::of("fixture.values.void").text("x");
    let inputs = container.path("inputs.pb");
    container.command =
        crate::container::execute("fixture.values.void", inputs, "s3://bucket/prefix");
    let container = container
        .env("FLYTE_AWS_ENDPOINT", &server.url)
        .env("FLYTE_AWS_ACCESS_KEY_ID", "key")
        .env("FLYTE_AWS_SECRET_ACCESS_KEY", "secret");
    let told = Instant::now();
    let run = container.run_and(|child| {
        let _waiting = server.hears();
        for name in signals {
            signal(name, child.id());
            thread::sleep(Duration::from_millis(200));
        }
        child.wait().expect("a process");
    });
    let limit = if signals.len() > 1 { 10 } else { 25 };
    assert!(
        told.elapsed() < Duration::from_secs(limit),
        "{:?}",
        told.elapsed()
    );
    run
}

/// A task with a downloaded input, which is removed with it.
fn told_to_end_after_a_download() -> Run {
    let container = Container::of("fixture.ending.downloads");
    let started = container.path("started");
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let server = Mute::start();
    let container = container
        .inputs(|inputs| {
            let file: FlyteFile = FlyteFile::new(format!("{}/x.txt", server.url));
            inputs.output("file", &file)?;
            inputs.output("started", &started.display().to_string())
        })
        .env("TMPDIR", &temporary.path().display().to_string());
    let answer = thread::spawn(move || {
        let mut stream = server.hears();
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx";
        std::io::Write::write_all(&mut stream, text.as_bytes()).expect("an answer");
    });
    let run = container.run_and(|child| {
        wait_for(&started);
        assert!(is_empty(temporary.path()) == Some(false));
        signal("TERM", child.id());
    });
    answer.join().expect("an answer");
    assert_eq!(is_empty(temporary.path()), Some(true), "{}", run.ended);
    run
}

/// A task that gets a signal while it writes a file, of which nothing remains.
fn told_to_end_before_it_finishes_a_file() -> Run {
    let container = Container::of("fixture.ending.leaves_unfinished");
    let (started, folder) = (container.path("started"), container.path("written"));
    let container = container.inputs(|inputs| {
        inputs.output("uri", &folder.join("file").display().to_string())?;
        inputs.output("mib", &1_usize)?;
        inputs.output("started", &started.display().to_string())
    });
    let mut left = None;
    let run = container.run_and(|child| {
        wait_for(&started);
        assert_eq!(is_empty(&folder), Some(false));
        signal("TERM", child.id());
        child.wait().expect("a process");
        left = is_empty(&folder);
    });
    assert_eq!(left, Some(true), "{}", run.ended);
    run
}

/// Like that, with an object of which the store has parts.
fn told_to_end_before_it_finishes_an_object() -> Run {
    const KEY: &str = "told-to-end/object";
    let mut container = Container::of("fixture.ending.leaves_unfinished");
    let started = container.path("started");
    object_stores::server().configure(&mut container.command);
    let container = container.inputs(|inputs| {
        inputs.output("uri", &format!("s3://bucket/{KEY}"))?;
        inputs.output("mib", &20_usize)?;
        inputs.output("started", &started.display().to_string())
    });
    let is_begun = || {
        object_stores::written_in_parts()
            .iter()
            .any(|key| key == KEY)
    };
    let run = container.run_and(|child| {
        wait_for(&started);
        assert!(is_begun());
        signal("TERM", child.id());
    });
    assert!(!is_begun(), "{}", run.ended);
    run
}

fn is_empty(folder: &Path) -> Option<bool> {
    Some(std::fs::read_dir(folder).ok()?.next().is_none())
}

/// Like that, with a folder for downloads without enough room.
fn downloading_to_a_full_disk() -> Option<Run> {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let server = Mute::start();
    let container = Container::of("fixture.ending.downloads").inputs(|inputs| {
        let file: FlyteFile = FlyteFile::new(format!("{}/x.txt", server.url));
        inputs.output("file", &file)?;
        inputs.output("started", &String::new())
    });
    let mount = "mount -t tmpfs -o size=64k none \"$TMPDIR\" && exec \"$0\" \"$@\"";
    let container = apart(&["--mount"], shell(mount, container))?;
    let container = container.env("TMPDIR", &temporary.path().display().to_string());
    let answer = thread::spawn(move || {
        let mut stream = server.hears();
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\n";
        let body = vec![0; 1_000_000];
        let answer = [head.as_bytes(), &body].concat();
        // The task closes the connection when its disk is full.
        let _ = std::io::Write::write_all(&mut stream, &answer);
    });
    let run = container.run();
    answer.join().expect("an answer");
    Some(run)
}

/// The container of a task with namespaces of its own, if the user may create them.
fn apart(namespaces: &[&str], mut container: Container) -> Option<Container> {
    let mut unshare = vec!["unshare", "--user", "--map-root-user"];
    unshare.extend(namespaces);
    let tried = Command::new(unshare[0])
        .args(&unshare[1..])
        .arg("true")
        .output();
    if !tried.is_ok_and(|tried| tried.status.success()) {
        eprintln!("not tested: {unshare:?} is not allowed here");
        return None;
    }
    before(&unshare, &mut container);
    Some(container)
}

/// The container of a task as the first process of its machine.
fn as_first(task: &str) -> Option<Run> {
    let container = Container::of(task).bytes(b"");
    Some(
        apart(
            &["--pid", "--fork", "--kill-child", "--mount-proc"],
            container,
        )?
        .run(),
    )
}

fn as_first_told_to_end() -> Option<Run> {
    let (container, started) = sleeping();
    let container = apart(
        &["--pid", "--fork", "--kill-child", "--mount-proc"],
        container,
    )?;
    Some(container.run_and(|child| {
        wait_for(&started);
        // The process that `unshare` waits for.
        let first = flytekit_tests::below(child.id());
        signal("TERM", first.first().expect("a process").id);
    }))
}

/// The container of a task in an execution of Flyte, with another first process.
fn of_flyte(container: Container) -> Run {
    container.env("FLYTE_INTERNAL_EXECUTION_ID", "a1").run()
}

/// Like that, with a signal for the task when it has started.
fn of_flyte_told_to_end(name: &str) -> Run {
    let (container, started) = sleeping();
    let container = container.env("FLYTE_INTERNAL_EXECUTION_ID", "a1");
    let mut below = Vec::new();
    let run = container.run_and(|child| {
        wait_for(&started);
        below = flytekit_tests::below(child.id());
        signal(name, child.id());
    });
    assert_eq!(below.len(), 1, "{below:?}");
    let is_left = || flytekit_tests::is_running(below[0].id);
    eventually("the task's process ends", DEADLINE, || !is_left());
    run
}

/// The container of a task, started by a shell that sets limits.
fn limited(limits: &str, container: Container) -> Container {
    shell(&format!("{limits}; exec \"$0\" \"$@\""), container)
}

fn shell(script: &str, mut container: Container) -> Container {
    before(&["sh", "-c", script], &mut container);
    container
}

/// Starts the container's program by another program.
fn before(words: &[&str], container: &mut Container) {
    let execute = std::mem::replace(&mut container.command, Command::new(words[0]));
    let command = &mut container.command;
    command.args(&words[1..]);
    command.arg(execute.get_program()).args(execute.get_args());
    for (name, value) in execute.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

fn allocating() -> Container {
    Container::of("fixture.ending.allocates")
        .inputs(|inputs| inputs.output("bytes", &(1_usize << 40)))
}

fn writing(path: &str, bytes: usize) -> Container {
    let container = Container::of("fixture.ending.writes");
    let path = if path.is_empty() {
        container.path("zeros").display().to_string()
    } else {
        path.to_owned()
    };
    container.inputs(|inputs| {
        inputs.output("path", &path)?;
        inputs.output("bytes", &bytes)
    })
}

fn opening() -> Container {
    let container = Container::of("fixture.ending.opens");
    container.inputs(|inputs| inputs.output("path", &"/dev/null".to_owned()))
}

/// A task that restores, and then saves this many bytes.
fn saving(bytes: usize) -> Container {
    let save = format!("bytes {}", "x".repeat(bytes));
    Container::of("fixture.attempts.checkpoints")
        .inputs(|inputs| inputs.output("saves", &vec![save]))
}

/// Like that, with a folder for checkpoints without enough room.
fn saving_to_a_full_disk() -> Option<Run> {
    let container = saving(1_000_000);
    let folder = container.path("checkpoint");
    std::fs::create_dir(&folder).expect("a folder");
    let mount = "mount -t tmpfs -o size=64k none \"$CHECKPOINT\" && exec \"$0\" \"$@\"";
    let container = apart(&["--mount"], shell(mount, container))?;
    Some(
        container
            .env("CHECKPOINT", &folder.display().to_string())
            .run(),
    )
}

/// A task whose page cannot be written.
fn with_something_in_the_way_of_its_deck() -> Run {
    let container = Container::of("fixture.decks.shows").inputs(|inputs| {
        inputs.output("title", &"x".to_owned())?;
        inputs.output("epochs", &1_u32)
    });
    let prefix = container.path("decks");
    std::fs::create_dir_all(prefix.join("deck.html/x")).expect("a folder");
    let mut container = container.flag("--output-prefix", &prefix);
    let ended = flytekit_tests::run(&mut container.command);
    assert!(ended.stderr.contains("there is no deck"), "{ended}");
    let _ = std::fs::remove_dir_all(prefix.join("deck.html"));
    container.prefix = prefix;
    container.ended(ended)
}

/// A task that prints into a pipe whose reader has gone.
fn printing_to_nobody(as_errors: bool) -> Run {
    let container = Container::of("fixture.broken.prints").inputs(|inputs| {
        inputs.output("lines", &1_000_000_i64)?;
        inputs.output("as_errors", &as_errors)
    });
    let to_nobody = if as_errors { "2>&1 >&4" } else { "" };
    let script = format!(
        "code=$({{ {{ \"$0\" \"$@\" {to_nobody}; echo $? >&4; }} | true; }} 4>&1); exit \"$code\""
    );
    shell(&script, container).run()
}

faults! {
    is_terminated: "SIGTERM: the platform ends the pod"
        => End::SYSTEM.exit(143),
        told_to_end("TERM"),
        ["the process was told to end by SIGTERM"];
    is_interrupted: "SIGINT: somebody presses Ctrl-C"
        => End::SYSTEM.exit(130),
        told_to_end("INT"),
        ["the process was told to end by SIGINT"];
    is_told_while_it_writes: "SIGTERM while a store does not answer; it ends within 15 seconds"
        => End::NOTHING.exit(143),
        told_to_end_while_writing(&["TERM"]),
        ["the end of the process is not reported"];
    is_told_twice: "a second SIGTERM or SIGINT ends it at once"
        => End::NOTHING.exit(130),
        told_to_end_while_writing(&["TERM", "INT"]),
        [];
    is_told_after_a_download: "SIGTERM after inputs were downloaded, which are removed"
        => End::SYSTEM.exit(143),
        told_to_end_after_a_download(),
        ["SIGTERM"];
    is_told_before_it_finishes_a_file: "SIGTERM while a file is written, of which nothing stays"
        => End::SYSTEM.exit(143),
        told_to_end_before_it_finishes_a_file(),
        ["SIGTERM"];
    is_told_before_it_finishes_an_object: "SIGTERM while an object is written in parts, which the store forgets"
        => End::SYSTEM.exit(143),
        told_to_end_before_it_finishes_an_object(),
        ["SIGTERM"];
    finds_the_disk_full: "a disk is full, or a quota used up"
        => End::SYSTEM,
        writing("/dev/full", 1).run(),
        ["No space left on device"];
    writes_too_large_a_file: "a file grows beyond the machine's limit (SIGXFSZ)"
        => End::user("USER:RuntimeError"),
        limited("ulimit -f 100", writing("", 10 << 20)).run(),
        ["File too large"];
    has_no_descriptor_left: "no descriptor is left"
        => End::SYSTEM,
        limited("ulimit -n 64", opening()).run(),
        ["Too many open files"];
    finds_the_disk_full_while_fetching: "a disk is full while inputs are fetched"
        => End::SYSTEM,
        downloading_to_a_full_disk(),
        ["No space left on device", "download http://127.0.0.1:"];
    has_no_descriptor_for_signals: "no descriptor or thread is left to listen for signals"
        => End::SYSTEM,
        limited("ulimit -n 4", Container::of("fixture.values.void").text("x")).run(),
        ["cannot listen for signals", "Too many open files"];
    has_no_thread_left: "no thread is left"
        => End::SYSTEM,
        Container::of("fixture.ending.starts_a_thread").bytes(b"").run(),
        ["failed to spawn thread"];
    saves_to_a_full_disk: "a disk is full while a checkpoint is saved"
        => End::SYSTEM,
        saving_to_a_full_disk(),
        ["the checkpoint is not saved: ", "No space left on device"];
    saves_where_nothing_is_written: "a checkpoint is to be saved where nothing can be written"
        => End::user("USER:RuntimeError"),
        saving(1).flag("--checkpoint-path", "http://127.0.0.1:1/checkpoint").run(),
        ["the checkpoint is not saved: ", "HTTP"];
    cannot_restore: "the checkpoint of the attempt before cannot be read"
        => End::user("USER:RuntimeError"),
        saving(1).flag("--prev-checkpoint", "/dev/null/checkpoint").run(),
        ["the checkpoint is not restored: ", "/dev/null/checkpoint"];
    has_no_place_for_its_deck: "the deck cannot be written"
        => End::OUTPUTS,
        with_something_in_the_way_of_its_deck(),
        [];
    has_no_memory_left: "memory that is asked for is not there, as under `ulimit -v`"
        => End::NOTHING.signal(6),
        allocating().run(),
        ["memory allocation of 1099511627776 bytes failed"];
    is_first_and_reaps: "in the container's first process: the task leaves a process behind"
        => End::OUTPUTS,
        as_first("fixture.ending.leaves_an_orphan"),
        [];
    is_first_and_crashes: "in the container's first process: the task crashes, or is killed"
        => End::SYSTEM,
        as_first("fixture.ending.crashes"),
        ["the task's process was ended by SIGABRT (6)"];
    is_first_and_told_to_end: "in the container's first process: SIGTERM"
        => End::SYSTEM.exit(143),
        as_first_told_to_end(),
        ["the process was told to end by SIGTERM"];
    prints_to_nobody: "the function prints, and nobody reads standard output any more"
        => End::SYSTEM,
        printing_to_nobody(false),
        ["failed printing to stdout: Broken pipe", "nobody reads any more"];
    prints_errors_to_nobody: "the function prints, and nobody reads standard error any more"
        => End::SYSTEM,
        printing_to_nobody(true),
        ["failed printing to stderr: Broken pipe", "nobody reads any more"];
    crashes_under_another: "in an execution of Flyte, under another first process: the task crashes, or is killed"
        => End::SYSTEM,
        of_flyte(Container::of("fixture.ending.crashes").bytes(b"")),
        ["the task's process was ended by SIGABRT (6)"];
    overflows_its_stack: "in an execution of Flyte: the stack overflows"
        => End::SYSTEM,
        of_flyte(Container::of("fixture.ending.recurses").inputs(|inputs| inputs.output("depth", &(u64::MAX >> 1)))),
        ["the task's process was ended by SIGABRT (6)"];
    has_no_memory_under_another: "in an execution of Flyte: memory that is asked for is not there"
        => End::SYSTEM,
        of_flyte(allocating()),
        ["the task's process was ended by SIGABRT (6)"];
    is_told_under_another: "in an execution of Flyte, under another first process: SIGTERM"
        => End::SYSTEM.exit(143),
        of_flyte_told_to_end("TERM"),
        ["the process was told to end by SIGTERM"];
    is_killed_under_another: "in an execution of Flyte, under another first process: SIGKILL, which ends the task, too"
        => End::NOTHING.signal(9),
        of_flyte_told_to_end("KILL"),
        [];
    is_killed: "SIGKILL, also for too much memory"
        => End::NOTHING.signal(9),
        told_to_end("KILL"),
        [];
}
