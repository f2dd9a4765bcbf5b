//! A call of an entity, before it is a node.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use super::node::{Planned, What};
use super::promise::Promise;
use super::value::Bound;
use crate::declare::{Accelerator, PodTemplate, Resources, SharedMemory, Target};

/// A call of an entity whose function returns an `R`, with the settings of its node;
/// [`Graph::node`](super::Graph::node) makes it a node.
///
/// All other settings are those of the entity.
#[must_use = "`graph.node(…)` makes it a node"]
pub struct Call<R> {
    pub(super) planned: Planned,
    returned: PhantomData<fn() -> R>,
}

impl<R> Call<R> {
    /// The result of the function `call` on an entity's handle.
    #[doc(hidden)]
    pub fn new<const N: usize>(target: Target<'static>, arguments: [Bound; N]) -> Self {
        Call::of(Planned::new(What::Entity(target), arguments.into()))
    }

    pub(super) fn of(planned: Planned) -> Self {
        Call {
            planned,
            returned: PhantomData,
        }
    }

    fn set(mut self, change: impl FnOnce(&mut Planned)) -> Self {
        change(&mut self.planned);
        self
    }

    /// Sets the name of the node in the console.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.set(|planned| planned.settings.name = Some(name.into()))
    }

    /// Sets the id of the node, instead of `n0`, `n1`, …: `a` to `z`, digits and `-`.
    pub fn id(self, id: impl Into<String>) -> Self {
        self.set(|planned| planned.settings.id = Some(id.into()))
    }

    /// Runs the node after the node of this promise, although it does not take the value.
    pub fn after<T>(self, before: &Promise<T>) -> Self {
        self.set(|planned| planned.settings.after.push(before.source.clone()))
    }

    /// Sets the number of attempts after the first.
    pub fn retries(self, retries: u32) -> Self {
        self.set(|planned| planned.settings.overrides.retries = Some(retries))
    }

    /// Sets the timeout. Zero removes the task's timeout.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.set(|planned| planned.settings.overrides.timeout = Some(timeout))
    }

    /// Sets whether the node may run on preemptible machines.
    pub fn interruptible(self, interruptible: bool) -> Self {
        self.set(|planned| planned.settings.overrides.interruptible = Some(interruptible))
    }

    /// Sets whether results are reused.
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

    /// Sets whether only one of several equal, simultaneous runs computes the result.
    pub fn cache_serialize(self, serialize: bool) -> Self {
        self.set(|planned| planned.settings.overrides.cache_serialize = Some(serialize))
    }

    /// Sets the resources that the container requests; all others stay.
    pub fn requests(self, requests: Resources) -> Self {
        self.set(|planned| planned.settings.overrides.requests = requests)
    }

    /// Sets the maximum resources of the container; all others stay.
    pub fn limits(self, limits: Resources) -> Self {
        self.set(|planned| planned.settings.overrides.limits = limits)
    }

    /// Sets the kind of GPU.
    pub fn accelerator(self, accelerator: Accelerator) -> Self {
        self.set(|planned| planned.settings.overrides.accelerator = Some(accelerator))
    }

    /// Sets the memory that the container's processes share.
    pub fn shared_memory(self, shared_memory: SharedMemory) -> Self {
        self.set(|planned| planned.settings.overrides.shared_memory = Some(shared_memory))
    }

    /// Sets the image.
    pub fn container_image(self, image: impl Into<String>) -> Self {
        self.set(|planned| planned.settings.container_image = Some(image.into()))
    }

    /// Sets the pod around the container.
    pub fn pod_template(self, pod: PodTemplate) -> Self {
        self.set(|planned| planned.settings.overrides.pod_template = Some(pod))
    }
}

// Not derived, because `R` needs no trait.
impl<R> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.planned).finish()
    }
}
