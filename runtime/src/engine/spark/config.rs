//! What `#[task(spark(...))]` says about a task.

use flytekit_grammar::checked;

use crate::template::{Custom, EXECUTABLE, Json};

/// Settings, as Spark and Hadoop write them.
type Pairs = &'static [(&'static str, &'static str)];

/// Where `spark-submit` finds the application: what ends in `.py` is started by Spark's
/// `PythonRunner`, with the executor path as the program and this path as its first argument. The
/// program is the task's own executable, which has no use for the file, so none need be there.
const APPLICATION: &str = application_str(&APPLICATION_BYTES);
const APPLICATION_BYTES: [u8; SCHEME.len() + EXECUTABLE.len() + SUFFIX.len()] = application();
const SCHEME: &str = "local://";
const SUFFIX: &str = ".py";

/// A Spark task's configuration: `Spark(...)` of flytekit's Spark plugin.
///
/// The attribute's options have the names of these functions. Every value is checked while the
/// compiler runs, also in a constant that several tasks share:
///
/// ```
/// use flytekit::spark::SparkConfig;
///
/// const SMALL: SparkConfig = SparkConfig::new()
///     .conf(&[("spark.executor.instances", "2"), ("spark.executor.memory", "4g")]);
/// ```
///
/// ```compile_fail
/// use flytekit::spark::SparkConfig;
///
/// // Memory of Kubernetes, not of Spark.
/// const SMALL: SparkConfig = SparkConfig::new().conf(&[("spark.executor.memory", "4Gi")]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SparkConfig {
    conf: Pairs,
    hadoop_conf: Pairs,
    executor_path: &'static str,
    applications_path: &'static str,
}

impl SparkConfig {
    /// Spark with the cluster's own settings.
    pub const fn new() -> Self {
        SparkConfig {
            conf: &[],
            hadoop_conf: &[],
            executor_path: EXECUTABLE,
            applications_path: APPLICATION,
        }
    }

    /// Spark's settings: `spark_conf` of flytekit. Of equal keys the last counts.
    ///
    /// # Panics
    ///
    /// In const evaluation, when a key has no dot or a known key's value is not of its kind.
    #[must_use]
    #[track_caller]
    pub const fn conf(mut self, entries: Pairs) -> Self {
        self.conf = checked::spark_conf(entries);
        self
    }

    /// Hadoop's settings, for file systems above all: `hadoop_conf` of flytekit. Of equal keys the
    /// last counts.
    ///
    /// # Panics
    ///
    /// In const evaluation, when a key has no dot.
    #[must_use]
    #[track_caller]
    pub const fn hadoop_conf(mut self, entries: Pairs) -> Self {
        self.hadoop_conf = checked::hadoop_conf(entries);
        self
    }

    /// The program that `spark-submit` starts as the driver: `executor_path` of flytekit. The
    /// task's own executable ([`EXECUTABLE`]) unless set.
    ///
    /// # Panics
    ///
    /// In const evaluation, when it is empty.
    #[must_use]
    #[track_caller]
    pub const fn executor_path(mut self, path: &'static str) -> Self {
        self.executor_path = checked::non_empty(path);
        self
    }

    /// The application file that `spark-submit` is given: `applications_path` of flytekit. It must
    /// end in `.py`, by which Spark knows what to do with the executor path, and need not exist.
    ///
    /// # Panics
    ///
    /// In const evaluation, when it does not end in `.py`.
    #[must_use]
    #[track_caller]
    pub const fn applications_path(mut self, path: &'static str) -> Self {
        self.applications_path = checked::spark_application(path);
        self
    }

    /// Writes `plugins.SparkJob` as flytekit does: in proto3's JSON form, where the application type
    /// `PYTHON` is zero and so left out, and `databricksConf` is always there.
    pub const fn custom(&self, out: &mut Custom<'_>) {
        out.object(&[
            ("databricksConf", Json::Object(&[])),
            ("executorPath", Json::String(self.executor_path)),
            ("hadoopConf", Json::strings_nonempty(self.hadoop_conf)),
            ("mainApplicationFile", Json::String(self.applications_path)),
            ("sparkConf", Json::strings_nonempty(self.conf)),
        ]);
    }

