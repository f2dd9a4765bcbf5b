//! Tasks that are Spark applications, which the tests run on this machine.

use std::process::ExitCode;

use flytekit::prelude::*;

const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/application.py");
const JAR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/empty.jar");

/// Says what it was given, and ends as it is told.
#[task(generic_spark(
    application_type = Python,
    application = PYTHON,
    args("--text", text, "a $HOME; 'b'\"", "--number", number, share, truth),
    conf("spark.master" = "local[1]", "spark.app.name" = "an application's name"),
    hadoop_conf("example.key" = "example value"),
))]
fn echo(text: String, #[default(-7)] number: i64, #[default(1e6)] share: f64, truth: bool);

/// Waits until it is ended, and writes its process's id to a file before.
#[task(generic_spark(application_type = Python, application = PYTHON, args("--wait", file)))]
fn waits(file: String);

/// Ends with an exit code, or with an error if that is 0.
#[task(generic_spark(application_type = Python, application = PYTHON, args("--fail", code)))]
fn fails(code: u8);

/// Spark's own SQL shell, a class that is in every distribution.
#[task(generic_spark(
    application_type = Scala,
    main_class = "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver",
    application = JAR,
    args("-e", query),
    conf("spark.sql.catalogImplementation" = "in-memory"),
))]
fn sql(query: String);

#[task(generic_spark(application_type = Java, main_class = "no.such.Main", application = JAR))]
fn no_class();

#[task(generic_spark(application_type = R, application = "local:///no/such/application.R"))]
fn no_file();

/// As a function of Rust calls it.
#[task]
fn calls(code: u8) -> Result<String> {
    let error = fails(code).err().map(|error| error.to_string());
    error.ok_or_else(|| Error::user("it did not fail"))
}

fn main() -> ExitCode {
    flytekit::main()
}
