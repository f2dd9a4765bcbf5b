//! What the platform says in the environment's variables.

use std::env;

/// Where a run happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// `run`, on somebody's machine.
    Local,
    /// `execute`, in a container that Flyte started.
    Container,
}

impl Mode {
    /// Where this process is: Flyte names the execution in its containers.
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

/// The name of the execution that this process works for; nothing outside of Flyte.
pub fn execution() -> Option<String> {
    let name = env::var("FLYTE_INTERNAL_EXECUTION_ID").ok();
    name.filter(|name| !name.is_empty())
}

/// The name of this process among the workers of one task.
pub(crate) fn worker() -> Option<String> {
    ["FLYTE_INTERNAL_WORKER_NAME", "_F_WN"]
        .iter()
        .find_map(|name| env::var(name).ok())
}

/// Whether several workers of one task report, of which only the backend knows.
pub(crate) fn has_siblings() -> bool {
    ["FLYTE_INTERNAL_DIST_ERROR_STRATEGY", "_F_DES"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Whether the host is one where a run that failed must look so, though it left a document.
pub(crate) fn must_look_failed() -> bool {
    let wish = env::var("FLYTE_FAIL_ON_ERROR").unwrap_or_default();
    matches!(wish.to_lowercase().as_str(), "true" | "t" | "1")
}

fn is_there(names: [&str; 2]) -> bool {
    names.iter().any(|name| env::var_os(name).is_some())
}
