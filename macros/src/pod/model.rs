//! A resolved pod: its options, and the members of the `PodSpec` that they become.

use proc_macro2::Span;
use syn::Expr;
use syn::spanned::Spanned;

use crate::pod::merge::merge;
use crate::pod::read::{EmptyDirOptions, PodOptions, TolerationOptions, VolumeOptions};
use crate::pod::resources::Amounts;
use crate::pod::spec::members;
use crate::syntax::error::{Sink, at};
use crate::syntax::group::{Group, GroupOrConst};
use crate::syntax::json::{Json, JsonObject};
use crate::syntax::lists::{Pair, Pairs};
use crate::syntax::value::{Flag, Number, Text};

/// A pod around the container, or one of Spark's.
#[derive(Debug)]
pub(crate) enum PodTemplate {
    Const(Expr),
    Written(Pod),
}

impl PodTemplate {
    /// The pod, unless it is a constant.
    pub(crate) fn written(&self) -> Option<&Pod> {
        match self {
            PodTemplate::Written(pod) => Some(pod),
            PodTemplate::Const(_) => None,
        }
    }
}

/// `pod_template(…)`, `driver_pod(…)`, `executor_pod(…)`
#[derive(Debug)]
pub(crate) struct Pod {
    pub(crate) span: Span,
    pub(crate) primary_container: Option<Text>,
    pub(crate) labels: Pairs,
    pub(crate) annotations: Pairs,
    /// The options, for their rules.
    pub(crate) options: Options,
    /// The whole `PodSpec`, including the options.
    pub(crate) spec: Option<JsonObject>,
}

/// The options that become a part of the `PodSpec`.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) node_selector: Pairs,
    pub(crate) tolerations: Vec<Toleration>,
    pub(crate) service_account: Option<Text>,
    pub(crate) priority_class: Option<Text>,
    pub(crate) image: Option<Text>,
    pub(crate) env: Vec<Pair>,
    pub(crate) requests: Amounts,
    pub(crate) limits: Amounts,
    pub(crate) volumes: Vec<Volume>,
}

/// `toleration(key = "spot", operator = "Exists")`
#[derive(Debug)]
pub(crate) struct Toleration {
    pub(crate) span: Span,
    pub(crate) key: Option<Text>,
    pub(crate) operator: Option<Text>,
    pub(crate) value: Option<Text>,
    pub(crate) effect: Option<Text>,
    pub(crate) seconds: Option<Number>,
}

/// `volume(name = "settings", mount_path = "/etc/app", config_map = "app")`
#[derive(Debug)]
pub(crate) struct Volume {
    pub(crate) name: Text,
    pub(crate) mount_path: Text,
    pub(crate) sub_path: Option<Text>,
    pub(crate) read_only: Option<Flag>,
    pub(crate) source: VolumeSource,
}

/// The source of a volume's files.
#[derive(Debug)]
pub(crate) enum VolumeSource {
    ConfigMap(Text),
    Secret(Text),
    PersistentVolumeClaim(Text),
    EmptyDir {
        medium: Option<Text>,
        size_limit: Option<Text>,
    },
}

impl Pod {
    /// The names of the pod's containers, the primary one first; None if only const evaluation knows them.
    pub(crate) fn containers(&self) -> Option<Vec<String>> {
        let primary = self.primary_name()?;
        let mut others = match &self.spec {
            None => Vec::new(),
            Some(JsonObject::Const(_)) => return None,
            Some(JsonObject::Members(members)) => {
                let containers = members.iter().find(|it| it.key.value() == "containers");
                match containers.map(|member| &member.value) {
                    None => Vec::new(),
                    Some(Json::Array(containers)) => {
                        let names = containers.iter().map(|container| container.text("name"));
                        names.collect::<Option<Vec<_>>>()?
                    }
                    Some(_) => return None,
                }
            }
        };
        others.retain(|name| *name != primary);
        others.insert(0, primary);
        Some(others)
    }

    /// The name of the primary container; None if only const evaluation knows it.
    pub(crate) fn primary_name(&self) -> Option<String> {
        match &self.primary_container {
            None => Some("primary".to_owned()),
            Some(name) => name.literal(),
        }
    }

    /// The span of the primary container's name.
    pub(crate) fn primary_place(&self) -> Span {
        self.primary_container
            .as_ref()
            .map_or(self.span, Text::span)
    }
}

