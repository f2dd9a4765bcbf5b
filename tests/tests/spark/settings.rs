//! Compares the settings in the grammar with Spark's registry.
//!
//! `FLYTEKIT_BLESS=1` rewrites the table from the installed Spark.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::LazyLock;
use std::{env, fs};

use flytekit_grammar::{SparkValue, spark_value};
use flytekit_tests::{diff, script};

/// A value that only text accepts.
const NOTHING: &str = "?";

/// Several numbers, which a few settings take.
const LIST: &str = "1,2";

/// The sample values for every setting.
const SAMPLES: &[&str] = &[
    NOTHING,
    LIST,
    "",
    "-1",
    "0",
    "1",
    "2",
    "3",
    "+4",
    "-7",
    "16",
    "64",
    "100",
    "1024",
    "70000",
    "1.0",
    "0.25",
    "0.5",
    "1.5",
    "-0.5",
    ".5",
    "5.",
    "1e3",
    "1e",
    "2.5f",
    "3d",
    "NaN",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967296",
    "9223372036854775808",
    "true",
    "FALSE",
    "yes",
    "on",
    "no",
    "two",
    "10s",
    "5min",
    "100ms",
    "1us",
    "2h",
    "7d",
    "1sec",
    "1 s",
    "-5s",
    "1.5h",
    "4g",
    "4G",
    "512m",
    "64k",
    "64kb",
    "1MB",
    "1t",
    "4Gi",
    "512Mi",
    "1.5g",
    "4 g",
    "-2g",
    "4x",
    "8b",
];

/// Each key of Spark's registry, with the samples, and the reasons why Spark refuses them.
type Verdicts = BTreeMap<String, BTreeMap<String, Option<String>>>;

static SPARK: LazyLock<Verdicts> = LazyLock::new(|| {
    let mut child = script("spark_settings.py")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python");
    let samples = serde_json::to_vec(SAMPLES).expect("JSON");
    let mut stdin = child.stdin.take().expect("standard input");
    stdin.write_all(&samples).expect("a reader");
    drop(stdin);
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success(), "{}", output.status);
    serde_json::from_slice(&output.stdout).expect("JSON of verdicts")
});

/// The path of the table.
fn table() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../grammar/src/spark/keys.rs")
}

/// The table, from Spark's answers.
fn written() -> String {
    let mut text = String::from(
        "//! The settings that Spark 4.2.1 declares, with the kinds of their values, sorted by key.\n\
         //!\n\
         //! Written by the test `spark::settings`, with `FLYTEKIT_BLESS=1`.\n\n\
         use super::SparkValue::{self, Any, Boolean, Bytes, Double, Int, Long, OneOf, OneOfAnyCase, Time};\n\n\
         /// Key and kind of value.\n\
         #[rustfmt::skip]\n\
         pub(super) static KEYS: &[(&str, SparkValue)] = &[\n",
    );
    for (key, verdicts) in &*SPARK {
        writeln!(text, "    ({key:?}, {}),", kind(verdicts)).expect("room");
    }
    text + "];\n"
}

/// The kind of value, by Spark's message about an invalid one.
fn kind(verdicts: &BTreeMap<String, Option<String>>) -> String {
    let Some(refusal) = &verdicts[NOTHING] else {
        return "Any".to_owned();
    };
    if verdicts[LIST].is_none() {
        return "Any".to_owned();
    }
    if let Some(words) = words(refusal) {
        return one_of(&words, verdicts);
    }
    let least = || {
        let samples = ["-7", "-1", "0", "1", "2"];
        samples
            .into_iter()
            .find(|sample| verdicts[*sample].is_none())
    };
    let whole = |name: &str, bits: &str| match least() {
        Some("-7") => format!("{name} {{ least: {bits}::MIN }}"),
        Some(least) => format!("{name} {{ least: {least} }}"),
        // Spark only accepts larger numbers.
        None => format!("{name} {{ least: 2 }}"),
    };
    match between(refusal, "It should be a/an '", "'") {
        Some("boolean") => "Boolean".to_owned(),
        Some("int") => whole("Int", "i32"),
        Some("long") => whole("Long", "i64"),
        Some("double") => "Double".to_owned(),
        Some(kind) if kind.starts_with("bytes in ") => "Bytes".to_owned(),
        Some(kind) if kind.starts_with("time in ") => "Time".to_owned(),
        // Text with its own rule, such as the name of a time zone.
        None => "Any".to_owned(),
        Some(kind) => panic!("{kind} is a new kind: {refusal}"),
    }
}

fn one_of(words: &BTreeSet<&str>, verdicts: &BTreeMap<String, Option<String>>) -> String {
    let any_case = words.iter().all(|word| {
        [word.to_uppercase(), word.to_lowercase()]
            .iter()
            .all(|other| verdicts[other].is_none())
    });
    let kind = if any_case { "OneOfAnyCase" } else { "OneOf" };
    format!("{kind}(&{:?})", Vec::from_iter(words))
}

fn words(refusal: &str) -> Option<BTreeSet<&str>> {
    Some(
        between(refusal, "It should be one of '", "'.")?
            .split(", ")
            .collect(),
    )
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

#[test]
fn the_table_is_sparks() {
    let written = written();
    if env::var_os("FLYTEKIT_BLESS").is_some() {
        return fs::write(table(), written).expect("a file that can be written");
    }
    let table = fs::read_to_string(table()).expect("a table");
    let difference = diff(("grammar/src/spark/keys.rs", &table), ("Spark", &written));
    assert!(
        difference.is_empty(),
        "run the test with FLYTEKIT_BLESS=1 and review the change:\n{difference}"
    );
}

/// Values that Spark accepts are accepted, and values of another kind are refused. Spark's narrower limits of
/// some settings are listed in a snapshot.
#[test]
fn values_are_judged_as_spark_does() {
    let mut wrong = String::new();
    let mut limits = String::new();
    for (key, verdicts) in &*SPARK {
        let kind = spark_value(key);
        let mut beyond = Vec::new();
        for (value, refusal) in verdicts {
            match (kind.check(value), refusal) {
                (Ok(()), None) | (Err(_), Some(_)) => {}
                (Err(ours), None) if ours.contains("Kubernetes") => since_spark_4_2(value),
                (Ok(()), Some(refusal))
                    if kind == SparkValue::Any || !refusal.contains("TYPE_MISMATCH") =>
                {
                    beyond.push(value.as_str());
                }
                (ours, sparks) => {
                    writeln!(wrong, "{key} = {value:?}: {ours:?}, Spark: {sparks:?}")
                        .expect("room");
                }
            }
        }
        if !beyond.is_empty() {
            writeln!(limits, "{key}: {}", beyond.join(" ")).expect("room");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    compare_with_snapshot("spark_limits.txt", &limits);
}

/// Kubernetes' suffixes are refused, because Spark only reads them since 4.2.0 (SPARK-55051).
fn since_spark_4_2(value: &str) {
    assert!(["4Gi", "512Mi"].contains(&value), "{value}");
}

fn compare_with_snapshot(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("snapshots")
        .join(name);
    if env::var_os("FLYTEKIT_BLESS").is_some() {
        return fs::write(path, text).expect("a file that can be written");
    }
    let snapshot = fs::read_to_string(&path).unwrap_or_default();
    let difference = diff((name, &snapshot), ("Spark", text));
    assert!(
        difference.is_empty(),
        "run the test with FLYTEKIT_BLESS=1 and review the change:\n{difference}"
    );
}
