//! The values of a task's options, each checked by its constructor.

use flytekit_grammar::template::Amounts;
use flytekit_grammar::{self as grammar, checked};

use crate::declare::Json;

/// CPU, memory, GPUs and disk, as Kubernetes quantities.
///
/// ```
/// use flytekit::declare::Resources;
/// const SMALL: Resources = Resources::new().cpu("500m").mem("1Gi");
/// ```
///
/// A malformed quantity stops the build:
///
/// ```compile_fail
/// use flytekit::declare::Resources;
/// const SMALL: Resources = Resources::new().mem("1Gb");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    pub(crate) cpu: Option<&'static str>,
    pub(crate) mem: Option<&'static str>,
    pub(crate) gpu: Option<&'static str>,
    pub(crate) ephemeral_storage: Option<&'static str>,
}

impl Resources {
    /// No resources.
    pub const fn new() -> Self {
        Resources {
            cpu: None,
            mem: None,
            gpu: None,
            ephemeral_storage: None,
        }
    }

    /// Resources that the attribute has checked: checking them again would take the compiler long.
    #[doc(hidden)]
    pub const fn checked(
        cpu: Option<&'static str>,
        mem: Option<&'static str>,
        gpu: Option<&'static str>,
        ephemeral_storage: Option<&'static str>,
    ) -> Self {
        Resources {
            cpu,
            mem,
            gpu,
            ephemeral_storage,
        }
    }

    /// The resources in the encoder's form.
    pub(crate) const fn amounts(&self) -> Amounts<'static> {
        Amounts {
            cpu: self.cpu,
            mem: self.mem,
            gpu: self.gpu,
            ephemeral_storage: self.ephemeral_storage,
        }
    }

    /// Cores: `"2"`, `"500m"`.
    #[must_use]
    #[track_caller]
    pub const fn cpu(mut self, quantity: &'static str) -> Self {
        self.cpu = Some(checked::quantity(quantity));
        self
    }

    /// Bytes of memory: `"2Gi"`.
    #[must_use]
    #[track_caller]
    pub const fn mem(mut self, quantity: &'static str) -> Self {
        self.mem = Some(checked::quantity(quantity));
        self
    }

    /// Whole GPUs: `"1"`.
    #[must_use]
    #[track_caller]
    pub const fn gpu(mut self, quantity: &'static str) -> Self {
        self.gpu = Some(checked::gpus(quantity));
        self
    }

    /// Bytes of local disk: `"10Gi"`.
    #[must_use]
    #[track_caller]
    pub const fn ephemeral_storage(mut self, quantity: &'static str) -> Self {
        self.ephemeral_storage = Some(checked::quantity(quantity));
        self
    }

    /// Whether no resource is set.
    pub const fn is_empty(&self) -> bool {
        self.cpu.is_none()
            && self.mem.is_none()
            && self.gpu.is_none()
            && self.ephemeral_storage.is_none()
    }

    /// Stops the build if one of these requests is above its limit.
    ///
    /// # Panics
    ///
    /// In const evaluation, naming the resource.
    #[track_caller]
    pub const fn check_within(&self, limits: &Resources) {
        assert!(
            fits(self.cpu, limits.cpu),
            "the cpu request is above its limit"
        );
        assert!(
            fits(self.mem, limits.mem),
            "the mem request is above its limit"
        );
        assert!(
            fits(self.gpu, limits.gpu),
            "the gpu request is above its limit"
        );
        assert!(
            fits(self.ephemeral_storage, limits.ephemeral_storage),
            "the ephemeral_storage request is above its limit"
        );
    }
}

const fn fits(request: Option<&str>, limit: Option<&str>) -> bool {
    match (request, limit) {
        (Some(request), Some(limit)) => {
            match (grammar::quantity(request), grammar::quantity(limit)) {
                (Ok(request), Ok(limit)) => request.nanos() <= limit.nanos(),
                _ => true,
            }
        }
        _ => true,
    }
}

/// Reuse of results: flytekit's `Cache`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cache {
    pub(crate) version: &'static str,
    pub(crate) serialize: bool,
    pub(crate) ignore_inputs: &'static [&'static str],
}