pub(crate) fn resolve(template: GroupOrConst<PodOptions>, sink: &mut Sink) -> PodTemplate {
    let group = match template {
        GroupOrConst::Const(expr) => return PodTemplate::Const(expr),
        GroupOrConst::Group(group) => group,
    };
    let span = group.span;
    let given = group.open(sink);
    let options = Options {
        node_selector: Pairs::resolve(given.node_selector, sink),
        tolerations: each(given.tolerations.map(|it| it.0), toleration, sink),
        service_account: given.service_account,
        priority_class: given.priority_class,
        image: given.image,
        env: env(Pairs::resolve(given.env, sink), sink),
        requests: Amounts::resolve(given.requests.map(GroupOrConst::Group), sink),
        limits: Amounts::resolve(given.limits.map(GroupOrConst::Group), sink),
        volumes: each(given.volumes.map(|it| it.0), volume, sink),
    };
    let members = members(&options, given.primary_container.as_ref());
    PodTemplate::Written(Pod {
        span,
        spec: merge(members, given.spec, sink),
        primary_container: given.primary_container,
        labels: Pairs::resolve(given.labels, sink),
        annotations: Pairs::resolve(given.annotations, sink),
        options,
    })
}

fn each<T, R>(
    groups: Option<Vec<Group<T>>>,
    resolve: fn(Group<T>, &mut Sink) -> Option<R>,
    sink: &mut Sink,
) -> Vec<R> {
    let groups = groups.into_iter().flatten();
    groups.filter_map(|group| resolve(group, sink)).collect()
}

/// ```text
/// env = ENV   the `env` of a pod takes pairs: …
/// ```
fn env(pairs: Pairs, sink: &mut Sink) -> Vec<Pair> {
    match pairs {
        Pairs::Entries(entries) => entries,
        Pairs::Const(expr) => {
            let reason = "the `env` of a pod takes pairs, whose values may be constants: `env(\"KEY\" = VALUE)`";
            sink.push(at(expr.span(), reason));
            Vec::new()
        }
    }
}

/// ```text
/// toleration(key = "spot")   a toleration needs a `value`, or `operator = "Exists"`
/// ```
#[expect(clippy::unnecessary_wraps, reason = "as `volume`")]
fn toleration(group: Group<TolerationOptions>, sink: &mut Sink) -> Option<Toleration> {
    let (span, whole) = (group.span, group.is_whole());
    let TolerationOptions {
        key,
        operator,
        value,
        effect,
        seconds,
    } = group.open(sink);
    if whole && value.is_none() && operator.is_none() {
        let reason = "a toleration needs a `value`, or `operator = \"Exists\"`";
        sink.push(at(span, reason));
    }
    Some(Toleration {
        span,
        key,
        operator,
        value,
        effect,
        seconds,
    })
}

/// ```text
/// volume(name = "a", mount_path = "/a")                                  a volume has one source: …
/// volume(name = "a", mount_path = "/a", secret = "a", config_map = "a")   a volume has one source: …
/// ```
fn volume(group: Group<VolumeOptions>, sink: &mut Sink) -> Option<Volume> {
    let (span, whole) = (group.span, group.is_whole());
    let options = group.open(sink);
    let empty_dir = options.empty_dir.map(|group| {
        let EmptyDirOptions { medium, size_limit } = group.open(sink);
        VolumeSource::EmptyDir { medium, size_limit }
    });
    let mut sources = [
        options.config_map.map(VolumeSource::ConfigMap),
        options.secret.map(VolumeSource::Secret),
        options
            .persistent_volume_claim
            .map(VolumeSource::PersistentVolumeClaim),
        empty_dir,
    ]
    .into_iter()
    .flatten();
    let (source, second) = (sources.next(), sources.next());
    if whole && (options.name.is_none() || options.mount_path.is_none()) {
        let reason =
            "a volume needs a name and a place: `volume(name = \"…\", mount_path = \"/…\", …)`";
        sink.push(at(span, reason));
    } else if second.is_some() || (whole && source.is_none()) {
        let reason = "a volume has one source: `config_map`, `secret`, `persistent_volume_claim` or `empty_dir`";
        sink.push(at(span, reason));
    }
    Some(Volume {
        name: options.name?,
        mount_path: options.mount_path?,
        sub_path: options.sub_path,
        read_only: options.read_only,
        source: source?,
    })
}
