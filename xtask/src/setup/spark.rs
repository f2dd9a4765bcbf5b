//! Spark distributions beside the one that the tests' Python environment has.

use std::path::PathBuf;

use anyhow::Result;

use super::python::Python;

/// Each with its folder in `.tools/` and its file of pins, the oldest first.
const VERSIONS: [(&str, &str); 3] = [
    ("spark-3.5", "spark-3.5.txt"),
    ("spark-4.0", "spark-4.0.txt"),
    ("spark-4.3", "spark-4.3.txt"),
];

/// The homes of the distributions.
pub(super) fn provide(python: &Python) -> Result<Vec<PathBuf>> {
    let provide = |(folder, pins): (&str, &str)| {
        let what = format!("Spark {}", folder.trim_start_matches("spark-"));
        let folder = python.provide_folder(folder, pins, &what)?;
        Ok(folder.join("pyspark"))
    };
    VERSIONS.into_iter().map(provide).collect()
}
