//! Tasks: from the descriptor to the bytes of a `flyteidl.admin.TaskSpec`.

mod args;
mod custom;
mod encode;
mod mapped;
mod options;
pub(super) mod pod;
mod raw_container;

use core::time::Duration;

pub(crate) use args::BY_TEMPLATE;
pub use args::{Arg, Args};
pub use custom::{Custom, EncodedCustom};
pub(super) use encode::extended_resources;
pub use encode::{encode_task_spec, task_spec_len};
pub(crate) use encode::{task_spec, task_spec_bytes};
pub use mapped::{MapName, Mapped, count, map_inputs, map_outputs, mappable, named_inputs, names};
pub(crate) use mapped::{mapped_at_run_time, not_mappable};
pub use options::{
    Accelerator, Cache, DeckField, DeckOptions, Mount, Partition, PodTemplate, Resources, Secret,
    SharedMemory,
};

pub(super) use pod::encode_pod;
pub use raw_container::{
    DownloadMode, IoStrategy, MetadataFormat, RawContainer, UploadMode, check_from_container,
};

use super::{Location, Variable};

/// The path of the executable in a task's image, and the first of the container's args.
///
/// It is in the args, not in the command, because Spark's and Dask's backends only read the args.
pub const EXECUTABLE: &str = "/usr/local/bin/flytekit-app";

/// The prefix of the args of a container that fetches the executable first: from the archive at this place,
/// into this folder.
pub(crate) fn fetching(place: &str, folder: &str) -> [String; 7] {
    let fetch = [
        EXECUTABLE,
        "fast-execute",
        "--additional-distribution",
        place,
        "--dest-dir",
        folder,
        "--",
    ];
    fetch.map(str::to_owned)
}

/// The variable with the URI of the archive that the executable was fetched from.
pub const DISTRIBUTION: &str = "FLYTEKIT_DISTRIBUTION";

/// The variable with the settings of a dynamic task's registration, as in flytekit. In a task that was not
/// registered yet, it is empty.
pub const SETTINGS: &str = "_F_SS_C";

/// The environment of a dynamic task with these variables.
#[doc(hidden)]
pub const fn and_settings<const N: usize>(
    env: &[(&'static str, &'static str)],
) -> [(&'static str, &'static str); N] {
    let mut all = [(SETTINGS, ""); N];
    let mut place = 0;
    while place < env.len() {
        all[place] = env[place];
        place += 1;
    }
    all
}

/// Everything about a task that is known at compile time.
///
/// `#[task]` writes a descriptor for each function. Project, domain, version and (unless given) the image are
/// added at registration.
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
    /// `TaskTemplate.custom`, if the engine has a configuration.
    pub custom: Option<EncodedCustom>,
    /// `TaskTemplate.config`: settings for the backend's plugin.
    pub config: &'static [(&'static str, &'static str)],
    /// The args of the container.
    pub args: Args,
    /// The number of attempts after the first, for recoverable failures.
    pub retries: u32,
    /// The timeout of an attempt.
    pub timeout: Option<Duration>,
    /// Whether results are reused, and how.
    pub cache: Option<Cache>,
    /// Whether the task may run on preemptible machines; the project's choice if unset.
    pub interruptible: Option<bool>,
    /// The reason why the task should no longer be used.
    pub deprecated: Option<&'static str>,
    /// The resources that the container requests.
    pub requests: Resources,
    /// The maximum resources of the container.
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
    /// The name of a `PodTemplate` in the cluster.
    pub pod_template_name: Option<&'static str>,
    /// Kubernetes labels of the task's pods.
    pub labels: &'static [(&'static str, &'static str)],
    /// Kubernetes annotations of the task's pods.
    pub annotations: &'static [(&'static str, &'static str)],
    /// The deck beside the outputs.
    pub deck: Option<DeckOptions>,
    /// The function's doc comment, without indentation.
    pub docs: &'static str,
    /// The place of the function in the source code.
    pub location: Location,
    /// The parts that the attribute has encoded.
    #[doc(hidden)]
    pub encoded: Encoded,
}

/// The parts of a task's template that the attribute has encoded, because they are written as literals: the
/// encoder copies these bytes, and ignores the corresponding fields.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Encoded {
    /// `TaskSpec.description`.
    pub description: Option<&'static [u8]>,
    /// `TaskTemplate.metadata`.
    pub metadata: Option<&'static [u8]>,
    /// The fields of `Container` after its args: resources and environment.
    pub settings: Option<&'static [u8]>,
    /// The indexes of the inputs in ascending order of their names.
    pub inputs: Option<&'static [usize]>,
}

impl Encoded {
    /// No encoded parts.
    pub const NONE: Self = Encoded {
        description: None,
        metadata: None,
        settings: None,
        inputs: None,
    };
}

impl TaskDescriptor {
    /// A task without options, from which the attribute starts.
    pub const DEFAULT: Self = TaskDescriptor {
        name: "",
        task_type: "",
        inputs: &[],
        outputs: &[],
        custom: None,
        config: &[],
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
        deck: None,
        docs: "",
        location: Location { file: "", line: 0 },
        encoded: Encoded::NONE,
    };
}
