//! The parts of a task's template that an engine's configuration writes.

use super::PodTemplate;
use super::pod::has_container;
use crate::declare::json::{Json, encode_struct};
use crate::wire::Writer;

/// `TaskTemplate.custom`, written by an engine's configuration.
#[derive(Clone, Copy, Debug)]
pub struct EncodedCustom {
    /// The bytes of the `google.protobuf.Struct`.
    pub object: &'static [u8],
    /// The paths of images in it: fields of a `flytekit.registry.v1.TaskEntry`.
    pub images: &'static [u8],
}

/// The output of an engine's configuration: `TaskTemplate.custom`, the paths of images in it, and the pod
/// that the engine needs.
///
/// The attribute calls the configuration's `const fn custom(&self, out: &mut Custom<'_>)` more than
/// once: to measure, to write, and for the pod.
///
/// ```
/// use flytekit::declare::{Custom, Json};
///
/// struct RayConfig {
///     image: &'static str,
/// }
///
/// impl RayConfig {
///     const fn custom(&self, out: &mut Custom<'_>) {
///         let workers = Json::Object(&[("containerImage", Json::String(self.image))]);
///         out.object(&[("workers", workers)]);
///         // Registration fills a template such as `{{.image.ray}}` in here.
///         out.image(&["workers", "containerImage"]);
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Custom<'b> {
    writer: Writer<'b>,
    images: Writer<'b>,
    pod: Option<PodTemplate>,
}

impl<'b> Custom<'b> {
    /// An output that only counts.
    pub const fn counting() -> Self {
        Custom::around(None)
    }

    /// An output that fills `buffer`, and drops the paths of images.
    pub const fn new(buffer: &'b mut [u8]) -> Self {
        Custom {
            writer: Writer::new(buffer),
            images: Writer::counting(),
            pod: None,
        }
    }

    /// An output that fills `buffer`, and `images` with the paths of images.
    pub const fn with_images(buffer: &'b mut [u8], images: &'b mut [u8]) -> Self {
        Custom {
            writer: Writer::new(buffer),
            images: Writer::new(images),
            pod: None,
        }
    }

    /// An output that only counts, for a task with this pod around its container.
    pub const fn around(pod: Option<PodTemplate>) -> Self {
        Custom {
            writer: Writer::counting(),
            images: Writer::counting(),
            pod,
        }
    }

    /// The number of bytes written (or counted) so far.
    pub const fn len(&self) -> usize {
        self.writer.len()
    }

    /// Whether nothing was written so far.
    pub const fn is_empty(&self) -> bool {
        self.writer.is_empty()
    }

    /// The number of bytes written (or counted) so far for the paths of images.
    pub const fn images_len(&self) -> usize {
        self.images.len()
    }

    /// The pod around the task's container: the given one, or one that [`container`](Self::container)
    /// requested.
    pub const fn pod(&self) -> Option<PodTemplate> {
        self.pod
    }

    /// Writes the whole of `custom`; call it once.
    ///
    /// # Panics
    ///
    /// If it is called twice, because the members of two objects would be mixed.
    pub const fn object(&mut self, members: &[(&str, Json<'_>)]) {
        assert!(
            self.writer.is_empty(),
            "`custom` is one object: call `object` once"
        );
        encode_struct(&mut self.writer, members);
    }

    /// Declares that the object has an image at `path`: registration replaces templates such as
    /// `{{.image.gpu}}` there, and leaves all other text as it is. The path consists of keys; `*` stands for
    /// each item of a list, or each member of an object. The value may be absent.
    pub const fn image(&mut self, path: &[&str]) {
        self.path(3, path);
    }

    /// Declares that the object has a `PodSpec` at `path`, whose images are those of Kubernetes: like
    /// [`image`](Self::image) for each of them.
    pub const fn pod_spec(&mut self, path: &[&str]) {
        self.path(4, path);
    }

    /// Writes a `flytekit.registry.v1.Path` at `field`.
    const fn path(&mut self, field: u32, path: &[&str]) {
        let w = &mut self.images;
        let end = w.len();
        let mut rest = path;
        while let [before @ .., last] = rest {
            w.string(1, last);
            rest = before;
        }
        w.message(field, end);
    }

    /// Declares that the backend looks up the container `name` in the task's pod. A plain container has no
    /// name of its own, so a task without a pod template gets one, with `name` as its primary container.
    ///
    /// # Panics
    ///
    /// In const evaluation, if the task's pod does not have the container.
    #[track_caller]
    pub const fn container(&mut self, name: &'static str) {
        match &self.pod {
            None => self.pod = Some(PodTemplate::new().primary_container(name)),
            Some(pod) => assert!(
                has_container(pod, name),
                "the engine uses a container that the task's pod does not have: give the task a `pod_template` with a container of each name that the engine's pods use"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDECAR: PodTemplate = PodTemplate::new().spec(&[(
        "containers",
        Json::Array(&[Json::Object(&[("name", Json::String("sidecar"))])]),
    )]);

    fn pod(given: Option<PodTemplate>, names: &[&'static str]) -> Option<&'static str> {
        let mut out = Custom::around(given);
        for name in names {
            out.container(name);
        }
        out.pod().map(|pod| pod.primary_container)
    }

    #[test]
    fn a_task_gets_the_pod_that_its_engine_needs() {
        assert_eq!(pod(None, &[]), None);
        assert_eq!(pod(None, &["a", "a"]), Some("a"));
        assert_eq!(pod(Some(SIDECAR), &[]), Some("primary"));
        assert_eq!(pod(Some(SIDECAR), &["sidecar", "primary"]), Some("primary"));
    }

    #[test]
    fn a_container_that_is_not_there_stops() {
        let stops = |check: fn() -> Option<&'static str>| std::panic::catch_unwind(check).is_err();
        assert!(stops(|| pod(Some(SIDECAR), &["other"])));
        assert!(stops(|| pod(None, &["a", "b"])));
    }
}
