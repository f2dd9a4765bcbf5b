//! Pods: their options, and the task's own pod against its other options.

use std::collections::HashSet;

use flytekit_grammar as grammar;

use crate::pod::model::{Pod, PodTemplate, Toleration, Volume, VolumeSource};
use crate::syntax::error::list;
use crate::syntax::json::{Json, JsonObject, Member};
use crate::syntax::lists::Pairs;
use crate::syntax::value::Text;
use crate::task::check::{
    Check, container_name, label_key, label_value, quantity, sentence, well_formed,
};
use crate::task::model::Task;

/// What Kubernetes knows.
const OPERATORS: &[&str] = &["Equal", "Exists"];
const EFFECTS: &[&str] = &["NoExecute", "NoSchedule", "PreferNoSchedule"];
const MEDIA: &[&str] = &["", "HugePages", "Memory"];

impl Check<'_> {
    /// ```text
    /// container_image = "app:1", pod_template(image = "app:2")   the `image` of the pod replaces …
    /// requests(cpu = 1), pod_template(requests(cpu = 2))         the task's resources replace …
    /// ```
    pub(crate) fn pod_of_task(&mut self, task: &Task) {
        let Some(PodTemplate::Written(pod)) = &task.pod_template else {
            return;
        };
        self.pod(pod);
        if let (Some(_), Some(image)) = (&task.container_image, &pod.options.image) {
            let reason =
                "the `image` of the pod replaces the task's `container_image`: give one of them";
            self.refuse(image.span(), reason);
        }
        let of_task = !task.requests.is_empty() || !task.limits.is_empty();
        let of_pod = pod
            .options
            .requests
            .place()
            .or_else(|| pod.options.limits.place());
        if let (true, Some(place)) = (of_task, of_pod) {
            let reason =
                "the task's `requests` and `limits` replace those of the pod: give one of them";
            self.refuse(place, reason);
        }
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
        self.amounts(&options.requests, &options.limits);
        self.volumes(&options.volumes);
        if let Some(JsonObject::Members(members)) = &pod.spec {
            self.members(members);
        }
    }

    /// ```text
    /// toleration(key = "a", operator = "exists")                 `exists` is no operator: …
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

    fn word(&mut self, text: Option<&Text>, what: &str, words: &[&str]) {
        if let Some(text) = text
            && let Some(word) = text.literal()
            && !words.contains(&word.as_str())
        {
            let expected = list(words);
            self.refuse(
                text.span(),
                sentence(&word, &format!("is no {what}: expected one of {expected}")),
            );
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
                }
            }
        }
    }

    fn once(&mut self, text: &Text, seen: &mut HashSet<String>) {
        if let Some(name) = text.literal()
            && !seen.insert(name.clone())
        {
            self.refuse(text.span(), format!("`{name}` is given twice"));
        }
    }

    /// ```text
    /// spec = { "a": 1, "a": 2 }   `a` is given twice
    /// ```
    fn members(&mut self, members: &[Member]) {
        let mut seen = HashSet::new();
        for Member { key, value } in members {
            if !seen.insert(key.value()) {
                self.refuse(key.span(), format!("`{}` is given twice", key.value()));
            }
            self.json(value);
        }
    }

    fn json(&mut self, json: &Json) {
        match json {
            Json::Object(members) => self.members(members),
            Json::Array(items) => items.iter().for_each(|item| self.json(item)),
            Json::Null | Json::Bool(_) | Json::Number(..) | Json::Text(_) | Json::Const(_) => {}
        }
    }
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
