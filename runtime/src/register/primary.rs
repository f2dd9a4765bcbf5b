//! The container that runs a task: the whole target, or one container of a pod.

use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::flyteidl::core::Container;
use flytekit_proto::flyteidl::core::task_template::Target;
use prost_types::Struct;

use super::object::{as_object, as_text, items, text_of};

/// The container, in one of its two forms.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Primary<'a> {
    Alone(&'a Container),
    InPod(&'a Struct),
}

impl<'a> Primary<'a> {
    /// The container of a task, if it has one.
    pub(crate) fn of(spec: &'a TaskSpec) -> Option<Self> {
        let template = spec.template.as_ref()?;
        let pod = match template.target.as_ref()? {
            Target::Container(container) => return Some(Primary::Alone(container)),
            Target::K8sPod(pod) => pod.pod_spec.as_ref()?,
        };
        let name = template.config.get("primary_container_name")?;
        let mut containers = items(pod, "containers").iter().filter_map(as_object);
        let primary = containers.find(|it| text_of(it, "name") == Some(name))?;
        Some(Primary::InPod(primary))
    }

    /// The container's image.
    pub(crate) fn image(self) -> Option<&'a str> {
        match self {
            Primary::Alone(container) => Some(&container.image),
            Primary::InPod(container) => text_of(container, "image"),
        }
    }

    /// The container's args.
    pub(crate) fn args(self) -> Vec<&'a str> {
        match self {
            Primary::Alone(container) => container.args.iter().map(String::as_str).collect(),
            Primary::InPod(container) => items(container, "args")
                .iter()
                .filter_map(as_text)
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use flytekit_proto::flyteidl::core::{K8sPod, TaskTemplate};
    use prost_types::value::Kind;
    use prost_types::{ListValue, Value};

    use super::*;

    fn value(kind: Kind) -> Value {
        Value { kind: Some(kind) }
    }

    fn string(text: &str) -> Value {
        value(Kind::StringValue(text.to_owned()))
    }

    fn list(values: Vec<Value>) -> Value {
        value(Kind::ListValue(ListValue { values }))
    }

    fn object<const N: usize>(fields: [(&str, Value); N]) -> Struct {
        let fields = fields.map(|(key, value)| (key.to_owned(), value));
        Struct {
            fields: fields.into(),
        }
    }

    fn spec(target: Target) -> TaskSpec {
        let config = [("primary_container_name", "main")];
        let config = config.map(|(key, value)| (key.to_owned(), value.to_owned()));
        TaskSpec {
            template: Some(TaskTemplate {
                target: Some(target),
                config: config.into(),
                ..TaskTemplate::default()
            }),
            description: None,
        }
    }

    #[test]
    fn it_is_the_same_alone_and_in_a_pod() {
        let alone = spec(Target::Container(Container {
            image: "app:1".to_owned(),
            args: vec!["app".to_owned(), "execute".to_owned()],
            ..Container::default()
        }));
        let containers = [("sidecar", "proxy:1"), ("main", "app:1")].map(|(name, image)| {
            let args = list(["app", "execute"].map(string).to_vec());
            let fields = [
                ("name", string(name)),
                ("image", string(image)),
                ("args", args),
            ];
            value(Kind::StructValue(object(fields)))
        });
        let in_pod = spec(Target::K8sPod(K8sPod {
            pod_spec: Some(object([("containers", list(containers.to_vec()))])),
            ..K8sPod::default()
        }));
        for spec in [alone, in_pod] {
            let primary = Primary::of(&spec).expect("a container");
            assert_eq!(primary.image(), Some("app:1"));
            assert_eq!(primary.args(), ["app", "execute"]);
        }
        assert!(Primary::of(&TaskSpec::default()).is_none());
    }
}
