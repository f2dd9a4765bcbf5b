//! The container that runs the task: the task's whole target, or one container of a pod.

use flytekit_proto::flyteidl::core::{Container, K8sPod, KeyValuePair};
use prost_types::{Struct, Value};

use super::Completion;
use crate::declare::EXECUTABLE;
use crate::register::object::{
    as_list_mut, as_object, as_object_mut, as_text, list_mut, text, text_of, texts,
};
use crate::register::settings::serialization::{self, SerializationSettings};

impl Completion<'_> {
    pub(super) fn container(&mut self, container: &mut Container) {
        container.image = if container.image.is_empty() {
            self.default_image()
        } else {
            self.filled(&container.image)
        };
        let mut own = std::mem::take(&mut container.env);
        for pair in &mut own {
            self.settings_into(&pair.key, &mut pair.value);
        }
        let is_own = |name: &str| own.iter().any(|pair| pair.key == name);
        let pair = |(key, value)| KeyValuePair { key, value };
        container.env = self
            .env()
            .filter(|(name, _)| !is_own(name))
            .map(pair)
            .collect();
        container.env.extend(own);
        if let Some(prefix) = self.prefix(container.args.first().map(String::as_str)) {
            container.args.splice(0..0, prefix);
        }
    }

    /// Completes a pod, whose container of this name runs the task.
    pub(super) fn pod(&mut self, pod: &mut K8sPod, primary: &str) {
        if let Some(spec) = &mut pod.pod_spec {
            self.images_of_target(spec);
            self.primary(spec, primary);
        }
    }

    fn primary(&mut self, spec: &mut Struct, name: &str) {
        let containers = spec.fields.get_mut("containers").and_then(as_list_mut);
        let mut containers = containers.into_iter().flatten().filter_map(as_object_mut);
        let is_named = |it: &&mut Struct| text_of(it, "name") == Some(name);
        let Some(container) = containers.find(is_named) else {
            return self.refuse(&format!("has no container `{name}` in its pod template"));
        };
        if text_of(container, "image").is_none_or(str::is_empty) {
            let image = text(self.default_image());
            container.fields.insert("image".to_owned(), image);
        }
        if let Some(own) = list_mut(container, "env") {
            for variable in own.iter_mut().filter_map(as_object_mut) {
                if text_of(variable, "name") == Some(serialization::VARIABLE) {
                    let mut value = text_of(variable, "value").unwrap_or_default().to_owned();
                    self.settings_into(serialization::VARIABLE, &mut value);
                    variable.fields.insert("value".to_owned(), text(value));
                }
            }
            let taken: Vec<_> = own.iter().filter_map(name_of).map(str::to_owned).collect();
            let added = self.env().filter(|(name, _)| !taken.contains(name));
            let added = added.map(|(name, value)| texts([("name", name), ("value", value)]));
            own.splice(0..0, added.collect::<Vec<_>>());
        }
        if let Some(args) = list_mut(container, "args")
            && let Some(prefix) = self.prefix(args.first().and_then(as_text))
        {
            args.splice(0..0, prefix.map(text));
        }
    }

    /// The environment variables of the settings, and the settings themselves if the task must carry them.
    fn env(&self) -> impl Iterator<Item = (String, String)> + use<'_> {
        let env = self.settings.env.iter();
        let env = env.map(|(name, value)| (name.clone(), value.clone()));
        let embedded = self.settings.embed.then(|| {
            let settings = SerializationSettings::of(self.settings, self.fast);
            (serialization::VARIABLE.to_owned(), settings.encode())
        });
        env.chain(embedded)
    }

    /// Puts the settings where a dynamic task has room for them.
    fn settings_into(&self, name: &str, value: &mut String) {
        if name == serialization::VARIABLE && value.is_empty() {
            *value = SerializationSettings::of(self.settings, self.fast).encode_plainly();
        }
    }

    /// The args before args that begin with the task's executable.
    fn prefix(&self, first: Option<&str>) -> Option<[String; 7]> {
        let fast = self.fast.filter(|_| first == Some(EXECUTABLE))?;
        Some(fast.prefix())
    }
}

/// The name of an environment variable of a container.
fn name_of(variable: &Value) -> Option<&str> {
    text_of(as_object(variable)?, "name")
}
