//! Refuses values that Kubernetes refuses: in pods, and in the names and labels that tasks have beside them.

use std::collections::HashSet;

use flytekit_grammar as grammar;

use crate::pod::model::{Pod, Toleration, Volume, VolumeSource};
use crate::pod::resources::{doubt, rule};
use crate::pod::schema::{POD_SPEC, QUANTITIES, fields};
use crate::syntax::check::{Check, sentence, well_formed};
use crate::syntax::error::nearest;
use crate::syntax::json::{Json, JsonObject, Member};
use crate::syntax::lists::{Pair, Pairs};
use crate::syntax::value::Text;

/// The values that Kubernetes accepts.
const OPERATORS: &[&str] = &["Equal", "Exists"];
const EFFECTS: &[&str] = &["NoExecute", "NoSchedule", "PreferNoSchedule"];
const MEDIA: &[&str] = &["", "HugePages", "Memory"];

impl Check<'_> {
    pub(crate) fn env(&mut self, env: &Pairs) {
        self.keys(env, env_name);
    }

    pub(crate) fn labels(&mut self, labels: &Pairs) {
        self.keys(labels, label_key);
        for Pair { value, .. } in labels.entries() {
            self.text(value, label_value);
        }
    }

    pub(crate) fn annotations(&mut self, annotations: &Pairs) {
        self.keys(annotations, label_key);
    }

    pub(crate) fn pod(&mut self, pod: &Pod) {
        let options = &pod.options;
        self.optional(pod.primary_container.as_ref(), container_name);
        self.labels(&pod.labels);
        self.annotations(&pod.annotations);
        self.labels(&options.node_selector);
        for toleration in &options.tolerations {
            self.toleration(toleration);
        }
        self.optional(options.service_account.as_ref(), resource_name);
        self.optional(options.priority_class.as_ref(), resource_name);
        self.optional(options.image.as_ref(), grammar::image);
        self.env(&Pairs::Entries(options.env.clone()));
        // The amounts themselves are checked in the `PodSpec`.
        self.limits(&options.requests, &options.limits);
        self.volumes(&options.volumes);
        if let Some(JsonObject::Members(members)) = &pod.spec {
            self.members(members, Some(POD_SPEC));
        }
    }

    /// ```text
    /// toleration(key = "a", operator = "exists")                 `exists` is not a known operator: …
    /// toleration(key = "a", operator = "Exists", value = "b")   `Exists` takes no value
    /// ```
    fn toleration(&mut self, toleration: &Toleration) {
        self.word(toleration.operator.as_ref(), "operator", OPERATORS);
        self.word(toleration.effect.as_ref(), "effect", EFFECTS);
        let exists = toleration
            .operator
            .as_ref()
            .and_then(Text::literal)
            .is_some_and(|operator| operator == "Exists");
        match (&toleration.key, &toleration.value) {
            (_, Some(value)) if exists => self.refuse(value.span(), "`Exists` takes no value"),
            (None, _) if !exists => {
                let reason = "a toleration without a `key` has `operator = \"Exists\"`";
                self.refuse(toleration.span, reason);
            }
            (Some(key), _) => self.text(key, label_key),
            (None, _) => {}
        }
        if let Some(value) = &toleration.value {
            self.text(value, label_value);
        }
    }

    fn volumes(&mut self, volumes: &[Volume]) {
        let (mut names, mut places) = (HashSet::new(), HashSet::new());
        for volume in volumes {
            self.text(&volume.name, container_name);
            self.once(&volume.name, &mut names);
            self.text(&volume.mount_path, mount_path);
            self.once(&volume.mount_path, &mut places);
            self.non_empty(
                volume.sub_path.as_ref(),
                "leave `sub_path` out for all of the volume",
            );
            match &volume.source {
                VolumeSource::ConfigMap(name)
                | VolumeSource::Secret(name)
                | VolumeSource::PersistentVolumeClaim(name) => self.text(name, resource_name),
                VolumeSource::EmptyDir { medium, size_limit } => {
                    self.word(medium.as_ref(), "medium", MEDIA);
                    self.optional(size_limit.as_ref(), quantity);
                    self.doubt("size_limit", size_limit.as_ref());
                }
            }
        }
    }

    /// ```text
    /// spec = { "a": 1, "a": 2 }      `a` is given twice
    /// spec = { "hostNetwrk": true }  Kubernetes knows no field `hostNetwrk` of a PodSpec …
    /// ```
    fn members(&mut self, members: &[Member], of: Option<&str>) {
        let fields = of.and_then(fields);
        let mut seen = HashSet::new();
        for Member { key, value } in members {
            let name = key.value();
            self.key_once(key, &mut seen);
            if of == Some(QUANTITIES) {
                self.resource(&name, value);
            }
            let field = fields.iter().flatten().find(|(field, _)| *field == name);
            if let (Some(fields), None) = (&fields, field) {
                let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
                let hint = nearest(&name, &names);
                let hint = hint.map(|near| format!("; did you mean `{near}`?"));
                let message = format!(
                    "Kubernetes 1.34 has no field `{name}` of its `{}`, and Flyte drops it{}",
                    of.unwrap_or_default(),
                    hint.unwrap_or_default()
                );
                self.warn(key.span(), message);
            }
            let inner = field.and_then(|(_, inner)| *inner);
            value.objects(&mut |members| self.members(members, inner));
        }
    }

    /// `"memory": "2Gi"` of a container's requests or limits.
    fn resource(&mut self, name: &str, amount: &Json) {
        let Json::Text(text) = amount else {
            return;
        };
        let value = text.value();
        match rule(name)(&value) {
            Ok(()) => {
                if let Some(doubt) = doubt(name, &value) {
                    self.warn(text.span(), doubt);
                }
            }
            Err(problem) => self.refuse(text.span(), sentence(&value, problem)),
        }
    }
}

pub(crate) fn quantity(text: &str) -> Result<(), &'static str> {
    grammar::quantity(text).map(|_| ())
}

pub(crate) fn env_name(text: &str) -> Result<(), &'static str> {
    let problem = "is not the name of an environment variable: letters, digits, `_`, `.` and `-`, no digit first";
    well_formed(grammar::env_name(text), problem)
}

fn container_name(text: &str) -> Result<(), &'static str> {
    let problem = "is not the name of a container: at most 63 of a-z, 0-9 and `-`, with a letter or digit at both ends";
    well_formed(grammar::dns_label(text), problem)
}

fn label_key(text: &str) -> Result<(), &'static str> {
    let problem = "is not a Kubernetes key: at most 63 letters, digits, `-`, `_` and `.`, optionally after a domain and `/`";
    well_formed(grammar::label_key(text), problem)
}

fn label_value(text: &str) -> Result<(), &'static str> {
    let problem =
        "is not the value of a Kubernetes label: at most 63 letters, digits, `-`, `_` and `.`";
    well_formed(grammar::label_value(text), problem)
}

/// The name of a config map, a service account, and the like: a DNS subdomain.
fn resource_name(text: &str) -> Result<(), &'static str> {
    let labels = |text: &str| text.split('.').all(grammar::dns_label);
    well_formed(
        text.len() <= 253 && labels(text),
        "is not the name of a Kubernetes resource: labels of a-z, 0-9 and `-`, joined by dots",
    )
}

fn mount_path(text: &str) -> Result<(), &'static str> {
    well_formed(
        text.starts_with('/') && !text.contains(':'),
        "is not a place to mount a volume at: it begins with `/` and has no `:`",
    )
}
