//! A task as the driver of a Spark application: real clusters, real `spark-submit`, several versions.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

use flytekit::types::{OutputsWriter, ValueError};
use flytekit_proto::flyteidl::core::container_error::Kind;
use flytekit_tests::cluster::{Cluster, Distribution};
use flytekit_tests::{ContainerRun, DEADLINE, Ended, eventually, run, run_within, signal};
use serde_json::{Value, json};

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// A driver without a cluster, where only the driver matters.
const ALONE: &str = "local[1]";

/// A task with its inputs, to be submitted.
struct Submission {
    container: ContainerRun,
    settings: Vec<(&'static str, String)>,
}

impl Submission {
    fn of(
        task: &'static str,
        write: impl FnOnce(&mut OutputsWriter) -> Result<(), ValueError>,
    ) -> Self {
        let container = ContainerRun::of(task, write);
        let events = container.path("events");
        fs::create_dir(&events).expect("a folder");
        let settings = vec![
            ("spark.eventLog.enabled", "true".to_owned()),
            ("spark.eventLog.rolling.enabled", "false".to_owned()),
            ("spark.eventLog.dir", events.display().to_string()),
        ];
        Submission {
            container,
            settings,
        }
    }

    /// `fixture.cluster.ends`
    fn that_ends(how: &'static str) -> Self {
        let mut submission = Submission::of("fixture.cluster.ends", |_| Ok(()));
        let started = submission.started().display().to_string();
        submission.container.write_inputs(|inputs| {
            inputs.output("how", &how.to_owned())?;
            inputs.output("started", &started)
        });
        submission
            .settings
            .push(("spark.task.maxFailures", "1".to_owned()));
        submission
    }

    fn setting(mut self, key: &'static str, value: &str) -> Self {
        self.settings.push((key, value.to_owned()));
        self
    }

    /// The file in which a task writes its process id.
    fn started(&self) -> std::path::PathBuf {
        self.container.path("started")
    }

    fn command(&self, spark: &Distribution, master: &str, executable: &str) -> Command {
        let settings: Vec<_> = self
            .settings
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        spark.submit(master, executable, &self.container, &settings)
    }

    fn run(&self, spark: &Distribution, master: &str, executable: &str) -> Ended {
        run(&mut self.command(spark, master, executable))
    }

    /// Whether the context was stopped: only then its event log gets its name.
    fn context_was_stopped(&self) -> bool {
        let names: Vec<_> = fs::read_dir(self.container.path("events"))
            .expect("a folder")
            .map(|entry| entry.expect("a file").file_name())
            .collect();
        assert_eq!(names.len(), 1, "{names:?}");
        Path::new(&names[0])
            .extension()
            .is_none_or(|it| it != "inprogress")
    }
}

/// The id of a task's process, when it works.
fn process(submission: &Submission) -> String {
    let number = || fs::read_to_string(submission.started()).unwrap_or_default();
    eventually("the task works", DEADLINE, || !number().is_empty());
    number()
}

/// The executors of a cluster compute, and flytekit reads the results.
fn computes_on_executors(spark: &Distribution, cluster: &Cluster) {
    let submission = Submission::of("fixture.cluster.whereabouts", |_| Ok(()));
    let ended = submission.run(spark, &cluster.master, FIXTURE);
    let outputs = submission
        .container
        .outputs(&ended, &["o0=str", "o1=typing.List[int]", "o2=int"]);

    let application = outputs["o0"].as_str().expect("an application's id");
    let executors = cluster.executors(application);
    let ids: Vec<_> = executors.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["0", "1"], "{ended}");
    let mut computed: Vec<_> = outputs["o1"].as_array().expect("processes").clone();
    computed.sort_by_key(Value::as_u64);
    let mut known: Vec<_> = executors
        .iter()
        .map(|(_, process)| json!(process))
        .collect();
    known.sort_by_key(Value::as_u64);
    assert_eq!(computed, known, "{ended}");
    assert_eq!(outputs["o2"], 1_000_000);
    assert!(submission.context_was_stopped(), "{ended}");

    let quickstart = Submission::of("quickstart.my_spark_task", |inputs| {
        inputs.output("a", &40_i64)?;
        inputs.output("b", &2_i64)
    });
    let ended = quickstart.run(spark, &cluster.master, &example("quickstart"));
    let outputs = quickstart.container.outputs(&ended, &["o0=float"]);
    assert_eq!(outputs, json!({ "o0": 42.0 }));
}

