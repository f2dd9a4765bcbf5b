//! The platform's environment variables.

use std::env;
use std::fmt;

/// The place of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// `run`, on a user's machine.
    Local,
    /// `execute`, in a container that Flyte started.
    Container,
}

impl Mode {
    /// The mode of this process: Flyte names the execution in its containers.
    ///
    /// ```
    /// use flytekit::context::Mode;
    /// assert_eq!(Mode::of_process(), Mode::Local);
    /// ```
    pub fn of_process() -> Self {
        if is_there(["FLYTE_INTERNAL_EXECUTION_ID", "_F_NM"]) {
            Mode::Container
        } else {
            Mode::Local
        }
    }
}

/// The placeholder for a project, a domain, a name or a version that only Flyte knows.
const LOCAL: &str = "local";

/// An execution: a run of a workflow in Flyte. Without Flyte each part is `local`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExecutionId {
    /// The project of the execution.
    pub project: String,
    /// The domain in that project, such as `development`.
    pub domain: String,
    /// The name in that domain, such as `f7b9c2f40d1f`.
    pub name: String,
}

impl fmt::Display for ExecutionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.project, self.domain, self.name)
    }
}

/// The identifier of a task in Flyte. Without Flyte, all parts but the name are `local`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskId {
    /// The project of the registration.
    pub project: String,
    /// The domain in that project.
    pub domain: String,
    /// The name, such as `etl.load`; empty outside of a run.
    pub name: String,
    /// The version of the registration.
    pub version: String,
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TaskId {
            project,
            domain,
            name,
            version,
        } = self;
        write!(f, "{project}:{domain}:{name}:{version}")
    }
}

/// The execution that this process works for.
pub(super) fn execution_id() -> ExecutionId {
    let part = |names| variable(names).unwrap_or_else(|| LOCAL.to_owned());
    ExecutionId {
        project: part(["FLYTE_INTERNAL_EXECUTION_PROJECT", "_F_PRJ"]),
        domain: part(["FLYTE_INTERNAL_EXECUTION_DOMAIN", "_F_DM"]),
        name: part(["FLYTE_INTERNAL_EXECUTION_ID", "_F_NM"]),
    }
}

/// The task with this name; without a name, the task that this process was started for.
pub(super) fn task_id(name: &str) -> TaskId {
    let part = |names| variable(names).unwrap_or_else(|| LOCAL.to_owned());
    TaskId {
        project: part(["FLYTE_INTERNAL_TASK_PROJECT", "_F_TK_PRJ"]),
        domain: part(["FLYTE_INTERNAL_TASK_DOMAIN", "_F_TK_DM"]),
        name: if name.is_empty() {
            variable(["FLYTE_INTERNAL_TASK_NAME", "_F_TK_NM"]).unwrap_or_default()
        } else {
            name.to_owned()
        },
        version: part(["FLYTE_INTERNAL_TASK_VERSION", "_F_TK_V"]),
    }
}

/// The workflow, as `project:domain:name`.
pub(super) fn workflow() -> Option<String> {
    variable(["FLYTE_INTERNAL_EXECUTION_WORKFLOW", "_F_WF"])
}

/// The launch plan, as `project:domain:name`.
pub(super) fn launch_plan() -> Option<String> {
    variable(["FLYTE_INTERNAL_EXECUTION_LAUNCHPLAN", "_F_LP"])
}

/// The number of earlier attempts.
pub(super) fn attempt() -> Option<u32> {
    variable(["FLYTE_ATTEMPT_NUMBER"])?.parse().ok()
}

/// The page of the execution in Flyte's console.
pub(super) fn console_url() -> Option<String> {
    variable(["FLYTE_EXECUTION_URL"])
}

/// The index of the element that a mapped task processes.
pub(super) fn map_index() -> Option<String> {
    variable([&variable(["BATCH_JOB_ARRAY_INDEX_VAR_NAME"])?])
}

/// The name of the execution that this process works for; `None` outside of Flyte.
pub fn execution() -> Option<String> {
    variable(["FLYTE_INTERNAL_EXECUTION_ID"])
}

/// The name of this process among the workers of one task.
pub(crate) fn worker() -> Option<String> {
    ["FLYTE_INTERNAL_WORKER_NAME", "_F_WN"]
        .iter()
        .find_map(|name| env::var(name).ok())
}

/// Whether several workers of one task report; only the backend knows this.
pub(crate) fn has_siblings() -> bool {
    ["FLYTE_INTERNAL_DIST_ERROR_STRATEGY", "_F_DES"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Whether a failed run must look failed on this host, although it wrote an error document.
pub(crate) fn must_look_failed() -> bool {
    let wish = env::var("FLYTE_FAIL_ON_ERROR").unwrap_or_default();
    matches!(wish.to_lowercase().as_str(), "true" | "t" | "1")
}

/// The value of the first of these variables that is set.
pub(crate) fn variable<const N: usize>(names: [&str; N]) -> Option<String> {
    let mut values = names.iter().filter_map(|name| env::var(name).ok());
    values.find(|value| !value.is_empty())
}

fn is_there(names: [&str; 2]) -> bool {
    names.iter().any(|name| env::var_os(name).is_some())
}
