//! Local runs of Spark applications: their args, their ends, and that they end with the program.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use flytekit::types::OutputsWriter;
use flytekit_proto::flyteidl::core::ErrorDocument;
use flytekit_tests::{DEADLINE, Ended, eventually, python, run};
use prost::Message;
use serde_json::{Value, json};

fn applications() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_applications"));
    command
        .env_remove("SPARK_HOME")
        .env_remove("PYSPARK_PYTHON")
        .env("FLYTEKIT_PYTHON", python());
    command
}

fn run_task(task: &str, flags: &[&str]) -> Ended {
    run(applications().args(["run", task]).args(flags))
}

/// The args that the application prints.
fn said(ended: &Ended) -> Value {
    assert!(ended.success(), "{ended}");
    let text = ended.text();
    let line = text.lines().find_map(|line| line.strip_prefix("SAID "));
    serde_json::from_str(line.unwrap_or_else(|| panic!("{ended}"))).expect("JSON")
}

#[track_caller]
fn assert_fails(ended: &Ended, parts: &[&str]) {
    assert_eq!(ended.code(), Some(1), "{ended}");
    for part in parts {
        assert!(ended.stderr.contains(part), "no `{part}` in {ended}");
    }
}

#[test]
fn arguments_and_settings_arrive_as_they_are() {
    let text = "x \"y\" 'z' $HOME; `id` \\ *";
    let said = said(&run_task(
        "applications.echo",
        &["--text", text, "--truth", "true"],
    ));
    assert_eq!(
        said,
        json!({
            "args": ["--text", text, "a $HOME; 'b'\"", "--number", "-7", "1e+06", "true"],
            "conf": {
                "spark.master": "local[1]",
                "spark.app.name": "an application's name",
                "spark.hadoop.example.key": "example value",
            },
            "count": 10,
        })
    );
}

#[test]
fn a_class_runs_with_its_arguments() {
    let query = "SELECT 'a  \"b', 1 + 1";
    let ended = run_task("applications.sql", &["--query", query]);
    assert!(ended.success(), "{ended}");
    assert!(ended.text().contains("a  \"b\t2"), "{ended}");
}

#[test]
fn a_failure_tells_the_exit_code_and_the_reason() {
    let ended = run_task("applications.fails", &["--code", "3"]);
    assert_fails(
        &ended,
        &[
            "application.py of task applications.fails ended with exit status: 3",
            "\n  on its standard output",
        ],
    );
    assert!(ended.text().contains("on its standard output\n"), "{ended}");
    let ended = run_task("applications.fails", &["--code", "0"]);
    assert_fails(&ended, &["exit status: 1", "\n  ValueError: the reason"]);
}

#[test]
fn the_function_can_be_called() {
    let ended = run_task("applications.calls", &["--code", "4"]);
    assert!(ended.success(), "{ended}");
    assert!(
        ended.text().contains("ended with exit status: 4"),
        "{ended}"
    );
}

#[test]
fn a_missing_class_is_named() {
    let ended = run_task("applications.no_class", &[]);
    assert_fails(
        &ended,
        &["cannot load the main class no.such.Main", "`main_class`"],
    );
}

#[test]
fn what_is_not_there_is_named_before_anything_starts() {
    let ended = run_task("applications.no_file", &[]);
    assert_fails(
        &ended,
        &["local:///no/such/application.R of task applications.no_file is not on this machine"],
    );

    let no_java = |command: &mut Command| run(command.args(["run", "applications.no_class"]));
    let ended = no_java(applications().env("JAVA_HOME", "/no/java"));
    assert_fails(&ended, &["needs Java", "/no/java/bin/java", "Java 17"]);

    let ended = no_java(applications().env("SPARK_HOME", "/no/spark"));
    assert_fails(&ended, &["SPARK_HOME (/no/spark)", "pip install pyspark"]);

    let empty = tempfile::tempdir().expect("a folder");
    let mut command = applications();
    command
        .env_remove("FLYTEKIT_PYTHON")
        .env("PATH", empty.path());
    assert_fails(&no_java(&mut command), &["there is no Spark", "SPARK_HOME"]);
}

