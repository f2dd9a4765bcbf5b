//! Archives of the classes that Spark loads: a JVM that maps them starts in half of the time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::cost;
use super::java::Java;
use super::python::Python;
use super::stamp::{self, Stamp};
use crate::{process, report, workspace};

/// The program during which the classes are loaded.
const PROGRAM: &str = include_str!("classes.py");

/// The archive's folder in the distribution.
const FOLDER: &str = "classes";

/// The options of JVMs that live for seconds, which is too short for much optimization.
const SHORT_LIVED: &str = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

/// The options of short-lived JVMs of this distribution. An archive of other classes is ignored.
pub(super) fn options(spark_home: &Path) -> String {
    let archive = archive(spark_home);
    if !archive.exists() {
        return SHORT_LIVED.to_owned();
    }
    let archive = archive.display();
    format!("{SHORT_LIVED} -XX:SharedArchiveFile={archive} -Xlog:cds*=off")
}

/// Creates the archive for a Java if it is not there. Some Javas cannot create one.
pub(super) fn provide(spark_home: &Path, java: &Java, python: &Python) -> Result<()> {
    let folder = spark_home.join(FOLDER);
    let stamp = Stamp::new(
        &folder,
        &[&java.to_string(), &java.home.display().to_string(), PROGRAM],
    );
    if stamp.is_there() {
        return Ok(());
    }
    let what = format!("Archive of Spark's classes ({})", cost::of(FOLDER)?);
    report::step(&what, |ticker| {
        stamp::clear(&folder)?;
        let work = folder.join("work");
        fs::create_dir_all(&work).with_context(|| format!("cannot make {}", work.display()))?;
        let mut spark = load(spark_home, java, python, &work);
        process::run_quietly(&mut spark, ticker)?;
        fs::remove_dir_all(&work).with_context(|| format!("cannot remove {}", work.display()))?;
        stamp.write()
    })
}

fn archive(spark_home: &Path) -> PathBuf {
    spark_home.join(FOLDER).join("spark.jsa")
}

/// The command that loads the classes and archives them.
fn load(spark_home: &Path, java: &Java, python: &Python, work: &Path) -> Command {
    let archive = archive(spark_home).display().to_string();
    let mut command = Command::new(spark_home.join("bin/spark-submit"));
    command.args(["--master", "local[2]", "--driver-memory", "512m"]);
    for setting in [
        "spark.driver.host=127.0.0.1",
        "spark.ui.port=0",
        "spark.plugins=org.apache.spark.sql.connect.SparkConnectPlugin",
        "spark.connect.grpc.binding.address=127.0.0.1",
        "spark.connect.grpc.binding.port=0",
    ] {
        command.args(["--conf", setting]);
    }
    command
        .arg(workspace::root().join("xtask/src/setup/classes.py"))
        .arg(work)
        .current_dir(work)
        .env("JAVA_HOME", &java.home)
        .env("SPARK_HOME", spark_home)
        .env("SPARK_LOCAL_IP", "127.0.0.1")
        .env(
            "SPARK_SUBMIT_OPTS",
            format!("{SHORT_LIVED} -XX:ArchiveClassesAtExit={archive}"),
        )
        .env("PYSPARK_PYTHON", &python.program)
        .env_remove("PYSPARK_DRIVER_PYTHON")
        .env_remove("SPARK_REMOTE");
    command
}
