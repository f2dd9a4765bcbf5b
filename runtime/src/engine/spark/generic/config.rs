//! The configuration of `#[task(generic_spark(...))]`.

use flytekit_grammar::checked;

use super::super::conf::{Conf, Pairs};
use crate::declare::{Custom, Json};

/// The scheme of a file in the image.
const LOCAL: &str = "local://";

/// Room for [`LOCAL`] and a path, whose maximum on Linux is `PATH_MAX`.
const ROOM: usize = LOCAL.len() + 4096;

/// A Spark application and its settings: `GenericSparkConf(...)` of flytekit's Spark plugin, for every
/// language that Spark supports.
///
/// Every value is checked at compile time:
///
/// ```
/// use flytekit::spark::GenericSparkConfig;
///
/// const PI: GenericSparkConfig =
///     GenericSparkConfig::scala("org.apache.spark.examples.SparkPi", "/opt/spark/examples.jar")
///         .conf(&[("spark.executor.instances", "2")]);
/// ```
///
/// ```compile_fail
/// use flytekit::spark::GenericSparkConfig;
///
/// // This is not a `.py`.
/// const PI: GenericSparkConfig = GenericSparkConfig::python("/opt/spark/examples.jar");
/// ```
///
/// An application is the absolute path of a file in the image, or a URI that Spark can read:
/// `s3a://bucket/app.jar`.
#[derive(Clone, Copy, Debug)]
pub struct GenericSparkConfig {
    language: Language,
    main_class: Option<&'static str>,
    application: &'static str,
    conf: Conf,
}

/// `plugins.SparkApplication.Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Python,
    Java,
    Scala,
    R,
}

impl GenericSparkConfig {
    /// A class with a `main` method, written in Scala, and its jar.
    ///
    /// # Panics
    ///
    /// In const evaluation, if the class name is invalid, or the application is not a `.jar`.
    #[track_caller]
    pub const fn scala(main_class: &'static str, application: &'static str) -> Self {
        GenericSparkConfig::of_class(Language::Scala, main_class, application)
    }

    /// A class with a `main` method, written in Java, and its jar.
    ///
    /// # Panics
    ///
    /// Like [`scala`](Self::scala).
    #[track_caller]
    pub const fn java(main_class: &'static str, application: &'static str) -> Self {
        GenericSparkConfig::of_class(Language::Java, main_class, application)
    }

    /// A program in Python. In the cluster, the image's `python3` runs it, unless `conf` has
    /// `spark.pyspark.python`. Locally, the interpreter that `PYSPARK_PYTHON` or `FLYTEKIT_PYTHON` names runs
    /// it.
    ///
    /// # Panics
    ///
    /// In const evaluation, if the application is not a `.py`.
    #[track_caller]
    pub const fn python(application: &'static str) -> Self {
        GenericSparkConfig::new(Language::Python, None, checked::python_file(application))
    }

    /// A program in R.
    ///
    /// # Panics
    ///
    /// In const evaluation, if the application is not a `.R` or `.r`.
    #[track_caller]
    pub const fn r(application: &'static str) -> Self {
        GenericSparkConfig::new(Language::R, None, checked::r_file(application))
    }

    #[track_caller]
    const fn of_class(
        language: Language,
        main_class: &'static str,
        application: &'static str,
    ) -> Self {
        let main_class = checked::java_class(main_class);
        GenericSparkConfig::new(language, Some(main_class), checked::jar(application))
    }

