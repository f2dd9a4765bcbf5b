//! Asks Flyte's plugins to build objects.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Failure, ask};

/// A request to build.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Build {
    /// Archives, folders and files of `package` and `pyflyte serialize`.
    pub closure: Vec<PathBuf>,
    /// The names of tasks; all if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<String>,
    /// Settings of the platform and the execution.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub settings: Map<String, Value>,
}

/// The objects that the backend builds from a task.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Built {
    /// The task's name.
    pub name: String,
    /// The task's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Kubernetes objects as YAML.
    pub objects: Vec<String>,
    /// The reason why there are no objects.
    pub error: Option<Failure>,
}

/// Asks the backend's plugins.
///
/// # Panics
///
/// If the request is invalid.
///
/// ```no_run
/// use flytekit_test_support::backend::{Build, build};
///
/// let built = build(&Build { closure: vec!["package.tgz".into()], ..Build::default() });
/// println!("{}", built[0].objects[0]);
/// ```
pub fn build(request: &Build) -> Vec<Built> {
    #[derive(Deserialize)]
    struct Answer {
        tasks: Vec<Built>,
    }
    ask::<Answer>("build", request).tasks
}
