//! A local Spark: a Spark Connect server in a JVM, from `$SPARK_HOME` or the Python package `pyspark`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::properties::properties;
use super::remote::new_token;
use super::server::{Launch, SCRATCH};
use super::settings::Settings;
use super::variables::SparkVariables;
use crate::child::{Limits, output};
use crate::error::Error;

/// The places that were searched for Spark, for the message that nothing was found.
pub(super) const PLACES: &str =
    "$SPARK_HOME, the package pyspark of $FLYTEKIT_PYTHON and of python3";

/// The oldest Java for Spark 4.
const JAVA: u32 = 17;

/// How long `java -version` may take, and how much it may print.
const JAVA_ANSWER: Limits = Limits {
    time: Duration::from_secs(20),
    bytes: 1 << 16,
};

/// The server's main class. `spark-submit` knows that it needs no application file.
const SERVER: &str = "org.apache.spark.sql.connect.service.SparkConnectServer";

/// With these variables, `spark-submit` would look for a server or a driver, instead of starting one.
pub(super) const NOT_INHERITED: [(&str, Option<OsString>); 3] = [
    ("SPARK_REMOTE", None),
    ("PYSPARK_GATEWAY_PORT", None),
    ("PYSPARK_GATEWAY_SECRET", None),
];

/// A Spark distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LocalSpark {
    home: PathBuf,
}

impl LocalSpark {
    /// Finds a Spark with Spark Connect, and the Java that it needs.
    ///
    /// # Errors
    ///
    /// If there is a Spark that cannot be used.
    pub(super) fn find(variables: &SparkVariables) -> Result<Option<Self>, Error> {
        let Some((home, named)) = distribution(variables) else {
            return Ok(None);
        };
        if !has_connect(&home) {
            return Err(Error::user(format!(
                "{named} ({}) has no bin/spark-submit with jars/spark-connect_*.jar; Spark 4.0 or newer \
                 is needed (`pip install pyspark`), or Sail (`pip install pysail pyspark-client`)",
                home.display()
            )));
        }
        check_java(variables)?;
        Ok(Some(LocalSpark { home }))
    }

    /// How to start the server for an application of this name with these settings.
    ///
    /// The settings go into a file: everyone on the machine can read a command line, and settings may contain
    /// credentials.
    pub(super) fn launch(&self, name: &str, settings: &Settings) -> Launch {
        let token = new_token();
        let (name, settings, server_token) = (name.to_owned(), settings.to_vec(), token.clone());
        let args = move |port: u16, folder: &Path| {
            let conf = conf(&name, &settings, port, folder, &server_token);
            let entries = conf
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()));
            let file = folder.join("server.conf");
            fs::write(&file, properties(entries))?;
            Ok(vec![
                "--class".into(),
                SERVER.into(),
                "--properties-file".into(),
                file.into(),
                "--load-spark-defaults".into(),
            ])
        };
        let mut env = Vec::from(NOT_INHERITED);
        env.extend([
            ("SPARK_HOME", Some(self.home.clone().into_os_string())),
            // The web interface listens on this address, for which there is no setting.
            ("SPARK_LOCAL_IP", Some("127.0.0.1".into())),
        ]);
        Launch {
            name: "Spark",
            program: self.home.join("bin/spark-submit"),
            args: Box::new(args),
            env,
            token: Some(token),
        }
    }
}

/// The folder of a Spark distribution, and the setting that named it.
pub(super) fn distribution(variables: &SparkVariables) -> Option<(PathBuf, &'static str)> {
    match &variables.spark_home {
        Some(home) => Some((home.clone(), "SPARK_HOME")),
        None => variables
            .interpreters
            .with_package("pyspark", &variables.programs)
            .map(|(_, folder)| (folder, "pyspark")),
    }
}

/// The settings of a local Spark, which the task can override.
pub(super) const DEFAULTS: [(&str, &str); 6] = [
    ("spark.master", "local[*]"),
    ("spark.driver.bindAddress", "127.0.0.1"),
    ("spark.driver.host", "127.0.0.1"),
    // Everyone on the machine could open the page.
    ("spark.ui.enabled", "false"),
    ("spark.ui.port", "0"),
    ("spark.ui.showConsoleProgress", "false"),
];