    /// Spark's settings, Hadoop's among them under the prefix by which Spark hands them on.
    pub(super) fn settings(&self) -> impl Iterator<Item = (String, &'static str)> {
        let hadoop = self
            .hadoop_conf
            .iter()
            .map(|&(key, value)| (format!("spark.hadoop.{key}"), value));
        self.conf
            .iter()
            .map(|&(key, value)| (key.to_owned(), value))
            .chain(hadoop)
    }
}

impl Default for SparkConfig {
    fn default() -> Self {
        SparkConfig::new()
    }
}

const fn application<const LEN: usize>() -> [u8; LEN] {
    let parts = [SCHEME.as_bytes(), EXECUTABLE.as_bytes(), SUFFIX.as_bytes()];
    let mut path = [0; LEN];
    let mut end = 0;
    let mut part = 0;
    while part < parts.len() {
        let mut index = 0;
        while index < parts[part].len() {
            path[end] = parts[part][index];
            end += 1;
            index += 1;
        }
        part += 1;
    }
    path
}

const fn application_str(bytes: &'static [u8]) -> &'static str {
    match str::from_utf8(bytes) {
        Ok(path) => path,
        Err(_) => unreachable!(),
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use prost_types::{Struct, value::Kind};

    use super::*;

    const EVERYTHING: SparkConfig = SparkConfig::new()
        .conf(&[("spark.executor.memory", "4g"), ("spark.app.name", "x")])
        .hadoop_conf(&[("fs.s3a.endpoint", "http://minio")])
        .executor_path("/opt/driver")
        .applications_path("local:///opt/driver.py");

    fn custom(config: &SparkConfig) -> Struct {
        let mut count = Custom::counting();
        config.custom(&mut count);
        let mut bytes = vec![0; count.len()];
        config.custom(&mut Custom::new(&mut bytes));
        Struct::decode(&*bytes).unwrap()
    }

    fn text(custom: &Struct, key: &str) -> String {
        match &custom.fields[key].kind {
            Some(Kind::StringValue(text)) => text.clone(),
            other => panic!("{key}: {other:?}"),
        }
    }

    #[test]
    fn defaults_name_the_executable() {
        let custom = custom(&SparkConfig::new());
        let keys: Vec<_> = custom.fields.keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            ["databricksConf", "executorPath", "mainApplicationFile"]
        );
        assert_eq!(text(&custom, "executorPath"), EXECUTABLE);
        assert_eq!(
            text(&custom, "mainApplicationFile"),
            format!("local://{EXECUTABLE}.py")
        );
    }

    #[test]
    fn options_become_the_job() {
        let custom = custom(&EVERYTHING);
        assert_eq!(text(&custom, "executorPath"), "/opt/driver");
        assert_eq!(
            text(&custom, "mainApplicationFile"),
            "local:///opt/driver.py"
        );
        let Some(Kind::StructValue(conf)) = &custom.fields["sparkConf"].kind else {
            panic!()
        };
        assert_eq!(text(conf, "spark.executor.memory"), "4g");
        let Some(Kind::StructValue(conf)) = &custom.fields["hadoopConf"].kind else {
            panic!()
        };
        assert_eq!(text(conf, "fs.s3a.endpoint"), "http://minio");
    }

    #[test]
    fn hadoops_settings_reach_spark_with_their_prefix() {
        let settings: Vec<_> = EVERYTHING.settings().collect();
        assert_eq!(
            settings[2],
            ("spark.hadoop.fs.s3a.endpoint".to_owned(), "http://minio")
        );
    }

    #[test]
    fn mistakes_stop() {
        let stops = |check: fn()| std::panic::catch_unwind(check).is_err();
        assert!(stops(|| _ = SparkConfig::new().conf(&[("memory", "4g")])));
        assert!(stops(
            || _ = SparkConfig::new().conf(&[("spark.driver.memory", "4Gi")])
        ));
        assert!(stops(
            || _ = SparkConfig::new().hadoop_conf(&[("endpoint", "x")])
        ));
        assert!(stops(|| _ = SparkConfig::new().executor_path("")));
        assert!(stops(
            || _ = SparkConfig::new().applications_path("local:///opt/app")
        ));
    }
}