/// Executors write tables that other applications' executors read.
fn passes_tables_on(spark: &Distribution, cluster: &Cluster) {
    const TEXT: &str = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/spark-wordcount/data/alice.txt"
    );
    let wordcount = example("spark-wordcount");
    let lines = Submission::of("spark_wordcount.read_lines", |inputs| {
        inputs.output("path", &TEXT.to_owned())
    });
    let counts = Submission::of("spark_wordcount.count_words", |_| Ok(()));
    let words = Submission::of("spark_wordcount.most_frequent", |_| Ok(()));
    let ended = lines.run(spark, &cluster.master, &wordcount);
    lines
        .container
        .hand_output_on(&ended, &counts.container, "lines");
    let ended = counts.run(spark, &cluster.master, &wordcount);
    counts
        .container
        .hand_output_on(&ended, &words.container, "counts");
    let ended = words.run(spark, &cluster.master, &wordcount);
    let outputs = words
        .container
        .outputs(&ended, &["o0=typing.Dict[str, int]"]);
    let most = outputs["o0"].as_object().expect("words");
    assert_eq!(most.len(), 10, "{most:?}");
    for (word, count) in most {
        assert_eq!(*count, occurrences(TEXT, word), "{word}");
    }
}

fn occurrences(file: &str, word: &str) -> usize {
    let text = fs::read_to_string(file).expect("a text").to_lowercase();
    let words = text.split(|c: char| !c.is_ascii_lowercase());
    words.filter(|it| *it == word).count()
}

/// An example's executable.
fn example(name: &str) -> String {
    let executable = flytekit_tests::example(name, FIXTURE.as_ref());
    executable
        .into_os_string()
        .into_string()
        .expect("a path in UTF-8")
}

#[test]
fn spark_4_2_computes_on_executors() {
    let spark = Distribution::of_python();
    let cluster = Cluster::start(&spark);
    computes_on_executors(&spark, &cluster);
    passes_tables_on(&spark, &cluster);
}

#[test]
fn the_oldest_spark_computes_on_executors() {
    let spark = Distribution::with_version("4.0");
    computes_on_executors(&spark, &Cluster::start(&spark));
}

#[test]
fn the_newest_spark_computes_on_executors() {
    let spark = Distribution::with_version("4.3");
    computes_on_executors(&spark, &Cluster::start(&spark));
}

#[test]
fn a_driver_may_be_fetched() {
    let mut submission = Submission::that_ends("well");
    submission.container = submission.container.fetching(FIXTURE.as_ref());
    let ended = submission.run(&Distribution::of_python(), ALONE, FIXTURE);
    let outputs = submission.container.outputs(&ended, &["o0=int"]);
    assert_eq!(outputs, json!({ "o0": 3 }));
    assert!(submission.container.fetched().exists());
    assert!(submission.context_was_stopped(), "{ended}");

    // Failures before the start of the driver reach Flyte, too.
    let mut submission = Submission::that_ends("well");
    submission.container = submission.container.fetching(FIXTURE.as_ref());
    fs::remove_file(submission.container.path("code.tar.gz")).expect("an archive");
    let ended = submission.run(&Distribution::of_python(), ALONE, FIXTURE);
    assert!(ended.success(), "{ended}");
    let error = submission.container.error();
    assert!(error.message.contains("code.tar.gz"), "{}", error.message);
}

#[test]
fn an_older_spark_is_refused() {
    let spark = Distribution::with_version("3.5");
    let submission = Submission::that_ends("well");
    let ended = submission.run(&spark, ALONE, FIXTURE);
    assert!(ended.success(), "{ended}");
    let error = submission.container.error();
    assert_eq!(error.kind, i32::from(Kind::NonRecoverable));
    for part in [&spark.version, "needs Spark 4.0 or newer"] {
        assert!(error.message.contains(part), "{}", error.message);
    }
}

#[test]
fn an_error_ends_the_application_well() {
    let submission = Submission::that_ends("error");
    let ended = submission.run(&Distribution::of_python(), ALONE, FIXTURE);
    assert!(ended.success(), "{ended}");
    let error = submission.container.error();
    assert_eq!(error.kind, i32::from(Kind::NonRecoverable));
    assert!(error.message.contains("no, thank you"), "{}", error.message);
    assert!(submission.context_was_stopped(), "{ended}");
}

