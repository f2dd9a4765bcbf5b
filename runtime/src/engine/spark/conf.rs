//! The settings that every Spark task may have.

use flytekit_grammar::checked;

use crate::declare::{Custom, Json};

/// Settings, in the syntax of Spark and Hadoop.
pub(super) type Pairs = &'static [(&'static str, &'static str)];

/// Settings of Spark and of Hadoop. If a key occurs twice, the last one wins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Conf {
    spark: Pairs,
    hadoop: Pairs,
}

impl Conf {
    /// No settings: the cluster's own apply.
    pub(super) const NONE: Conf = Conf {
        spark: &[],
        hadoop: &[],
    };

    /// Sets Spark's settings.
    #[track_caller]
    pub(super) const fn spark(mut self, entries: Pairs) -> Self {
        self.spark = checked::spark_conf(entries);
        self
    }

    /// Sets Spark's settings that the attribute has already checked: another check would cost the compiler
    /// about a millisecond per entry.
    pub(super) const fn checked_spark(mut self, entries: Pairs) -> Self {
        self.spark = entries;
        self
    }

    /// Sets Hadoop's settings.
    #[track_caller]
    pub(super) const fn hadoop(mut self, entries: Pairs) -> Self {
        self.hadoop = checked::hadoop_conf(entries);
        self
    }

    /// `sparkConf` of `plugins.SparkJob`.
    pub(super) const fn spark_json(&self) -> Json<'static> {
        Json::strings_nonempty(self.spark)
    }

    /// `hadoopConf` of `plugins.SparkJob`.
    pub(super) const fn hadoop_json(&self) -> Json<'static> {
        Json::strings_nonempty(self.hadoop)
    }

    /// Declares which of Spark's settings are images: all that Spark has on Kubernetes.
    pub(super) const fn images(&self, out: &mut Custom<'_>) {
        if !self.spark.is_empty() {
            out.image(&["sparkConf", "spark.kubernetes.container.image"]);
            out.image(&["sparkConf", "spark.kubernetes.driver.container.image"]);
            out.image(&["sparkConf", "spark.kubernetes.executor.container.image"]);
        }
    }

    /// All settings as Spark's; Hadoop's get the prefix with which Spark passes them on.
    pub(super) fn settings(&self) -> impl Iterator<Item = (String, &'static str)> {
        let spark = self.spark.iter();
        let spark = spark.map(|&(key, value)| (key.to_owned(), value));
        let hadoop = self.hadoop.iter();
        spark.chain(hadoop.map(|&(key, value)| (format!("spark.hadoop.{key}"), value)))
    }
}

#[cfg(test)]
mod tests {
    use super::Conf;

    #[test]
    fn hadoops_settings_reach_spark_with_their_prefix() {
        let conf = Conf::NONE
            .hadoop(&[("fs.s3a.endpoint", "http://minio")])
            .spark(&[("spark.executor.memory", "4g")]);
        let settings: Vec<_> = conf.settings().collect();
        assert_eq!(
            settings,
            [
                ("spark.executor.memory".to_owned(), "4g"),
                ("spark.hadoop.fs.s3a.endpoint".to_owned(), "http://minio"),
            ]
        );
    }
}
