//! The options of a pod, as members of the `PodSpec`.

use syn::{Expr, ExprLit, Lit, LitStr};

use crate::pod::model::{Options, Toleration, Volume, VolumeSource};
use crate::pod::resources::Amounts;
use crate::syntax::json::{Json, Member};
use crate::syntax::lists::{Pair, Pairs};
use crate::syntax::value::{Flag, Number, Text};

/// The members of the `PodSpec` for the options.
pub(crate) fn members(options: &Options, primary: Option<&Text>) -> Vec<Member> {
    let mut members = Object::default();
    members.push("nodeSelector", labels(&options.node_selector));
    members.list(
        "tolerations",
        options.tolerations.iter().map(toleration_json),
    );
    members.checked(
        "serviceAccountName",
        options.service_account.as_ref(),
        "non_empty",
    );
    members.checked(
        "priorityClassName",
        options.priority_class.as_ref(),
        "non_empty",
    );
    members.list("volumes", options.volumes.iter().map(volume_json));
    let container = container(options);
    if let Some(first) = container.0.first() {
        let mut named = Object::default();
        named.push(
            "name",
            Some(match primary {
                None => Json::Text(LitStr::new("primary", first.key.span())),
                Some(name) => checked(name, "container_name"),
            }),
        );
        named.0.extend(container.0);
        members.list("containers", [Json::Object(named.0)]);
    }
    members.0
}

/// The members of the primary container for the options.
fn container(options: &Options) -> Object {
    let mut container = Object::default();
    container.checked("image", options.image.as_ref(), "image");
    container.list(
        "env",
        options.env.iter().map(|Pair { key, value }| {
            let mut variable = Object::default();
            variable.checked("name", Some(key), "env_name");
            variable.text("value", Some(value));
            Json::Object(variable.0)
        }),
    );
    let mut resources = Object::default();
    resources.push("requests", quantities(&options.requests));
    resources.push("limits", quantities(&options.limits));
    if !resources.0.is_empty() {
        container.push("resources", Some(Json::Object(resources.0)));
    }
    container.list("volumeMounts", options.volumes.iter().map(mount_json));
    container
}

fn toleration_json(toleration: &Toleration) -> Json {
    let mut object = Object::default();
    object.text("key", toleration.key.as_ref());
    object.text("operator", toleration.operator.as_ref());
    object.text("value", toleration.value.as_ref());
    object.text("effect", toleration.effect.as_ref());
    object.push("tolerationSeconds", toleration.seconds.as_ref().map(number));
    Json::Object(object.0)
}

fn volume_json(volume: &Volume) -> Json {
    let mut source = Object::default();
    let kind = match &volume.source {
        VolumeSource::ConfigMap(name) => {
            source.checked("name", Some(name), "non_empty");
            "configMap"
        }
        VolumeSource::Secret(name) => {
            source.checked("secretName", Some(name), "non_empty");
            "secret"
        }
        VolumeSource::PersistentVolumeClaim(name) => {
            source.checked("claimName", Some(name), "non_empty");
            "persistentVolumeClaim"
        }
        VolumeSource::EmptyDir { medium, size_limit } => {
            source.text("medium", medium.as_ref());
            source.checked("sizeLimit", size_limit.as_ref(), "quantity");
            "emptyDir"
        }
    };
    let mut object = Object::default();
    object.checked("name", Some(&volume.name), "container_name");
    object.push(kind, Some(Json::Object(source.0)));
    Json::Object(object.0)
}

fn mount_json(volume: &Volume) -> Json {
    let mut object = Object::default();
    object.checked("name", Some(&volume.name), "container_name");
    object.checked("mountPath", Some(&volume.mount_path), "non_empty");
    object.text("subPath", volume.sub_path.as_ref());
    object.push("readOnly", volume.read_only.as_ref().map(flag));
    Json::Object(object.0)
}

/// Quantities with the names of the pod's resources; the backend renames plain `gpu`.
fn quantities(amounts: &Amounts) -> Option<Json> {
    let Amounts::Written(amounts) = amounts else {
        return None;
    };
    let mut object = Object::default();
    for (name, amount) in amounts {
        let (name, rule) = match *name {
            "mem" => ("memory", "quantity"),
            "ephemeral_storage" => ("ephemeral-storage", "quantity"),
            "gpu" => ("gpu", "gpus"),
            other => (other, "quantity"),
        };
        object.checked(name, Some(amount), rule);
    }
    (!object.0.is_empty()).then_some(Json::Object(object.0))
}

/// An object that is being built; each key has the span of its value.
#[derive(Default)]
struct Object(Vec<Member>);

impl Object {
    fn push(&mut self, key: &str, value: Option<Json>) {
        if let Some(value) = value {
            let key = LitStr::new(key, value.place());
            self.0.push(Member { key, value });
        }
    }

    fn text(&mut self, key: &str, value: Option<&Text>) {
        self.push(key, value.map(text));
    }

    fn checked(&mut self, key: &str, value: Option<&Text>, rule: &'static str) {
        self.push(key, value.map(|value| checked(value, rule)));
    }

    fn list(&mut self, key: &str, items: impl IntoIterator<Item = Json>) {
        let items: Vec<_> = items.into_iter().collect();
        if !items.is_empty() {
            self.push(key, Some(Json::Array(items)));
        }
    }
}

fn text(text: &Text) -> Json {
    match text {
        Text::Literal(literal) => Json::Text(literal.clone()),
        Text::Const(expr) => Json::Const(expr.clone()),
    }
}

/// A literal unchanged; a const expression with the rule that the attribute could not apply.
fn checked(text: &Text, rule: &'static str) -> Json {
    match text {
        Text::Literal(literal) => Json::Text(literal.clone()),
        Text::Const(expr) => Json::Checked(expr.clone(), rule),
    }
}

/// Labels as an object; `None` for an empty map.
fn labels(pairs: &Pairs) -> Option<Json> {
    if pairs.constant().is_some() {
        return Some(Json::Labels(pairs.clone()));
    }
    let Pairs::Entries(entries) = pairs else {
        return None;
    };
    let members = entries.iter().filter_map(|Pair { key, value }| match key {
        Text::Literal(key) => Some(Member {
            key: key.clone(),
            value: text(value),
        }),
        Text::Const(_) => None,
    });
    (!entries.is_empty()).then(|| Json::Object(members.collect()))
}

fn number(number: &Number) -> Json {
    match number {
        Number::Literal(int) => Json::count(int.base10_parse().unwrap_or_default(), int.span()),
        Number::Const(expr) => Json::Const(expr.clone()),
    }
}

fn flag(Flag(expr): &Flag) -> Json {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Bool(truth),
            ..
        }) => Json::Bool(truth.value),
        constant => Json::Const(constant.clone()),
    }
}
