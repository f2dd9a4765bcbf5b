//! Pods: the options of `pod_template(…)`, `driver_pod(…)` and `executor_pod(…)`.

use darling::ast::NestedMeta;
use darling::{Error, FromMeta};
use syn::Meta;
use syn::spanned::Spanned;

use crate::pod::resources::AmountOptions;
use crate::syntax::error::at;
use crate::syntax::group::{Group, Options, options, path_of};
use crate::syntax::items;
use crate::syntax::json::JsonObject;
use crate::syntax::lists::{Pairs, Readable};
use crate::syntax::value::{Flag, Number, Text, name_of, span_of};

options! {
    /// `pod_template(primary_container = "main", node_selector("disk" = "ssd"), spec = { … })`
    pub(crate) struct PodOptions {
        primary_container: Text,
        labels: Readable<Pairs>,
        annotations: Readable<Pairs>,
        node_selector: Readable<Pairs>,
        tolerations: Groups<TolerationOptions>,
        service_account: Text,
        priority_class: Text,
        image: Text,
        env: Readable<Pairs>,
        requests: Group<AmountOptions>,
        limits: Group<AmountOptions>,
        volumes: Groups<VolumeOptions>,
        spec: JsonObject,
    }
}

options! {
    /// `toleration(key = "spot", operator = "Exists", effect = "NoSchedule")`
    pub(crate) struct TolerationOptions {
        key: Text,
        operator: Text,
        value: Text,
        effect: Text,
        seconds: Number,
    }
}

options! {
    /// `volume(name = "settings", mount_path = "/etc/app", config_map = "app")`
    pub(crate) struct VolumeOptions {
        name: Text,
        mount_path: Text,
        sub_path: Text,
        read_only: Flag,
        config_map: Text,
        secret: Text,
        persistent_volume_claim: Text,
        empty_dir: Group<EmptyDirOptions>,
    }
}

options! {
    /// `empty_dir(medium = "Memory", size_limit = "1Gi")`
    pub(crate) struct EmptyDirOptions {
        medium: Text,
        size_limit: Text,
    }
}

/// An option that is the item of a list, with the name of one item.
pub(crate) trait Listed: Options {
    const NAME: &'static str;
}

impl Listed for TolerationOptions {
    const NAME: &'static str = "toleration";
}

impl Listed for VolumeOptions {
    const NAME: &'static str = "volume";
}

/// Several lists of options of one kind: `volumes(volume(…), volume(…))`.
#[derive(Debug)]
pub(crate) struct Groups<T>(pub(crate) Vec<Group<T>>);

impl<T: Listed> FromMeta for Groups<T> {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let Meta::List(list) = item else {
            let (name, one) = (name_of(item), T::NAME);
            let message = format!("`{name}` is written `{name}({one}(…))`");
            return Err(at(span_of(item), message));
        };
        let groups = items::parse(list.tokens.clone())?
            .iter()
            .map(group)
            .collect::<Result<_, _>>()?;
        Ok(Groups(groups))
    }
}

fn group<T: Listed>(item: &NestedMeta) -> Result<Group<T>, Error> {
    match item {
        NestedMeta::Meta(meta) if meta.path().is_ident(T::NAME) => Group::from_meta(meta),
        other => {
            let place = path_of(other).map_or_else(|| other.span(), Spanned::span);
            Err(at(place, format!("expected `{}(…)`", T::NAME)))
        }
    }
}