    const fn new(
        language: Language,
        main_class: Option<&'static str>,
        application: &'static str,
    ) -> Self {
        GenericSparkConfig {
            language,
            main_class,
            application,
            conf: Conf::NONE,
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

    /// Writes `plugins.SparkJob` in proto3's JSON form, without the application type `PYTHON`, which is zero.
    ///
    /// There is no `executorPath`: the backend would use it as the Python of driver and executors. A class
    /// and R do not use Python, and a program in Python finds it without this path.
    pub const fn custom(&self, out: &mut Custom<'_>) {
        let mut room = [0; ROOM];
        let application = if self.application.as_bytes()[0] == b'/' {
            join(&mut room, LOCAL, self.application)
        } else {
            self.application
        };
        out.object(&[
            ("applicationType", Json::optional(self.language.name())),
            ("databricksConf", Json::Object(&[])),
            ("hadoopConf", self.conf.hadoop_json()),
            ("mainApplicationFile", Json::String(application)),
            ("mainClass", Json::optional(self.main_class)),
            ("sparkConf", self.conf.spark_json()),
        ]);
        self.conf.images(out);
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    pub(super) fn main_class(&self) -> Option<&'static str> {
        self.main_class
    }

    pub(super) fn application(&self) -> &'static str {
        self.application
    }

    /// Spark's settings, and Hadoop's with the prefix with which Spark passes them on.
    pub(super) fn settings(&self) -> impl Iterator<Item = (String, &'static str)> {
        self.conf.settings()
    }
}

impl Language {
    /// The name of the enum value, unless it is zero.
    const fn name(self) -> Option<&'static str> {
        match self {
            Language::Python => None,
            Language::Java => Some("JAVA"),
            Language::Scala => Some("SCALA"),
            Language::R => Some("R"),
        }
    }
}

/// Concatenates `first` and `second` in `room`.
const fn join<'a>(room: &'a mut [u8; ROOM], first: &str, second: &str) -> &'a str {
    let len = first.len() + second.len();
    assert!(len <= ROOM, "the path of the application is too long");
    let (used, _) = room.split_at_mut(len);
    let (start, end) = used.split_at_mut(first.len());
    start.copy_from_slice(first.as_bytes());
    end.copy_from_slice(second.as_bytes());
    match str::from_utf8(used) {
        Ok(text) => text,
        Err(_) => unreachable!(),
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use prost_types::{Struct, value::Kind};

    use super::*;

    fn custom(config: &GenericSparkConfig) -> Vec<(String, String)> {
        let mut count = Custom::counting();
        config.custom(&mut count);
        let mut bytes = vec![0; count.len()];
        config.custom(&mut Custom::new(&mut bytes));
        let fields = Struct::decode(&*bytes).unwrap().fields;
        let text = |kind| match kind {
            Some(Kind::StringValue(text)) => text,
            other => format!("{other:?}"),
        };
        let members = fields
            .into_iter()
            .map(|(key, value)| (key, text(value.kind)));
        members.filter(|(key, _)| !key.ends_with("Conf")).collect()
    }

    #[test]
    fn the_job_names_its_language_its_class_and_its_file() {
        let of = |members: &[(&str, &str)]| -> Vec<(String, String)> {
            let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
            members.iter().map(owned).collect()
        };
        assert_eq!(
            custom(&GenericSparkConfig::scala("a.B", "/opt/app.jar")),
            of(&[
                ("applicationType", "SCALA"),
                ("mainApplicationFile", "local:///opt/app.jar"),
                ("mainClass", "a.B"),
            ])
        );
        assert_eq!(
            custom(&GenericSparkConfig::java("B", "s3a://bucket/app.jar")),
            of(&[
                ("applicationType", "JAVA"),
                ("mainApplicationFile", "s3a://bucket/app.jar"),
                ("mainClass", "B"),
            ])
        );
        assert_eq!(
            custom(&GenericSparkConfig::python("local:///opt/app.py")),
            of(&[("mainApplicationFile", "local:///opt/app.py")])
        );
        assert_eq!(
            custom(&GenericSparkConfig::r("/opt/app.R")),
            of(&[
                ("applicationType", "R"),
                ("mainApplicationFile", "local:///opt/app.R"),
            ])
        );
    }

    #[test]
    fn mistakes_stop() {
        let stops = |check: fn()| std::panic::catch_unwind(check).is_err();
        assert!(stops(|| _ = GenericSparkConfig::scala("a/B", "/a.jar")));
        assert!(stops(|| _ = GenericSparkConfig::java("a.B", "/a.py")));
        assert!(stops(|| _ = GenericSparkConfig::python("/a.jar")));
        assert!(stops(|| _ = GenericSparkConfig::r("a.R")));
        let conf = || GenericSparkConfig::r("/a.R").conf(&[("spark.driver.memory", "4Gi")]);
        assert!(std::panic::catch_unwind(conf).is_err());
    }
}