#[test]
fn a_spark_submit_on_the_path_will_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("spark-submit");
    fs::write(&script, "#!/bin/sh\nprintf '<%s>' \"$@\"\nexit 7\n").expect("a script");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("its mode");
    let system = std::env::var("PATH").expect("PATH");
    // An interpreter without pyspark.
    let python = folder.path().join("python3");
    std::os::unix::fs::symlink("/bin/false", &python).expect("a link");
    let path = format!("{}:{system}", folder.path().display());
    let mut command = applications();
    command
        .env("FLYTEKIT_PYTHON", &python)
        .env("PATH", path)
        .args(["run", "applications.no_class"]);
    let ended = run(&mut command);
    assert_fails(&ended, &["exit status: 7"]);
    assert!(
        ended.text().starts_with("<--class><no.such.Main><--conf>"),
        "{ended}"
    );
}

#[test]
fn execute_runs_the_application_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let (inputs, outputs) = (folder.path().join("inputs.pb"), folder.path().join("out"));
    let execute = |code: u8| {
        let mut literals = OutputsWriter::new();
        literals.output("code", &code).expect("a literal");
        fs::write(&inputs, literals.finish()).expect("a file");
        let mut command = applications();
        command.args(["execute", "--task", "applications.fails", "--inputs"]);
        run(command.arg(&inputs).arg("--output-prefix").arg(&outputs))
    };
    let ended = execute(5);
    assert!(ended.success(), "{ended}");
    let document = fs::read(outputs.join("error.pb")).expect("an error document");
    let error = ErrorDocument::decode(&*document).expect("a document").error;
    let error = error.expect("an error");
    assert!(
        error.message.contains("ended with exit status: 5"),
        "{error:?}"
    );
    assert_eq!(error.code, "USER:RuntimeError");
}

/// Runs the application that waits, sends the program a signal, and sees all of it end.
fn ends_with_the_program(signal: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let scratch = folder.path().join("scratch");
    fs::create_dir(&scratch).expect("a folder");
    let file = folder.path().join("started");
    let mut program = applications()
        .env("TMPDIR", &scratch)
        .args(["run", "applications.waits", "--file"])
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    eventually("the application starts", DEADLINE, || file.exists());
    let pids = fs::read_to_string(&file).expect("process ids");
    let pids: Vec<_> = pids.split(' ').collect();
    assert_eq!(pids.len(), 2, "Python's and the JVM's");
    assert!(pids.iter().all(|pid| is_alive(pid)));

    let sent = Command::new("kill")
        .args(["-s", signal, &program.id().to_string()])
        .status();
    assert!(sent.expect("kill").success());
    let status = program.wait().expect("its end");
    assert!(!status.success());
    eventually("all of it ends", DEADLINE, || {
        !pids.iter().any(|pid| is_alive(pid))
    });
    eventually("its data goes", DEADLINE, || {
        !has_folder(&scratch, "flytekit-spark-")
    });
}

fn is_alive(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
    if Path::new("/proc/self/stat").exists() {
        // An ended process may be waiting for its parent.
        return stat.is_ok_and(|stat| !stat.contains(") Z "));
    }
    let mut kill = Command::new("kill");
    kill.args(["-s", "0", pid]).stderr(Stdio::null());
    kill.status().expect("kill").success()
}

fn has_folder(place: &Path, prefix: &str) -> bool {
    let entries = fs::read_dir(place).expect("a folder");
    let mut names = entries.map(|entry| entry.expect("an entry").file_name());
    names.any(|name| name.to_string_lossy().starts_with(prefix))
}

#[test]
fn ctrl_c_ends_the_application() {
    ends_with_the_program("INT");
}

#[test]
fn sigterm_ends_the_application() {
    ends_with_the_program("TERM");
}

#[test]
fn killing_the_program_ends_the_application() {
    ends_with_the_program("KILL");
}
