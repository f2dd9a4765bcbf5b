//! The paths of images in a task's template.

use crate::wire::{ReadError, Reader};

/// The paths of images in `TaskTemplate.custom`, and whether the images of a pod are at Kubernetes' paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ImagePaths {
    /// Every member called `image` is one: files of the first format have no more information.
    #[cfg(feature = "package")]
    ByName,
    /// At the paths that the task's engine declares; in a pod, at Kubernetes' paths.
    Declared(DeclaredImages),
}

/// The paths that an engine declares in `custom`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeclaredImages {
    /// The paths of images.
    pub(crate) images: Vec<Path>,
    /// The paths of a pod's `PodSpec`.
    pub(crate) pod_specs: Vec<Path>,
}

/// A path to a value of an object: keys, where `*` stands for each item or member.
pub(crate) type Path = Vec<String>;

/// No images in `custom`.
impl Default for ImagePaths {
    fn default() -> Self {
        ImagePaths::Declared(DeclaredImages::default())
    }
}

impl ImagePaths {
    /// No images in `custom`.
    #[cfg(feature = "package")]
    pub(crate) const NONE: Self = ImagePaths::Declared(DeclaredImages {
        images: Vec::new(),
        pod_specs: Vec::new(),
    });

    /// The paths that a `flytekit.registry.v1.TaskEntry` declares.
    ///
    /// # Errors
    ///
    /// The errors of [`DeclaredImages::of`].
    pub(crate) fn of(entry: &[u8]) -> Result<Self, ReadError> {
        DeclaredImages::of(entry).map(ImagePaths::Declared)
    }
}

impl DeclaredImages {
    /// The paths in a `flytekit.registry.v1.TaskEntry`.
    ///
    /// # Errors
    ///
    /// If it is not a message, or a key is not a string.
    pub(crate) fn of(entry: &[u8]) -> Result<Self, ReadError> {
        let mut declared = DeclaredImages::default();
        for field in Reader::new(entry) {
            match field? {
                (3, path) => declared.images.push(steps(path.bytes()?)?),
                (4, path) => declared.pod_specs.push(steps(path.bytes()?)?),
                _ => {}
            }
        }
        Ok(declared)
    }
}

/// Reads the steps of a `Path`.
fn steps(path: &[u8]) -> Result<Path, ReadError> {
    let mut steps = Vec::new();
    for field in Reader::new(path) {
        if let (1, step) = field? {
            steps.push(step.str()?.to_owned());
        }
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{Custom, EncodedCustom, TaskDescriptor};
    use crate::registry::{Declaration, Draft, FoundTask, read_frames};

    const fn say(out: &mut Custom<'_>) {
        out.image(&["workers", "*", "image"]);
        out.pod_spec(&["driver.pod"]);
        out.image(&[]);
    }

    const IMAGES: [u8; 37] = {
        let mut images = [0; 37];
        say(&mut Custom::with_images(&mut [], &mut images));
        images
    };

    const TASK: TaskDescriptor = TaskDescriptor {
        name: "app.add",
        custom: Some(EncodedCustom {
            object: &[],
            images: &IMAGES,
        }),
        ..TaskDescriptor::DEFAULT
    };

    #[test]
    fn what_an_engine_says_is_in_the_frame() {
        const DRAFT: Draft = Draft::new(Declaration::Task(&TASK));
        let frame = DRAFT.finish::<{ DRAFT.frame_len() }>(Declaration::Task(&TASK));
        let frames = read_frames(&frame).unwrap();
        let path = |steps: &[&str]| steps.iter().map(|&step| step.to_owned()).collect();
        let declared = ImagePaths::Declared(DeclaredImages {
            // In this order, because they are written from the end.
            images: vec![path(&[]), path(&["workers", "*", "image"])],
            pod_specs: vec![path(&["driver.pod"])],
        });
        assert_eq!(ImagePaths::of(frames[0].payload), Ok(declared.clone()));
        assert_eq!(FoundTask::of(&TASK).images, declared);
        let mut count = Custom::counting();
        say(&mut count);
        assert_eq!(count.images_len(), IMAGES.len());
        assert!(ImagePaths::of(&[0x1a, 1]).is_err());
    }
}