#[test]
fn a_panic_ends_the_application_well_and_can_fail_it() {
    let submission = Submission::that_ends("panic");
    let mut command = submission.command(&Distribution::of_python(), ALONE, FIXTURE);
    command.env("FLYTE_FAIL_ON_ERROR", "true");
    let ended = run(&mut command);
    assert_eq!(ended.code(), Some(1), "{ended}");
    let error = submission.container.error();
    assert_eq!(error.code, "USER:Panic");
    assert!(error.message.contains("no way"), "{}", error.message);
    assert!(submission.context_was_stopped(), "{ended}");
}

/// The end of the pod may signal the driver's process, or its JVM.
#[test]
fn a_driver_that_is_told_to_end_stops_its_context() {
    let submission = Submission::that_ends("query");
    let mut command = submission.command(&Distribution::of_python(), ALONE, FIXTURE);
    let ended = run_within(DEADLINE, &mut command, |_| {
        signal("TERM", process(&submission).parse().expect("a number"));
    });
    assert_eq!(ended.code(), Some(143), "{ended}");
    let error = submission.container.error();
    assert_eq!(error.kind, i32::from(Kind::Recoverable));
    assert!(error.message.contains("SIGTERM"), "{}", error.message);
    assert!(submission.context_was_stopped(), "{ended}");
}

#[test]
fn a_jvm_that_is_told_to_end_is_a_lost_engine() {
    let submission = Submission::that_ends("query");
    let mut command = submission.command(&Distribution::of_python(), ALONE, FIXTURE);
    let ended = run_within(DEADLINE, &mut command, |jvm| {
        process(&submission);
        signal("TERM", jvm.id());
    });
    assert!(!ended.success(), "{ended}");
    assert_is_lost(&submission, &ended);
}

#[test]
fn a_jvm_that_dies_is_a_lost_engine() {
    for how in ["query", "sleep"] {
        let submission = Submission::that_ends(how);
        let mut command = submission.command(&Distribution::of_python(), ALONE, FIXTURE);
        let ended = run_within(DEADLINE, &mut command, |jvm| {
            process(&submission);
            jvm.kill().expect("a JVM can be killed");
        });
        assert!(!ended.success(), "{ended}");
        assert_is_lost(&submission, &ended);
    }
}

/// The process only outlives its JVM to report the loss.
fn assert_is_lost(submission: &Submission, ended: &Ended) {
    let process = process(submission);
    let executable = Path::new("/proc").join(process).join("exe");
    eventually("the driver ends", DEADLINE, || !executable.exists());
    let error = submission.container.error();
    assert_eq!(error.kind, i32::from(Kind::Recoverable), "{ended}");
    assert_eq!(error.code, "SYSTEM", "{}", error.message);
    let lost = "the Spark driver is lost during the run";
    assert!(error.message.contains(lost), "{}", error.message);
}

#[test]
fn the_platforms_plugins_are_kept() {
    const THEIRS: &str = "org.apache.spark.deploy.RedirectConsolePlugin";
    let submission = Submission::of("fixture.cluster.setting", |inputs| {
        inputs.output("key", &"spark.plugins".to_owned())
    });
    let submission = submission.setting("spark.plugins", THEIRS);
    let ended = submission.run(&Distribution::of_python(), ALONE, FIXTURE);
    let plugins = format!("{THEIRS},org.apache.spark.sql.connect.SparkConnectPlugin");
    assert_eq!(
        submission.container.outputs(&ended, &["o0=str"]),
        json!({ "o0": plugins })
    );
}

#[test]
fn a_context_that_cannot_be_made_gives_the_jvms_reason() {
    let submission = Submission::that_ends("well").setting("spark.plugins", "no.such.Plugin");
    let ended = submission.run(&Distribution::of_python(), ALONE, FIXTURE);
    assert!(ended.success(), "{ended}");
    let error = submission.container.error();
    assert_eq!(error.code, "SYSTEM");
    let reason = "java.lang.ClassNotFoundException: no.such.Plugin";
    assert!(error.message.contains(reason), "{}", error.message);
    assert!(!error.message.contains("\tat "), "{}", error.message);
}
