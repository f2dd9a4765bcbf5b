//! The configuration of `#[task(spark(...))]`.

use flytekit_grammar::checked;

use super::conf::{Conf, Pairs};
use crate::declare::{Custom, EXECUTABLE, Json, PodTemplate};

/// The application file for `spark-submit`. For a path that ends in `.py`, Spark's `PythonRunner` starts the
/// executor path as the program, with this path as its first argument. The program is the task's own
/// executable, which does not use the file, so the file need not exist.
const APPLICATION: &str = application_str(&APPLICATION_BYTES);
const APPLICATION_BYTES: [u8; SCHEME.len() + EXECUTABLE.len() + SUFFIX.len()] = application();
const SCHEME: &str = "local://";
const SUFFIX: &str = ".py";

/// A Spark task's configuration: `Spark(...)` of flytekit's Spark plugin.
///
/// The attribute's options have the names of these functions. Every value is checked at compile time, also in
/// a constant that several tasks share:
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
/// // This is Kubernetes' syntax for memory, not Spark's.
/// const SMALL: SparkConfig = SparkConfig::new().conf(&[("spark.executor.memory", "4Gi")]);
/// ```
///
/// # Image and paths
///
/// Driver and executors run in the task's image: any image of Spark 4 or later that has the task's executable
/// at [`EXECUTABLE`]. No Python is needed, so the defaults differ from flytekit's, which name an interpreter
/// and a script:
///
/// | Setting | Default | Why |
/// |---|---|---|
/// | image | the task's `container_image`, or the default image of the registration | one image for all pods; a pod's own `image` takes precedence |
/// | `executor_path` | [`EXECUTABLE`] | the backend makes it `spark.pyspark.driver.python`, the program that `spark-submit` starts |
/// | `application` | `local://`, [`EXECUTABLE`] and `.py` | `spark-submit` starts that program only for a path that ends in `.py`; the file need not exist |
///
/// # Pods
///
/// The backend merges `driver_pod` and `executor_pod` into the task's own pod: it keeps the task's
/// containers, merges those of the same name, drops others, and looks up the primary container in the result.
/// It does not find a plain container there, so a task with one of these pods and no `pod_template` becomes a
/// pod itself, whose primary container has that name. The containers of a `pod_template` must have the names
/// that Spark's pods use.
///
/// Spark on Flyte uses only these parts of the pods: labels, annotations, affinity, tolerations, node
/// selector, security context, DNS, scheduler, host network and priority class, and the image and the
/// environment of the primary container. The attribute warns about options that Spark does not use.
///
/// ```
/// use flytekit::spark::SparkConfig;
/// use flytekit::declare::{Json, PodTemplate};
///
/// const ON_SPOT: PodTemplate = PodTemplate::new()
///     .labels(&[("team", "data")])
///     .spec(&[("nodeSelector", Json::Strings(&[("pool", "spot")]))]);
/// const SMALL: SparkConfig = SparkConfig::new().executor_pod(ON_SPOT);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SparkConfig {
    conf: Conf,
    executor_path: &'static str,
    application: &'static str,
    driver_pod: Option<PodTemplate>,
    executor_pod: Option<PodTemplate>,
}

impl SparkConfig {
    /// A configuration without settings: the cluster's own apply.
    pub const fn new() -> Self {
        SparkConfig {
            conf: Conf::NONE,
            executor_path: EXECUTABLE,
            application: APPLICATION,
            driver_pod: None,
            executor_pod: None,
        }
    }

    /// Spark's settings: `spark_conf` of flytekit. If a key occurs twice, the last one wins.
    ///
    /// # Panics
    ///
    /// In const evaluation, if a key has no dot or a known key's value is not of its kind.
    #[must_use]
    #[track_caller]
    pub const fn conf(mut self, entries: Pairs) -> Self {
        self.conf = self.conf.spark(entries);
        self
    }

    /// Like [`conf`](Self::conf), for literals that the attribute has checked.
    #[doc(hidden)]
    #[must_use]
    pub const fn checked_conf(mut self, entries: Pairs) -> Self {
        self.conf = self.conf.checked_spark(entries);
        self
    }

    /// Hadoop's settings, mostly for file systems: `hadoop_conf` of flytekit. If a key occurs twice, the last
    /// one wins.
    ///
    /// # Panics
    ///
    /// In const evaluation, if a key has no dot.
    #[must_use]
    #[track_caller]
    pub const fn hadoop_conf(mut self, entries: Pairs) -> Self {
        self.conf = self.conf.hadoop(entries);
        self
    }

    /// The program that `spark-submit` starts as the driver: `executor_path` of flytekit. The
    /// task's own executable ([`EXECUTABLE`]) unless set.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it is empty.
    #[must_use]
    #[track_caller]
    pub const fn executor_path(mut self, path: &'static str) -> Self {
        self.executor_path = checked::non_empty(path);
        self
    }

    /// The application file for `spark-submit`: `applications_path` of flytekit. It must end in `.py`,
    /// because only then Spark uses the executor path. It need not exist.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it does not end in `.py`.
    #[must_use]
    #[track_caller]
    pub const fn application(mut self, path: &'static str) -> Self {
        self.application = checked::spark_application(path);
        self
    }

    /// The pod of the driver: `driver_pod` of flytekit. See [Pods](#pods).
    #[must_use]
    pub const fn driver_pod(mut self, pod: PodTemplate) -> Self {
        self.driver_pod = Some(pod);
        self
    }

    /// The pods of the executors: `executor_pod` of flytekit. See [Pods](#pods).
    #[must_use]
    pub const fn executor_pod(mut self, pod: PodTemplate) -> Self {
        self.executor_pod = Some(pod);
        self
    }

    /// Writes `plugins.SparkJob` as flytekit does: in proto3's JSON form, without the application type
    /// `PYTHON`, which is zero, and always with `databricksConf`.
    pub const fn custom(&self, out: &mut Custom<'_>) {
        let [driver, path, executor, hadoop, file, conf] = self.members();
        let databricks = ("databricksConf", Json::Object(&[]));
        out.object(&[databricks, driver, path, executor, hadoop, file, conf]);
        self.say_places(out);
    }

    /// The members of `plugins.SparkJob` that are Spark's.
    pub(in crate::engine) const fn members(&self) -> [(&'static str, Json<'_>); 6] {
        [
            ("driverPod", Json::optional_pod(self.driver_pod.as_ref())),
            ("executorPath", Json::String(self.executor_path)),
            (
                "executorPod",
                Json::optional_pod(self.executor_pod.as_ref()),
            ),
            ("hadoopConf", self.conf.hadoop_json()),
            ("mainApplicationFile", Json::String(self.application)),
            ("sparkConf", self.conf.spark_json()),
        ]
    }

    /// Declares the paths of images in them, and the pods that the task needs.
    pub(in crate::engine) const fn say_places(&self, out: &mut Custom<'_>) {
        self.conf.images(out);
        if let Some(pod) = &self.driver_pod {
            out.pod_spec(&["driverPod", "podSpec"]);
            out.container(pod.primary_container);
        }
        if let Some(pod) = &self.executor_pod {
            out.pod_spec(&["executorPod", "podSpec"]);
            out.container(pod.primary_container);
        }
    }

    /// Spark's settings, and Hadoop's with the prefix with which Spark passes them on.
    pub(in crate::engine) fn settings(&self) -> impl Iterator<Item = (String, &'static str)> {
        self.conf.settings()
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
        .application("local:///opt/driver.py");

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
            || _ = SparkConfig::new().application("local:///opt/app")
        ));
    }
}
