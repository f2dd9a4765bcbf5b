//! The attribute's options as fields of the descriptor: only those that were given.

use flytekit_grammar as grammar;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::emit::checked::{checked, pairs, some};
use crate::emit::here;
use crate::engines::InTemplate;
use crate::pod::expand::pod_template;
use crate::pod::resources;
use crate::syntax::value::TimeSpan;
use crate::task::model::{Accelerator, Cache, Deck, Secret, SecretList, SecretRequest, Task};
use crate::task::read::words::{DeckFields, Device, Mount, Partition, SharedMemory};

/// `retries: 3, timeout: Some(…), …`
pub(super) fn given(task: &Task) -> TokenStream {
    let custom = |place| quote_spanned!(here(place)=> __flytekit::custom!(__FLYTEKIT_CONFIG));
    let (custom, pod) = match task.engine.in_template {
        InTemplate::Nothing => (None, pod(task)),
        InTemplate::Custom(place) => (Some(custom(place)), pod(task)),
        // Both fields are in the base.
        InTemplate::CustomAndPod(_) => (None, None),
    };
    let fields = [
        ("custom", custom),
        ("config", task.engine.parts.plugin_config()),
        ("args", task.engine.parts.args()),
        (
            "retries",
            task.retries.as_ref().map(ToTokens::to_token_stream),
        ),
        (
            "timeout",
            task.timeout.as_ref().map(|it| some(&timeout(it))),
        ),
        ("cache", task.cache.as_ref().map(|it| some(&cache(it)))),
        ("interruptible", task.interruptible.as_ref().map(some)),
        (
            "deprecated",
            task.deprecated
                .as_ref()
                .map(|it| some(&checked(it, "non_empty"))),
        ),
        ("requests", resources::expand(&task.requests)),
        ("limits", resources::expand(&task.limits)),
        (
            "shared_memory",
            task.shared_memory
                .as_ref()
                .map(|it| some(&shared_memory(it))),
        ),
        (
            "accelerator",
            task.accelerator.as_ref().map(|it| some(&accelerator(it))),
        ),
        ("env", env(task)),
        ("secrets", secrets(&task.secrets)),
        (
            "container_image",
            task.image().map(|it| some(&checked(it, "image"))),
        ),
        ("pod_template", pod),
        (
            "pod_template_name",
            task.pod_template_name
                .as_ref()
                .map(|it| some(&checked(it, "non_empty"))),
        ),
        ("labels", pairs(&task.labels, "labels")),
        ("annotations", pairs(&task.annotations, "annotations")),
        ("deck", task.deck.as_ref().map(deck)),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| {
        let (name, value) = (quote::format_ident!("{name}"), value?);
        Some(quote!(#name: #value,))
    });
    fields.collect()
}

/// `__flytekit::deck!(true, &[__flytekit::DeckField::Input], "fn …")`
fn deck(deck: &Deck) -> TokenStream {
    let Deck {
        is_enabled,
        fields,
        source,
    } = deck;
    let fields = if let Some(fields) = fields {
        let fields = fields.iter().map(DeckFields::variant);
        quote!(&[#(__flytekit::DeckField::#fields),*])
    } else {
        quote!(__flytekit::DeckField::ALL)
    };
    quote_spanned!(here(is_enabled.0.span())=> __flytekit::deck!(#is_enabled, #fields, #source))
}

pub(crate) fn timeout(timeout: &TimeSpan) -> TokenStream {
    match timeout {
        TimeSpan::Seconds(seconds) => quote!(::core::time::Duration::from_secs(#seconds)),
        TimeSpan::Literal(text) => {
            let (seconds, nanos) = grammar::duration(&text.value()).unwrap_or_default();
            quote!(::core::time::Duration::new(#seconds, #nanos))
        }
        TimeSpan::Const(expr) => {
            quote_spanned!(here(expr.span())=> __flytekit::checked::timeout(#expr))
        }
    }
}

fn cache(cache: &Cache) -> TokenStream {
    match cache {
        Cache::Const(expr) => expr.to_token_stream(),
        Cache::Written {
            version,
            serialize,
            ignore_inputs,
        } => {
            let version = checked(version, "non_empty");
            let serialize = serialize.as_ref().map(|flag| quote!(.serialize(#flag)));
            let ignore_inputs = ignore_inputs
                .as_ref()
                .map(|names| quote!(.ignore_inputs(#names)));
            quote!(__flytekit::Cache::new(#version)#serialize #ignore_inputs)
        }
    }
}

pub(crate) fn shared_memory(shared_memory: &SharedMemory) -> TokenStream {
    match shared_memory {
        SharedMemory::Unlimited => quote!(__flytekit::SharedMemory::UNLIMITED),
        SharedMemory::Limit(size) => {
            let size = checked(size, "quantity");
            quote!(__flytekit::SharedMemory::limit(#size))
        }
    }
}

pub(crate) fn accelerator(Accelerator { device, partition }: &Accelerator) -> TokenStream {
    let device = match device {
        Device::Known(word) => quote!(__flytekit::Accelerator::#word),
        Device::Label(label) => quote!(__flytekit::Accelerator::device(#label)),
        Device::Const(expr) => quote!(#expr),
    };
    let partition = partition.as_ref().map(|partition| match partition {
        Partition::Size(size) => quote!(.partition(__flytekit::Partition::Size(#size))),
        Partition::Unpartitioned => quote!(.partition(__flytekit::Partition::Unpartitioned)),
        Partition::Const(expr) => quote!(.partition(#expr)),
    });
    quote!(#device #partition)
}

fn secrets(secrets: &SecretList) -> Option<TokenStream> {
    match secrets {
        SecretList::Const(expr) => Some(expr.to_token_stream()),
        SecretList::Written(secrets) if secrets.is_empty() => None,
        SecretList::Written(secrets) => {
            let secrets = secrets.iter().map(|secret| match secret {
                SecretRequest::Const(path) => path.to_token_stream(),
                SecretRequest::Written(written) => secret_request(written),
            });
            Some(quote!(&[#(#secrets),*]))
        }
    }
}

fn secret_request(
    Secret {
        group,
        key,
        version,
        mount,
        env_var,
    }: &Secret,
) -> TokenStream {
    let version = version.as_ref().map(|version| quote!(.version(#version)));
    let mount = mount.as_ref().map(|mount| match mount {
        Mount::Known { variant, span } => {
            let variant = Ident::new(variant, here(*span));
            quote!(.mount(__flytekit::Mount::#variant))
        }
        Mount::Const(expr) => quote!(.mount(#expr)),
    });
    let env_var = env_var.as_ref().map(|name| {
        let name = checked(name, "env_name");
        quote!(.env_var(#name))
    });
    let (group, key) = (checked(group, "non_empty"), checked(key, "non_empty"));
    quote!(__flytekit::Secret::new(#group, #key)#version #mount #env_var)
}

/// The given pod.
fn pod(task: &Task) -> Option<TokenStream> {
    task.pod_template.as_ref().map(|it| some(&pod_template(it)))
}

/// The environment, in which a dynamic task has room for the settings of its registration.
fn env(task: &Task) -> Option<TokenStream> {
    let given = pairs(&task.env, "env");
    if task.function.graph.is_none() {
        return given;
    }
    let given = given.unwrap_or_else(|| quote!(&[]));
    Some(quote!({
        const __ENV: &[(&::core::primitive::str, &::core::primitive::str)] = #given;
        &__flytekit::and_settings::<{ __ENV.len() + 1 }>(__ENV)
    }))
}

/// The other fields: defaults, except for those of an engine that may need a pod.
pub(super) fn base(task: &Task) -> TokenStream {
    let InTemplate::CustomAndPod(place) = task.engine.in_template else {
        return quote!(__flytekit::TaskDescriptor::DEFAULT);
    };
    let pod = pod(task).unwrap_or_else(|| quote!(::core::option::Option::None));
    quote_spanned!(here(place)=> __flytekit::configured!(__FLYTEKIT_CONFIG, #pod))
}
