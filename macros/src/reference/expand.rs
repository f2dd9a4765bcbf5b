//! The code that a reference expands to: its representation in graphs, and a function that only returns an
//! error.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{Kind, Reference};
use crate::emit::checked::checked;
use crate::emit::{here, names, private_module, types, variable};
use crate::syntax::value::Text;
use crate::workflow::expand as graph;

/// ```text
/// impl __flytekit::Entity for __flytekit_add {
///     const TARGET: __flytekit::Target<'static> = __flytekit::Target::Reference(__flytekit::Reference {
///         kind: __flytekit::ReferenceKind::Task,
///         project: "…",
///         …
///     });
/// }
/// impl __flytekit::Workflow for __flytekit_add { … }   of `#[workflow(reference(…))]`, for launch plans
/// ```
pub(super) fn beside(reference: &Reference, is_sound: bool) -> TokenStream {
    let function = &reference.function;
    let conditions = &function.conditions;
    let krate = private_module(&reference.krate);
    let handle = graph::handle(function);
    let entity = graph::entity_of(function, &target(reference, is_sound));
    let workflow = (reference.kind == Kind::Workflow).then(|| workflow(reference, is_sound));
    let items = quote! {
        #handle
        #(#conditions)*
        const _: () = {
            use #krate as __flytekit;
            #entity
            #workflow
        };
    };
    crate::emit::beside(&reference.krate, &function.name, &items)
}

/// The interface of a workflow, for its launch plans; that of an invalid reference is a placeholder.
fn workflow(reference: &Reference, is_sound: bool) -> TokenStream {
    let name = names::handle(&reference.function.name);
    let descriptor = if is_sound {
        quote!(WorkflowDescriptor::referenced(
            &<Self as __flytekit::Entity>::TARGET
        ))
    } else {
        quote!(WorkflowDescriptor::DEFAULT)
    };
    quote! {
        impl __flytekit::Workflow for #name {
            const DESCRIPTOR: &'static __flytekit::WorkflowDescriptor<'static> =
                &__flytekit::#descriptor;
        }
    }
}

/// The target; an invalid reference does not make its interface invalid, too.
fn target(reference: &Reference, is_sound: bool) -> TokenStream {
    let function = &reference.function;
    let kind = match reference.kind {
        Kind::Task => quote!(Task),
        Kind::Workflow | Kind::LaunchPlan => quote!(LaunchPlan),
    };
    let text = |text: &Option<Text>| {
        let text = text.as_ref();
        text.map_or_else(|| quote!(""), |text| checked(text, "non_empty"))
    };
    let [project, domain, name, version] = [
        &reference.project,
        &reference.domain,
        &reference.name,
        &reference.version,
    ]
    .map(text);
    let (inputs, outputs) = if is_sound {
        let inputs = function.inputs.iter().map(variable);
        (quote!(&[#(#inputs),*]), types::outputs(&function.output))
    } else {
        (quote!(&[]), quote!(&[]))
    };
    quote! {
        __flytekit::Target::Reference(__flytekit::Reference {
            kind: __flytekit::ReferenceKind::#kind,
            project: #project,
            domain: #domain,
            name: #name,
            version: #version,
            inputs: #inputs,
            outputs: #outputs,
        })
    }
}

/// ```text
/// {
///     use ::flytekit::__v0_1_0 as __flytekit;
///     use __flytekit::{FailsByError as _, FailsByPanic as _};
///     let _ = (a, b);
///     (&__flytekit::Elsewhere::<i64>::new("add")).fail()
/// }
/// ```
pub(super) fn body(reference: &Reference) -> TokenStream {
    let function = &reference.function;
    let krate = private_module(&reference.krate);
    let output = &function.output;
    let entity = names::handle(&function.name);
    let variables = function.inputs.iter().map(|input| &input.variable);
    let elsewhere = quote_spanned!(here(output.span())=> __flytekit::Elsewhere::<#output>);
    quote! {{
        use #krate as __flytekit;
        #[allow(unused_imports)]
        use __flytekit::{FailsByError as _, FailsByPanic as _};
        let _ = (#(#variables,)*);
        (&#elsewhere::new(<#entity as __flytekit::Entity>::NAME)).fail()
    }}
}
