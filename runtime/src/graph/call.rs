//! A use of an entity, before it is a node.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use super::node::{Planned, What};
use super::promise::Promise;
use super::value::Bound;
use crate::declare::{Accelerator, PodTemplate, Resources, SharedMemory, Target};

/// A call of an entity whose function returns an `R`, with what this use changes about it;
/// [`Graph::node`](super::Graph::node) makes it a node.
///
/// What is not said is as the entity says.
#[must_use = "`graph.node(…)` makes it a node"]
pub struct Call<R> {
    pub(super) planned: Planned,
    returned: PhantomData<fn() -> R>,
}

impl<R> Call<R> {
    /// What the function `call` gives that stands beside an entity's function.
    #[doc(hidden)]
    pub fn new<const N: usize>(target: Target<'static>, arguments: [Bound; N]) -> Self {
        Call {
            planned: Planned::new(What::Entity(target), arguments.into()),
            returned: PhantomData,
        }
    }

    fn set(mut self, change: impl FnOnce(&mut Planned)) -> Self {
        change(&mut self.planned);
        self
    }

    /// What people call the node.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.set(|planned| planned.settings.name = Some(name.into()))
    }

    /// What the graph's other nodes call it, in place of `n0`, `n1`, …: `a` to `z`, digits and `-`.
    pub fn id(self, id: impl Into<String>) -> Self {
        self.set(|planned| planned.settings.id = Some(id.into()))
    }

    /// Runs it only when that has ended of which nothing is taken.
    pub fn after<T>(self, before: &Promise<T>) -> Self {
        self.set(|planned| planned.settings.after.push(before.source.clone()))
    }

    /// Attempts after the first.
    pub fn retries(self, retries: u32) -> Self {
        self.set(|planned| planned.settings.overrides.retries = Some(retries))
    }

    /// How long it may take. No time at all takes the task's limit away.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.set(|planned| planned.settings.overrides.timeout = Some(timeout))
    }

    /// Whether it may run on machines that can be taken away.
    pub fn interruptible(self, interruptible: bool) -> Self {
        self.set(|planned| planned.settings.overrides.interruptible = Some(interruptible))
    }

    /// Whether results are reused.
    pub fn cache(self, cache: bool) -> Self {
        self.set(|planned| planned.settings.overrides.cache = Some(cache))
    }

    /// Reuses results of this version.
    pub fn cache_version(self, version: impl Into<String>) -> Self {
        self.set(|planned| {
            planned.settings.overrides.cache = Some(true);
            planned.settings.cache_version = Some(version.into());
        })
    }

    /// Whether of equal runs at the same time only one works.
    pub fn cache_serialize(self, serialize: bool) -> Self {
        self.set(|planned| planned.settings.overrides.cache_serialize = Some(serialize))
    }

    /// What the container asks for; others than those stay.
    pub fn requests(self, requests: Resources) -> Self {
        self.set(|planned| planned.settings.overrides.requests = requests)
    }

    /// What the container may use at most; others than those stay.
    pub fn limits(self, limits: Resources) -> Self {
        self.set(|planned| planned.settings.overrides.limits = limits)
    }

    /// The kind of GPU.
    pub fn accelerator(self, accelerator: Accelerator) -> Self {
        self.set(|planned| planned.settings.overrides.accelerator = Some(accelerator))
    }

    /// Memory shared between the container's processes.
    pub fn shared_memory(self, shared_memory: SharedMemory) -> Self {
        self.set(|planned| planned.settings.overrides.shared_memory = Some(shared_memory))
    }

    /// The image.
    pub fn container_image(self, image: impl Into<String>) -> Self {
        self.set(|planned| planned.settings.container_image = Some(image.into()))
    }

    /// A pod around the container.
    pub fn pod_template(self, pod: PodTemplate) -> Self {
        self.set(|planned| planned.settings.overrides.pod_template = Some(pod))
    }
}

// Not derived: `R` need not be anything.
impl<R> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.planned).finish()
    }
}
