//! The signature of a function below an attribute, and the forms that it cannot have. Each attribute gives
//! its own reasons.

use darling::Error;
use proc_macro2::{Span, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{FnArg, GenericParam, PatType, ReturnType, Safety, Signature, Type, TypeReference};

use crate::syntax::error::{Sink, at};
use crate::syntax::function::Source;
use crate::syntax::types::{Flaw, find, find_impl, flaw, sized_instead, ungrouped};

/// The error for a function with both attributes: the parameters of a task are Flyte's inputs.
pub(crate) const TASK_AND_WORKER_FN: &str = "a function is a task or a worker function: move the work of the workers into a function of its own, which the task passes to its `DaskClient`";

/// The error for a function with both attributes: a task does some work, and a workflow connects tasks.
pub(crate) const TASK_AND_WORKFLOW: &str =
    "a function is a task or a workflow: a task does the work, a workflow connects tasks";

/// The reasons why an attribute refuses forms of functions.
pub(crate) struct Refusals {
    /// Other attributes that cannot be on the same function, and the reasons.
    pub(crate) rivals: &'static [(&'static str, &'static str)],
    pub(crate) no_body: &'static str,
    pub(crate) generic: &'static str,
    pub(crate) constness: &'static str,
    /// None if the signature alone does not decide.
    pub(crate) asyncness: Option<&'static str>,
    pub(crate) safety: &'static str,
    pub(crate) abi: &'static str,
    pub(crate) variadic: &'static str,
    pub(crate) method: &'static str,
    pub(crate) conditional_parameter: &'static str,
    /// None if inputs can have defaults.
    pub(crate) default: Option<&'static str>,
    pub(crate) impl_parameter: &'static str,
    pub(crate) impl_output: &'static str,
    pub(crate) borrowed_output: fn(&TypeReference) -> String,
}

/// The location of a function's body.
#[derive(Debug)]
pub(crate) enum Body {
    /// In the function.
    Written,
    /// In an engine: the function has no body, and returns this type unless it declares another.
    Declared(&'static Declared, Type),
    /// In the item that the function represents, with the reason why it has none here.
    Elsewhere(&'static str),
    /// Unknown, because the attribute could not be parsed.
    Unknown,
}

/// The reasons to refuse a function without a body.
#[derive(Debug)]
pub(crate) struct Declared {
    /// It has a body.
    pub(crate) no_body: &'static str,
    /// It declares a return type, although it cannot have outputs.
    pub(crate) no_output: Option<&'static str>,
}

impl Refusals {
    /// ```text
    /// #[worker_fn] fn f()          a function is a task or a worker function: …
    /// fn f<T>(value: T)            a task cannot be generic: …
    /// async unsafe extern "C" fn   …
    /// fn f(&self)                  …
    /// ```
    pub(crate) fn qualifiers(&self, source: &Source, body: &Body, sink: &mut Sink) {
        let sig = &source.sig;
        let rivals = self.rivals.iter().map(|(rival, not_both)| {
            let rival = source.attribute(rival);
            (rival.map(|attr| attr.path().span()), *not_both)
        });
        let lacks_body = matches!(body, Body::Written) && !source.has_body();
        let no_body = (lacks_body.then(|| sig.ident.span()), self.no_body);
        let generic = sig.generics.params.iter();
        let generic = generic.filter(|parameter| !is_of_borrowed(parameter, sig));
        let generic = generic.map(|parameter| (Some(parameter.span()), self.generic));
        let constness = sig.constness.as_ref().map(|token| token.span);
        let asyncness = sig.asyncness.as_ref().map(|token| token.span);
        let safety = match &sig.safety {
            Safety::Unsafe(token) => Some(token.span),
            _ => None,
        };
        let qualifiers = [
            (constness, self.constness),
            (
                asyncness.filter(|_| self.asyncness.is_some()),
                self.asyncness.unwrap_or_default(),
            ),
            (safety, self.safety),
            (sig.abi.as_ref().map(Spanned::span), self.abi),
            (sig.variadic.as_ref().map(Spanned::span), self.variadic),
            (source.names_self(), self.method),
        ];
        for (place, reason) in rivals.chain([no_body]).chain(generic).chain(qualifiers) {
            sink.extend(place.map(|place| at(place, reason)));
        }
    }

    /// Whether the function already has a type of its name, or is a method: then it gets no other type.
    pub(crate) fn is_another(&self, source: &Source) -> bool {
        let mut rivals = self.rivals.iter();
        source.is_method() || rivals.any(|(rival, _)| source.attribute(rival).is_some())
    }

    /// Whether the type of a parameter can be one of an input.
    ///
    /// ```text
    /// fn f(#[cfg(unix)] a: i64)    a parameter of a task cannot be conditional: …
    /// fn f(a: impl Into<String>)   an input cannot be `impl Trait`: …
    /// fn f(a: [i64])               `[i64]` has no size of its own: …
    /// ```
    pub(crate) fn parameter(&self, parameter: &PatType, sink: &mut Sink) -> bool {
        let mut attrs = parameter.attrs.iter();
        if let Some(cfg) = attrs.find(|attr| attr.path().is_ident("cfg")) {
            sink.push(at(cfg.path().span(), self.conditional_parameter));
        }
        if let Some(span) = find_impl(&parameter.ty) {
            sink.push(at(span, self.impl_parameter));
            return false;
        }
        // A borrowed parameter can be a session.
        let flaw = flaw(&parameter.ty).filter(|(flaw, _)| *flaw != Flaw::Elided);
        let error = flaw.map(|(flaw, ty)| self.flawed(flaw, &ty));
        let is_sound = error.is_none();
        sink.extend(error);
        is_sound
    }

    /// Whether the return type can be one of outputs.
    ///
    /// ```text
    /// fn f() -> impl Display    a task's output cannot be `impl Trait`: …
    /// fn f() -> &'static str    a task's output is owned: …
    /// fn f() -> Vec<&str>       …
    /// fn f() -> _               the type is part of the interface: …
    /// ```
    pub(crate) fn output(&self, sig: &Signature, sink: &mut Sink) -> bool {
        let ReturnType::Type(_, ty) = &sig.output else {
            return true;
        };
        if let Some(span) = find_impl(ty) {
            sink.push(at(span, self.impl_output));
        } else if let Type::Reference(reference) = ungrouped(ty) {
            let reason = (self.borrowed_output)(reference);
            sink.push(at(reference.and_token.span, reason));
        } else if let Some((flaw, ty)) = flaw(ty) {
            sink.push(self.flawed(flaw, &ty));
        } else {
            return true;
        }
        false
    }

    /// The return type, or the unit type if it is not one of outputs.
    pub(crate) fn output_type(&self, sig: &Signature, sink: &mut Sink) -> Type {
        let is_output = self.output(sig, sink);
        match &sig.output {
            ReturnType::Default => syn::parse_quote_spanned!(sig.paren_token.span.join()=> ()),
            // A refused type must not be named anywhere else.
            ReturnType::Type(..) if !is_output => syn::parse_quote!(()),
            ReturnType::Type(_, ty) => (**ty).clone(),
        }
    }

    /// ```text
    /// fn f(a: _)                   the type is part of the interface: write it out
    /// fn f() -> !                  …
    /// fn f() -> Result<[i64]>      …
    /// ```
    fn flawed(&self, flaw: Flaw, ty: &Type) -> Error {
        let reason = match (flaw, ty) {
            (Flaw::Elided, Type::Reference(reference)) => {
                return at(reference.and_token.span, (self.borrowed_output)(reference));
            }
            (Flaw::Inferred, _) => "the type is part of the interface: write it out".to_owned(),
            (Flaw::Never, _) => "there is no value of this type: write `()` for none".to_owned(),
            (Flaw::Unsized | Flaw::Elided, ty) => sized_instead(ty),
        };
        at(ty.span(), reason)
    }
}

/// Whether this is the lifetime of a borrowed parameter, whose own error is reported there.
fn is_of_borrowed(generic: &GenericParam, sig: &Signature) -> bool {
    let GenericParam::Lifetime(generic) = generic else {
        return false;
    };
    typed(sig).any(|parameter| match ungrouped(&parameter.ty) {
        Type::Reference(reference) => reference.lifetime.as_ref() == Some(&generic.lifetime),
        _ => false,
    })
}

/// Gives a function without a body its return type, if it declares none.
///
/// ```text
/// #[task(generic_spark(…))] fn f() {}        the application is the body of this task: …
/// #[task(generic_spark(…))] fn f() -> i64;   an application returns no outputs to Flyte, …
/// ```
pub(crate) fn declare(source: &mut Source, body: &Body, sink: &mut Sink) {
    let Body::Declared(reasons, output) = body else {
        return;
    };
    let has_body = source.has_body();
    if has_body {
        sink.push(at(source.body.span(), reasons.no_body));
    }
    match &source.sig.output {
        ReturnType::Type(_, ty) => {
            sink.extend(reasons.no_output.map(|reason| at(ty.span(), reason)));
        }
        ReturnType::Default if !has_body => {
            let arrow = syn::Token![->](source.sig.ident.span());
            source.sig.output = ReturnType::Type(arrow, Box::new(output.clone()));
        }
        ReturnType::Default => {}
    }
}

/// The parameters except `self`.
pub(crate) fn typed(sig: &Signature) -> impl Iterator<Item = &PatType> {
    sig.inputs.iter().filter_map(|parameter| match parameter {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    })
}

/// Like [`typed`].
pub(crate) fn typed_mut(sig: &mut Signature) -> impl Iterator<Item = &mut PatType> {
    sig.inputs
        .iter_mut()
        .filter_map(|parameter| match parameter {
            FnArg::Typed(parameter) => Some(parameter),
            FnArg::Receiver(_) => None,
        })
}

impl Source {
    /// Whether this is a method: its name is then not a name of its module.
    pub(crate) fn is_method(&self) -> bool {
        self.names_self().is_some()
    }

    /// The span that shows that the signature is a method's.
    fn names_self(&self) -> Option<Span> {
        let mut tokens = self.sig.inputs.to_token_stream();
        self.sig.output.to_tokens(&mut tokens);
        let is_self = |token: &TokenTree| matches!(token, TokenTree::Ident(it) if it == "Self" || it == "self");
        find(tokens, &is_self)
    }
}
