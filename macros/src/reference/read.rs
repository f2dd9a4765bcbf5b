//! What is written: where it is registered, and how it is called.

use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{Attribute, ReturnType, Type, Visibility};

use crate::syntax::error::{Sink, at};
use crate::syntax::function::Source;
use crate::syntax::group::{Group, options};
use crate::syntax::parameter::Input;
use crate::syntax::signature::{self, Body, Refusals};
use crate::syntax::types::{owned_instead, ungrouped};
use crate::syntax::value::{ItemPath, Text};

options! {
    /// `#[task(reference(…))]`
    pub(crate) struct Options {
        reference: Group<Named>,
        krate as "crate": ItemPath,
    }
}

options! {
    /// `reference(project = "…", domain = "…", name = "…", version = "…")`
    pub(crate) struct Named {
        project: Text,
        domain: Text,
        name: Text,
        version: Text,
    }
}

const REFUSALS: Refusals = Refusals {
    rivals: &[],
    no_body: "",
    generic: "a reference cannot be generic: what it names takes one type for each input",
    constness: "a reference cannot be a `const fn`: it runs elsewhere",
    asyncness: Some("a reference is not `async`: it runs elsewhere, and a workflow waits for it"),
    safety: "a reference cannot be unsafe: it runs elsewhere",
    abi: "a reference cannot be `extern`: it runs elsewhere",
    variadic: "a reference cannot be variadic: its inputs are known",
    method: "a reference cannot be a method: put the function outside of the `impl` block",
    conditional_parameter: "a parameter of a reference cannot be conditional: put `cfg` on the whole function",
    impl_parameter: "an input cannot be `impl Trait`: name its type",
    impl_output: "an output cannot be `impl Trait`: name its type",
    borrowed_output: |_| "an output is owned: name its type".to_owned(),
};

/// How it is called.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: Ident,
    pub(crate) vis: Visibility,
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) output: Type,
}

impl Function {
    pub(super) fn read(source: &mut Source, sink: &mut Sink) -> Self {
        REFUSALS.qualifiers(source, &Body::Unknown, sink);
        let is_output = REFUSALS.output(&source.sig, sink);
        if source.has_body() {
            let reason =
                "a reference has no body, because it runs where it is registered: end it with `;`";
            sink.push(at(source.body.span(), reason));
        }
        let conditions = source.conditions().cloned().collect();
        let vis = source.vis.clone();
        let sig = &mut source.sig;
        let mut inputs = Vec::new();
        for parameter in signature::typed_mut(sig) {
            let Some(input) = Input::read(parameter, &REFUSALS, sink) else {
                continue;
            };
            if let Some(default) = &input.default {
                let reason = "a reference has the defaults that it was registered with";
                sink.push(at(default.span, reason));
            }
            if let Type::Reference(reference) = ungrouped(&input.ty) {
                let instead = owned_instead(reference);
                let reason = format!("an input is owned, so `{}` is {instead}", input.name);
                sink.push(at(reference.span(), reason));
            }
            inputs.push(input);
        }
        let output = match &sig.output {
            ReturnType::Type(_, ty) if is_output => (**ty).clone(),
            ReturnType::Type(..) => syn::parse_quote!(()),
            ReturnType::Default => syn::parse_quote_spanned!(sig.paren_token.span.join()=> ()),
        };
        Function {
            name: sig.ident.clone(),
            vis,
            conditions,
            inputs,
            output,
        }
    }
}
