//! The code that a reference becomes: what stands for it in graphs, and a function that nobody can call.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{Kind, Reference};
use crate::emit::checked::checked;
use crate::emit::{here, names, private_module, types, variable};
use crate::syntax::value::Text;

/// ```text
/// impl __flytekit::Entity for __flytekit_add {
///     const TARGET: __flytekit::Target<'static> = __flytekit::Target::Reference(__flytekit::Reference {
///         kind: __flytekit::ReferenceKind::Task,
///         project: "…",
///         …
///     });
/// }
/// ```
/// What is wrong with a reference is not also wrong with its interface.
pub(super) fn beside(reference: &Reference, is_sound: bool) -> TokenStream {
    let function = &reference.function;
    let (name, conditions) = (&function.name, &function.conditions);
    let krate = private_module(&reference.krate);
    let handle = crate::emit::handle(name, &function.vis, conditions);
    let entity = names::handle(name);
    let kind = match reference.kind {
        Kind::Task => quote!(Task),
        Kind::Workflow => quote!(LaunchPlan),
    };
    let text = |text: &Option<Text>| {
        let text = text.as_ref();
        text.map_or_else(|| quote!(""), |text| checked(text, "non_empty"))
    };
    let [project, domain, named, version] = [
        &reference.project,
        &reference.domain,
        &reference.name,
        &reference.version,
    ]
    .map(text);
    let (inputs, outputs) = if is_sound {
        let inputs = reference.inputs().iter().map(variable);
        (quote!(&[#(#inputs),*]), types::outputs(reference.output()))
    } else {
        (quote!(&[]), quote!(&[]))
    };
    let (taken, output) = (
        reference.inputs().iter().map(|input| &input.ty),
        reference.output(),
    );
    let items = quote! {
        #handle
        #(#conditions)*
        const _: () = {
            use #krate as __flytekit;
            impl __flytekit::Entity for #entity {
                const TARGET: __flytekit::Target<'static> =
                    __flytekit::Target::Reference(__flytekit::Reference {
                        kind: __flytekit::ReferenceKind::#kind,
                        project: #project,
                        domain: #domain,
                        name: #named,
                        version: #version,
                        inputs: #inputs,
                        outputs: #outputs,
                    });
            }
            impl __flytekit::Signature<fn(#(#taken),*) -> #output> for #entity {
                type Entity = Self;
            }
        };
    };
    crate::emit::beside(&reference.krate, name, &items)
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
    let krate = private_module(&reference.krate);
    let output = reference.output();
    let entity = names::handle(&reference.function.name);
    let variables = reference.inputs().iter().map(|input| &input.variable);
    let elsewhere = quote_spanned!(here(output.span())=> __flytekit::Elsewhere::<#output>);
    quote! {{
        use #krate as __flytekit;
        #[allow(unused_imports)]
        use __flytekit::{FailsByError as _, FailsByPanic as _};
        let _ = (#(#variables,)*);
        (&#elsewhere::new(<#entity as __flytekit::Entity>::NAME)).fail()
    }}
}
