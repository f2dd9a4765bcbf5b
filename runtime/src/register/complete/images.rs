//! Images: the default image, and the images that a task, its pod and its engine's job name by templates such
//! as `{{.image.gpu}}`. flytekit replaces templates in containers only, and the cluster fails on the others.

use prost_types::value::Kind;
use prost_types::{Struct, Value};

use super::Completion;
use crate::image::OF_PODS;
use crate::register::object::as_object_mut;
use crate::registry::ImagePaths;

impl Completion<'_> {
    /// Replaces the images of an engine's job.
    pub(super) fn images_of_custom(&mut self, custom: &mut Struct) {
        let ImagePaths::Declared(declared) = self.images else {
            return self.images_by_name(custom);
        };
        for path in &declared.images {
            at(custom, path, &mut |value| self.fill(value));
        }
        for path in &declared.pod_specs {
            at(custom, path, &mut |value| {
                if let Some(spec) = as_object_mut(value) {
                    self.images_of_pod(spec);
                }
            });
        }
    }

    /// Replaces the images of the task's own pod.
    pub(super) fn images_of_target(&mut self, spec: &mut Struct) {
        match self.images {
            ImagePaths::ByName => self.images_by_name(spec),
            ImagePaths::Declared(_) => self.images_of_pod(spec),
        }
    }

    fn images_of_pod(&mut self, spec: &mut Struct) {
        for path in OF_PODS {
            at(spec, path, &mut |value| self.fill(value));
        }
    }

    /// Replaces everything that may be an image, for files without more information: a member `image`, or a
    /// setting of Spark such as `spark.kubernetes.driver.container.image`.
    fn images_by_name(&mut self, object: &mut Struct) {
        for (name, value) in &mut object.fields {
            if name.rsplit('.').next() == Some("image") {
                self.fill(value);
            }
            self.images_below(value);
        }
    }

    fn images_below(&mut self, value: &mut Value) {
        match &mut value.kind {
            Some(Kind::ListValue(list)) => {
                list.values.iter_mut().for_each(|it| self.images_below(it));
            }
            Some(Kind::StructValue(object)) => self.images_by_name(object),
            _ => {}
        }
    }

    /// Replaces the templates in an image, if the value is a string.
    fn fill(&mut self, value: &mut Value) {
        if let Some(Kind::StringValue(image)) = &mut value.kind {
            *image = self.filled(image);
        }
    }

    pub(super) fn filled(&mut self, image: &str) -> String {
        if !image.contains("{{") {
            return image.to_owned();
        }
        let filled = self.settings.images.fill(image);
        filled.unwrap_or_else(|wrong| {
            self.refuse(&format!("has the image `{image}`, which {wrong}"));
            String::new()
        })
    }

    pub(super) fn default_image(&mut self) -> String {
        if let Some(image) = self.settings.images.default_image() {
            return image.to_string();
        }
        self.refuse(
            "has no image: give a default one with `--image REFERENCE`, in flytekit.toml (`[image] \
             default = \"REFERENCE\"`) or in config.yaml (`images: {default: REFERENCE}`), or give \
             the task its own with `#[task(container_image = \"REFERENCE\")]`",
        );
        String::new()
    }
}

/// Calls `found` with every value at `path` below an object.
fn at(object: &mut Struct, path: &[impl AsRef<str>], found: &mut dyn FnMut(&mut Value)) {
    let Some((step, rest)) = path.split_first() else {
        return;
    };
    match step.as_ref() {
        "*" => {
            let members = object.fields.values_mut();
            members.for_each(|value| below(value, rest, found));
        }
        key => {
            if let Some(member) = object.fields.get_mut(key) {
                below(member, rest, found);
            }
        }
    }
}

/// Like [`at`], below a value; at the end of the path, the value itself.
fn below(value: &mut Value, path: &[impl AsRef<str>], found: &mut dyn FnMut(&mut Value)) {
    let Some((step, rest)) = path.split_first() else {
        return found(value);
    };
    match &mut value.kind {
        Some(Kind::StructValue(object)) => at(object, path, found),
        Some(Kind::ListValue(list)) if step.as_ref() == "*" => {
            let items = list.values.iter_mut();
            items.for_each(|item| below(item, rest, found));
        }
        _ => {}
    }
}