impl Cache {
    /// Results are reused for equal inputs while the version stays the same.
    ///
    /// # Panics
    ///
    /// In const evaluation, if the version is empty.
    #[track_caller]
    pub const fn new(version: &'static str) -> Self {
        assert!(
            !version.is_empty(),
            "a cache needs a version that is not empty"
        );
        Cache {
            version,
            serialize: false,
            ignore_inputs: &[],
        }
    }

    /// Sets whether only one of several equal, simultaneous runs computes the result, while the others wait
    /// for it.
    #[must_use]
    pub const fn serialize(mut self, serialize: bool) -> Self {
        self.serialize = serialize;
        self
    }

    /// Sets the inputs that are ignored when inputs are compared.
    #[must_use]
    pub const fn ignore_inputs(mut self, names: &'static [&'static str]) -> Self {
        self.ignore_inputs = names;
        self
    }
}

/// How a secret reaches the container: `flyteidl.core.Secret.MountType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mount {
    /// The platform's choice.
    Any = 0,
    /// In an environment variable.
    EnvVar = 1,
    /// In a file.
    File = 2,
}

/// A secret that the task requests. It never contains the secret's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secret {
    pub(crate) group: &'static str,
    pub(crate) key: &'static str,
    pub(crate) version: &'static str,
    pub(crate) mount: Mount,
    pub(crate) env_var: &'static str,
}

impl Secret {
    /// The secret `key` of `group`; the backend needs both.
    ///
    /// # Panics
    ///
    /// In const evaluation, if one of them is empty.
    #[track_caller]
    pub const fn new(group: &'static str, key: &'static str) -> Self {
        assert!(!group.is_empty(), "a secret needs a group");
        assert!(!key.is_empty(), "a secret needs a key");
        Secret {
            group,
            key,
            version: "",
            mount: Mount::Any,
            env_var: "",
        }
    }

    /// Requests a version of the group.
    #[must_use]
    pub const fn version(mut self, version: &'static str) -> Self {
        self.version = version;
        self
    }

    /// Sets the kind of mount.
    #[must_use]
    pub const fn mount(mut self, mount: Mount) -> Self {
        self.mount = mount;
        self
    }

    /// Sets an additional environment variable with the secret.
    #[must_use]
    #[track_caller]
    pub const fn env_var(mut self, name: &'static str) -> Self {
        self.env_var = checked::env_name(name);
        self
    }
}

/// `/dev/shm` in memory: flytekit's `shared_memory`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedMemory {
    pub(crate) size_limit: &'static str,
}

impl SharedMemory {
    /// As large as the node allows.
    pub const UNLIMITED: Self = SharedMemory { size_limit: "" };

    /// With this maximum size, such as `"1Gi"`.
    #[track_caller]
    pub const fn limit(quantity: &'static str) -> Self {
        SharedMemory {
            size_limit: checked::quantity(quantity),
        }
    }
}

/// A kind of GPU, by the value of its node label, and the requested share of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accelerator {
    pub(crate) device: &'static str,
    pub(crate) partition: Partition,
}

/// The share of a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Partition {
    /// Not specified.
    Unspecified,
    /// A GPU that is not partitioned.
    Unpartitioned,
    /// A partition of this size, such as `2g.10gb`.
    Size(&'static str),
}

impl Accelerator {
    /// NVIDIA A10G.
    pub const A10G: Self = Self::device("nvidia-a10g");
    /// NVIDIA A100 with 40 GB.
    pub const A100: Self = Self::device("nvidia-tesla-a100");
    /// NVIDIA A100 with 80 GB.
    pub const A100_80GB: Self = Self::device("nvidia-a100-80gb");
    /// NVIDIA H100.
    pub const H100: Self = Self::device("nvidia-h100");
    /// NVIDIA H200.
    pub const H200: Self = Self::device("nvidia-h200");
    /// NVIDIA K80.
    pub const K80: Self = Self::device("nvidia-tesla-k80");
    /// NVIDIA L4.
    pub const L4: Self = Self::device("nvidia-l4");
    /// NVIDIA L4 virtual workstation.
    pub const L4_VWS: Self = Self::device("nvidia-l4-vws");
    /// NVIDIA L40S.
    pub const L40S: Self = Self::device("nvidia-l40s");
    /// NVIDIA M60.
    pub const M60: Self = Self::device("nvidia-tesla-m60");
    /// NVIDIA P4.
    pub const P4: Self = Self::device("nvidia-tesla-p4");
    /// NVIDIA P100.
    pub const P100: Self = Self::device("nvidia-tesla-p100");
    /// NVIDIA RTX PRO 6000.
    pub const RTX_PRO_6000: Self = Self::device("nvidia-rtx-pro-6000");
    /// NVIDIA T4.
    pub const T4: Self = Self::device("nvidia-tesla-t4");
    /// NVIDIA V100.
    pub const V100: Self = Self::device("nvidia-tesla-v100");

