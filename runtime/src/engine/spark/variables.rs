//! What the process's environment says about where Spark may be found.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::engine::programs::{Programs, variable};

/// The variables that are looked at; an empty one counts as not set.
#[derive(Clone, Debug, Default)]
pub(super) struct SparkVariables {
    /// `SPARK_REMOTE`, Spark's own name for the server to use. May hold a token: never shown.
    pub(super) spark_remote: Option<OsString>,
    /// `SPARK_HOME`, a Spark distribution.
    pub(super) spark_home: Option<PathBuf>,
    /// `JAVA_HOME`.
    pub(super) java_home: Option<PathBuf>,
    /// `PYSPARK_GATEWAY_PORT`, which spark-submit gives to the driver that it starts.
    pub(super) gateway_port: Option<OsString>,
    /// `PYSPARK_GATEWAY_SECRET`, which goes with it: never shown.
    pub(super) gateway_secret: Option<OsString>,
    /// `FLYTEKIT_SPARK_CONTEXT` is `running`: that JVM has its context already, as on Databricks.
    pub(super) context_is_running: bool,
    /// `SPARK_CONNECT_AUTHENTICATE_TOKEN`, which the client takes when the address has no token.
    pub(super) has_token: bool,
    /// Where programs and packages are looked for.
    pub(super) programs: Programs,
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
        }
    }
}