/// Makes a single-process Spark refuse other processes at the ports that it still opens. Such a Spark needs
/// no configured secret.
pub(super) const AUTHENTICATED: (&str, &str) = ("spark.authenticate", "true");

/// Whether a Spark with these settings is a single process. If a key occurs twice, the last one wins.
pub(super) fn runs_here<'a>(settings: impl Iterator<Item = (impl AsRef<str>, &'a str)>) -> bool {
    let masters = settings.filter(|(key, _)| key.as_ref() == "spark.master");
    let master = masters.last().map_or("local", |(_, master)| master);
    master == "local" || master.starts_with("local[")
}

/// The server's settings: the defaults of a local server, the task's, and the mandatory ones. If a key occurs
/// twice, the last one wins.
fn conf(
    name: &str,
    settings: &Settings,
    port: u16,
    folder: &Path,
    token: &str,
) -> Vec<(String, String)> {
    let scratch = folder.join(SCRATCH);
    let warehouse = scratch.join("warehouse");
    let of_server = [
        ("spark.app.name", name),
        // Not in the working directory, which belongs to the user.
        ("spark.sql.warehouse.dir", &*warehouse.to_string_lossy()),
        // Everybody could read the temporary files of Spark and Java in the default folder.
        ("spark.local.dir", &scratch.to_string_lossy()),
        (
            "spark.driver.defaultJavaOptions",
            &temporary_files_in(&scratch),
        ),
    ];
    let is_own = runs_here(settings.iter().map(|(key, value)| (key, value.as_str())));
    let defaults = DEFAULTS
        .into_iter()
        .chain(is_own.then_some(AUTHENTICATED))
        .chain(of_server)
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let required = [
        ("spark.submit.deployMode", "client"),
        ("spark.connect.authenticate.token", token),
        ("spark.connect.grpc.binding.address", "127.0.0.1"),
        ("spark.connect.grpc.binding.port", &port.to_string()),
        // The port must be the one that this process chose.
        ("spark.connect.grpc.port.maxRetries", "0"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let settings = settings.iter().cloned();
    defaults.chain(settings).chain(required).collect()
}

/// Java's option for the folder of temporary files, quoted for Spark.
fn temporary_files_in(folder: &Path) -> String {
    let folder = folder.to_string_lossy();
    let folder = folder.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"-Djava.io.tmpdir={folder}\"")
}

fn has_connect(home: &Path) -> bool {
    let jars = || home.join("jars").read_dir();
    home.join("bin/spark-submit").is_file()
        && jars().is_ok_and(|mut jars| {
            jars.any(|jar| {
                jar.is_ok_and(|jar| {
                    jar.file_name()
                        .to_string_lossy()
                        .starts_with("spark-connect_")
                })
            })
        })
}

/// The Java that Spark's launcher uses.
pub(super) fn java(variables: &SparkVariables) -> Option<PathBuf> {
    match &variables.java_home {
        Some(home) => Some(home.join("bin").join("java")),
        None => variables.programs.find_on_path("java"),
    }
}

fn check_java(variables: &SparkVariables) -> Result<(), Error> {
    let needed = format!("a local Spark needs Java {JAVA} or newer");
    let instead = "set JAVA_HOME to one, or use Sail, which needs no Java (`pip install pysail pyspark-client`)";
    let Some(java) = java(variables) else {
        return Err(Error::user(format!(
            "{needed}, but there is none in JAVA_HOME or on PATH; {instead}"
        )));
    };
    let output = output(Command::new(&java).arg("-version"), &JAVA_ANSWER).map_err(|error| {
        Error::user(format!(
            "{needed}, but {} does not start; {instead}",
            java.display()
        ))
        .with_source(error)
    })?;
    match java_version(&String::from_utf8_lossy(&output.stderr)) {
        Some(version) if version < JAVA => Err(Error::user(format!(
            "{needed}, but {} is Java {version}; {instead}",
            java.display()
        ))),
        // A Java without a readable version may work; if not, the server's log says so.
        _ => Ok(()),
    }
}

/// The feature version in the first line of `java -version`: 17 for `openjdk version "17.0.15"`, 8 for
/// `java version "1.8.0_292"`.
fn java_version(output: &str) -> Option<u32> {
    let version = output.split('"').nth(1)?;
    let mut numbers = version.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    match numbers.next()?.ok()? {
        1 => numbers.next()?.ok(),
        version => Some(version),
    }
}