    /// A GPU by the value of its node label.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it is empty.
    pub const fn device(device: &'static str) -> Self {
        assert!(!device.is_empty(), "an accelerator needs a device");
        Accelerator {
            device,
            partition: Partition::Unspecified,
        }
    }

    /// Sets the requested share.
    #[must_use]
    pub const fn partition(mut self, partition: Partition) -> Self {
        self.partition = partition;
        self
    }
}

/// A standard tab of a deck: flytekit's `DeckField`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeckField {
    /// The durations of the run's parts.
    Timeline,
    /// The source of the task's function.
    SourceCode,
    /// The dependencies of the program.
    Dependencies,
    /// The inputs.
    Input,
    /// The outputs.
    Output,
}

impl DeckField {
    /// All tabs.
    pub const ALL: &'static [Self] = &[
        DeckField::Timeline,
        DeckField::SourceCode,
        DeckField::Dependencies,
        DeckField::Input,
        DeckField::Output,
    ];
}

/// The deck beside the outputs: flytekit's `enable_deck` and `deck_fields`.
#[derive(Clone, Copy, Debug)]
pub struct DeckOptions {
    #[cfg_attr(
        not(feature = "deck"),
        expect(dead_code, reason = "nothing makes decks")
    )]
    pub(crate) fields: &'static [DeckField],
    #[cfg_attr(
        not(feature = "deck"),
        expect(dead_code, reason = "nothing makes decks")
    )]
    pub(crate) source: &'static str,
}

impl DeckOptions {
    /// A deck with these tabs, for a function with this source.
    pub const fn new(fields: &'static [DeckField], source: &'static str) -> Self {
        DeckOptions { fields, source }
    }
}

/// A pod around the task's container: flytekit's `PodTemplate`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PodTemplate {
    pub(crate) primary_container: &'static str,
    pub(crate) labels: &'static [(&'static str, &'static str)],
    pub(crate) annotations: &'static [(&'static str, &'static str)],
    pub(crate) spec: &'static [(&'static str, Json<'static>)],
}

impl PodTemplate {
    /// A pod whose container `primary` runs the task.
    pub const fn new() -> Self {
        PodTemplate {
            primary_container: "primary",
            labels: &[],
            annotations: &[],
            spec: &[],
        }
    }

    /// The name of the container that runs the task.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it is not a container's name.
    #[must_use]
    #[track_caller]
    pub const fn primary_container(mut self, name: &'static str) -> Self {
        self.primary_container = checked::container_name(name);
        self
    }

    /// Labels of the pod.
    #[must_use]
    #[track_caller]
    pub const fn labels(mut self, labels: &'static [(&'static str, &'static str)]) -> Self {
        self.labels = checked::labels(labels);
        self
    }

    /// Annotations of the pod.
    #[must_use]
    #[track_caller]
    pub const fn annotations(
        mut self,
        annotations: &'static [(&'static str, &'static str)],
    ) -> Self {
        self.annotations = checked::annotations(annotations);
        self
    }

    /// The members of the Kubernetes `PodSpec`.
    #[must_use]
    pub const fn spec(mut self, members: &'static [(&'static str, Json<'static>)]) -> Self {
        self.spec = members;
        self
    }
}

impl Default for PodTemplate {
    fn default() -> Self {
        Self::new()
    }
}
