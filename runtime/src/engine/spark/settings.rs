//! Applies settings to a server that was started without them.

use spark_connect::SparkSession;

use crate::engine::deadline::Deadline;
use crate::engine::wait::within;
use crate::error::Error;

/// Keys and values; if a key occurs twice, the last one wins.
pub(super) type Settings = [(String, String)];

/// Prefixes of settings that Spark reads when an application starts, listed in its documentation under
/// "application properties". A running server keeps its own values.
const AT_START: &[&str] = &[
    "spark.app.",
    "spark.archives",
    "spark.authenticate",
    "spark.broadcast.",
    "spark.connect.",
    "spark.cores.",
    "spark.deploy.",
    "spark.driver.",
    "spark.dynamicAllocation.",
    "spark.eventLog.",
    "spark.executor.",
    "spark.executorEnv.",
    "spark.extraListeners",
    "spark.files",
    "spark.flyte.",
    "spark.flyteorg.",
    "spark.io.",
    "spark.jars",
    "spark.kryo",
    "spark.kubernetes.",
    "spark.local.",
    "spark.log",
    "spark.master",
    "spark.memory.",
    "spark.metrics.",
    "spark.network.",
    "spark.plugins",
    "spark.pyspark.",
    "spark.python.",
    "spark.rpc.",
    "spark.scheduler.",
    "spark.serializer",
    "spark.shuffle.",
    "spark.speculation",
    "spark.ssl.",
    "spark.standalone.",
    "spark.storage.",
    "spark.submit.",
    "spark.task.",
    "spark.ui.",
    "spark.yarn.",
];

/// Applies the settings that a session can have. If the server refuses one, this is reported and the run
/// continues, because the same task may run on servers of different versions.
///
/// # Errors
///
/// If the server stops answering.
pub(super) fn apply(
    session: &SparkSession,
    settings: &Settings,
    address: &str,
    deadline: &Deadline,
) -> Result<(), Error> {
    let (at_start, of_session): (Vec<_>, Vec<_>) = settings
        .iter()
        .cloned()
        .partition(|(key, _)| is_read_at_start(key));
    for (key, _) in at_start {
        tracing::debug!(
            key,
            "the server keeps its own value, because Spark reads this setting only when it starts"
        );
    }
    if of_session.is_empty() {
        return Ok(());
    }
    let conf = session.conf();
    let set = move || {
        for (key, value) in of_session {
            if let Err(error) = conf.set(&key, &value) {
                tracing::warn!(key, %error, "the server refuses this setting");
            }
        }
    };
    within(deadline.left(), set).ok_or_else(|| {
        Error::system(format!(
            "the Spark Connect server {address} stopped answering while it received the session's settings"
        ))
    })
}

fn is_read_at_start(key: &str) -> bool {
    AT_START.iter().any(|group| key.starts_with(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_settings_of_an_application_from_those_of_a_session() {
        for key in [
            "spark.executor.memory",
            "spark.master",
            "spark.jars.packages",
            "spark.kubernetes.namespace",
        ] {
            assert!(is_read_at_start(key), "{key}");
        }
        for key in [
            "spark.sql.shuffle.partitions",
            "spark.hadoop.fs.s3a.endpoint",
            "team.key",
        ] {
            assert!(!is_read_at_start(key), "{key}");
        }
    }
}
