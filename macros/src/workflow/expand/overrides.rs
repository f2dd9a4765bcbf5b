//! The settings of `#[node(…)]` as fields of a node.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Path;

use super::descriptor::of_entity;
use crate::emit::checked::{checked, some};
use crate::emit::here;
use crate::pod::expand::pod_template;
use crate::pod::resources;
use crate::task::expand::options::{accelerator, shared_memory, timeout};
use crate::workflow::model::node::Settings;

/// `name: Some("friendly"), overrides: Some(&__flytekit::Overrides { retries: Some(3), … }),`
///
/// `called` is the entity that a call names, which need not be a task.
pub(super) fn fields(settings: &Settings, called: Option<&Path>) -> TokenStream {
    let name = settings.name.as_ref().map(|name| {
        let name = some(&checked(name, "non_empty"));
        quote!(name: #name,)
    });
    let resources = |amounts| resources::expand(amounts);
    let given = [
        ("retries", settings.retries.as_ref().map(some)),
        (
            "timeout",
            settings.timeout.as_ref().map(|it| some(&timeout(it))),
        ),
        ("interruptible", settings.interruptible.as_ref().map(some)),
        ("cache", settings.cache.as_ref().map(some)),
        (
            "cache_version",
            settings
                .cache_version
                .as_ref()
                .map(|it| some(&checked(it, "non_empty"))),
        ),
        (
            "cache_serialize",
            settings.cache_serialize.as_ref().map(some),
        ),
        ("requests", resources(&settings.requests)),
        ("limits", resources(&settings.limits)),
        (
            "shared_memory",
            settings
                .shared_memory
                .as_ref()
                .map(|it| some(&shared_memory(it))),
        ),
        (
            "accelerator",
            settings
                .accelerator
                .as_ref()
                .map(|it| some(&accelerator(it))),
        ),
        (
            "container_image",
            settings
                .container_image
                .as_ref()
                .map(|it| some(&checked(it, "image"))),
        ),
        (
            "pod_template",
            settings
                .pod_template
                .as_ref()
                .map(|it| some(&pod_template(it))),
        ),
    ];
    let given: Vec<TokenStream> = given
        .into_iter()
        .filter_map(|(field, value)| {
            let (field, value) = (Ident::new(field, Span::call_site()), value?);
            Some(quote!(#field: #value,).into_token_stream())
        })
        .collect();
    let overrides = (!given.is_empty()).then(|| {
        let overrides = quote! {
            __flytekit::Overrides {
                #(#given)*
                ..__flytekit::Overrides::NONE
            }
        };
        let overrides = of_task(settings, called, &overrides).unwrap_or(overrides);
        quote!(overrides: ::core::option::Option::Some(&#overrides),)
    });
    quote!(#name #overrides)
}

/// ```text
/// __flytekit::of_task(&<double as __flytekit::Signature<_>>::TARGET, …, "`requests` is …")
/// ```
fn of_task(
    settings: &Settings,
    called: Option<&Path>,
    overrides: &TokenStream,
) -> Option<TokenStream> {
    let (setting, called) = (settings.of_tasks()?, called?);
    let target = of_entity(called, "TARGET");
    let reason = format!(
        "only a task has `{setting}`, and this is a workflow or a launch plan: give it to the tasks that it calls"
    );
    let place = here(setting.span());
    Some(quote_spanned!(place=> __flytekit::of_task(&#target, #overrides, #reason)))
}
