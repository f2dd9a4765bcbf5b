//! What a task is: constants that describe it, and the encoder that turns them into the bytes of a
//! `flyteidl.admin.TaskSpec` while the compiler runs.
//!
//! The attribute fills a [`TaskDescriptor`]; nothing here knows an engine. Where a value has rules
//! (a quantity, a name), its constructor is a `const fn` that checks them, so that a constant
//! shared by a team is checked where it is written.

mod args;
mod blob;
mod custom;
mod dataset;
mod decode;
mod encode;
mod json;
mod literal_type;
mod name;
mod options;
mod pod;
mod sorted;
pub(crate) mod words;

use core::time::Duration;

pub use args::{Arg, Args};
pub use blob::BlobType;
pub use custom::Custom;
pub use dataset::{DatasetColumn, StructuredDatasetType};
pub(crate) use encode::task_spec;
pub use encode::{encode_task_spec, task_spec_len};
pub use json::{Json, JsonLeaf};
pub use literal_type::{Dataclass, LiteralType, SimpleType, Union, Variant};
pub use name::{dotted_len, dotted_str, write_dotted};
pub use options::{
    Accelerator, Cache, Mount, Partition, PodTemplate, Resources, Secret, SharedMemory,
};

/// The flytekit release whose contract the templates follow; the backend reads offloaded literals
/// only for an SDK of at least 1.13.14.
pub const CONTRACT_VERSION: &str = "1.16.31";

/// Where the executable lies in a task's image, and the first of the container's args.
///
/// It stands in the args, not in the command: Spark's and Dask's backends take the args alone.
pub const EXECUTABLE: &str = "/usr/local/bin/flytekit-app";

/// The variable in which an executable that was not in its image learns the URI of the archive that it
/// came in.
pub const DISTRIBUTION: &str = "FLYTEKIT_DISTRIBUTION";

/// Everything about a task that is known when it is compiled.
///
/// `#[task]` writes one for each function. Project, domain, version and (unless given) the image
/// are added at registration.
#[derive(Clone, Copy, Debug)]
pub struct TaskDescriptor {
    /// The name in Flyte: module path and function, dot-separated.
    pub name: &'static str,
    /// `TaskTemplate.type`, by which the backend chooses a plugin: `python-task`, `spark`, ….
    pub task_type: &'static str,
    /// Inputs in the order of the function's parameters.
    pub inputs: &'static [Variable],
    /// Outputs in the order of the function's result.
    pub outputs: &'static [Variable],
    /// `TaskTemplate.custom`, encoded, where the engine has a configuration.
    pub custom: Option<&'static [u8]>,
    /// What the container is started with.
    pub args: Args,
    /// Attempts after the first that a recoverable failure may use.
    pub retries: u32,
    /// How long one attempt may take.
    pub timeout: Option<Duration>,
    /// Whether results are reused, and how.
    pub cache: Option<Cache>,
    /// Whether the task may run on machines that can be taken away; the project's choice if unset.
    pub interruptible: Option<bool>,
    /// Why the task should no longer be used.
    pub deprecated: Option<&'static str>,
    /// What the container asks for.
    pub requests: Resources,
    /// What the container may use at most.
    pub limits: Resources,
    /// Memory shared between the container's processes at `/dev/shm`.
    pub shared_memory: Option<SharedMemory>,
    /// The kind of GPU.
    pub accelerator: Option<Accelerator>,
    /// Environment variables of the container.
    pub env: &'static [(&'static str, &'static str)],
    /// Secrets that are mounted into the container.
    pub secrets: &'static [Secret],
    /// The image; the registration's default image if unset.
    pub container_image: Option<&'static str>,
    /// A pod around the container.
    pub pod_template: Option<PodTemplate>,
    /// The name of a `PodTemplate` that lies in the cluster.
    pub pod_template_name: Option<&'static str>,
    /// Kubernetes labels of the task's pods.
    pub labels: &'static [(&'static str, &'static str)],
    /// Kubernetes annotations of the task's pods.
    pub annotations: &'static [(&'static str, &'static str)],
    /// The function's doc comment, without indentation.
    pub docs: &'static str,
    /// Where the function is written, for people.
    pub location: Location,
}

impl TaskDescriptor {
    /// A task without options, from which the attribute starts.
    pub const DEFAULT: Self = TaskDescriptor {
        name: "",
        task_type: "",
        inputs: &[],
        outputs: &[],
        custom: None,
        args: Args::Execute,
        retries: 0,
        timeout: None,
        cache: None,
        interruptible: None,
        deprecated: None,
        requests: Resources::new(),
        limits: Resources::new(),
        shared_memory: None,
        accelerator: None,
        env: &[],
        secrets: &[],
        container_image: None,
        pod_template: None,
        pod_template_name: None,
        labels: &[],
        annotations: &[],
        docs: "",
        location: Location { file: "", line: 0 },
    };
}

/// One input or output.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its name in the interface.
    pub name: &'static str,
    /// Its type on the wire.
    pub literal_type: LiteralType,
    /// What it is, for people; its name stands in when this is empty.
    pub description: &'static str,
    /// The source text of its default, for help texts.
    pub default: Option<&'static str>,
}

/// A place in a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// As `file!()` gives it.
    pub file: &'static str,
    /// From one.
    pub line: u32,
}

impl core::fmt::Display for Location {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
