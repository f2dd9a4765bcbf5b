//! The environment variables that say where Spark is.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::engine::programs::{Programs, variable};
use crate::engine::python::Interpreters;

/// The variables that are read; an empty one counts as unset.
#[derive(Clone, Debug, Default)]
pub(super) struct SparkVariables {
    /// `SPARK_REMOTE`, Spark's own variable for the server. It may contain a token: never shown.
    pub(super) spark_remote: Option<OsString>,
    /// `SPARK_HOME`, a Spark distribution.
    pub(super) spark_home: Option<PathBuf>,
    /// `JAVA_HOME`.
    pub(super) java_home: Option<PathBuf>,
    /// `PYSPARK_GATEWAY_PORT`, which spark-submit sets for the driver that it starts.
    pub(super) gateway_port: Option<OsString>,
    /// `PYSPARK_GATEWAY_SECRET`, the secret for that port: never shown.
    pub(super) gateway_secret: Option<OsString>,
    /// `FLYTEKIT_SPARK_CONTEXT` is `running`: that JVM has its context already, as on Databricks.
    pub(super) context_is_running: bool,
    /// Whether `SPARK_CONNECT_AUTHENTICATE_TOKEN` is set, which the client uses when the address has no
    /// token.
    pub(super) has_token: bool,
    /// Where to search for programs.
    pub(super) programs: Programs,
    /// The interpreters to ask for packages.
    pub(super) interpreters: Interpreters,
}

impl SparkVariables {
    pub(super) fn of_process() -> Self {
        SparkVariables {
            spark_remote: variable("SPARK_REMOTE"),
            spark_home: variable("SPARK_HOME").map(PathBuf::from),
            java_home: variable("JAVA_HOME").map(PathBuf::from),
            gateway_port: variable("PYSPARK_GATEWAY_PORT"),
            gateway_secret: variable("PYSPARK_GATEWAY_SECRET"),
            context_is_running: variable("FLYTEKIT_SPARK_CONTEXT")
                .is_some_and(|it| it == "running"),
            has_token: variable("SPARK_CONNECT_AUTHENTICATE_TOKEN").is_some(),
            programs: Programs::of_process(),
            interpreters: Interpreters::of_process(),
        }
    }
}
