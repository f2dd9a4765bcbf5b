//! Refuses functions that cannot be worker functions, and mistakes in the options.

use darling::Error;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{ReturnType, Type};

use super::model::WorkerFn;
use crate::engines::engine_of_session;
use crate::syntax::check::Check;
use crate::syntax::error::{Sink, at};
use crate::syntax::function::Source;
use crate::syntax::name::Name;
use crate::syntax::signature::{Body, Refusals, TASK_AND_WORKER_FN, typed};
use crate::syntax::types::{find, owned_instead, ungrouped};

/// The maximum number of parameters of the runtime's tuples.
const MOST_PARAMETERS: usize = 8;

const REFUSALS: Refusals = Refusals {
    rivals: &[("task", TASK_AND_WORKER_FN)],
    no_body: "a worker function needs a body",
    generic: "a worker function cannot be generic: workers find a function by its name, and a generic one has many: write a function for each type",
    constness: "a worker function cannot be a `const fn`, because it becomes a value: leave `const` out, or call a `const fn` in it",
    asyncness: Some(
        "a worker function cannot be `async`: a worker's thread runs one call at a time, to its end, so leave `async` out and block",
    ),
    safety: "a worker function cannot be unsafe, because workers do not check a contract: call the unsafe function in a safe one",
    abi: "a worker function cannot be `extern`: it is called from Rust, so leave the ABI out",
    variadic: "a worker function cannot be variadic: take a `Vec<T>`",
    method: "a worker function cannot be a method, because workers find it by the name of its module: put the function outside of the `impl` block, and take the value as a parameter",
    conditional_parameter: "a parameter of a worker function cannot be conditional: put `cfg` on the whole function",
    default: None,
    impl_parameter: "a parameter of a worker function cannot be `impl Trait`: a value of one type comes from another process, so name it",
    impl_output: "a worker function's result cannot be `impl Trait`: a value of one type goes to another process, so name it",
    borrowed_output: |reference| {
        format!(
            "a worker function's result goes to another process, so it is owned: return {}",
            owned_instead(reference)
        )
    },
};

/// Refuses mistakes in the function.
pub(super) fn function(source: &Source, sink: &mut Sink) {
    REFUSALS.qualifiers(source, &Body::Written, sink);
    refuse_parameters(source, sink);
    if let ReturnType::Type(_, ty) = &source.sig.output
        && REFUSALS.output(&source.sig, sink)
    {
        sink.extend(borrowed_within(ty));
    }
}

/// Refuses mistakes in the attribute.
pub(super) fn options(worker_fn: &WorkerFn<'_>, sink: &mut Sink) {
    let mut check = Check::new(sink);
    match &worker_fn.name {
        Name::Given(name) if name.literal().is_some_and(|name| name.is_empty()) => {
            check.non_empty(Some(name), "leave `name` out for that of the function");
        }
        name => check.name(name),
    }
}

/// ```text
/// fn f(text: &str)               a worker function owns its parameters, …
/// fn f(dask: &DaskClient)        a worker function has no session: …
/// fn f(a: u8, …, i: u8)          a worker function has at most 8 parameters: …
/// fn f(f: u8)                    …
/// ```
fn refuse_parameters(source: &Source, sink: &mut Sink) {
    for (index, parameter) in typed(&source.sig).enumerate() {
        if index == MOST_PARAMETERS {
            let reason =
                "a worker function has at most 8 parameters: put some into a struct or a tuple";
            sink.push(at(parameter.span(), reason));
        }
        if REFUSALS.parameter(parameter, sink) {
            sink.extend(borrowed_parameter(&parameter.ty));
        }
    }
}

fn borrowed_parameter(ty: &Type) -> Option<Error> {
    let Type::Reference(reference) = ungrouped(ty) else {
        return borrowed_within(ty);
    };
    let reason = if engine_of_session(&reference.elem).is_some() {
        "a worker function has no session, and cannot call others: take the data, and let the task make the calls".to_owned()
    } else {
        format!(
            "a worker function owns its parameters, because they come from another process: take {}",
            owned_instead(reference)
        )
    };
    Some(at(ty.span(), reason))
}

/// ```text
/// fn f(words: Vec<&str>)       …: take an owned type, such as `String` for `&str`
/// fn f(text: Cow<'_, str>)     …
/// ```
fn borrowed_within(ty: &Type) -> Option<Error> {
    let borrows = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if matches!(it.as_char(), '&' | '\''));
    let owned = without_static(ty.to_token_stream());
    let span = find(owned, &borrows)?;
    let reason = "a value that goes between processes cannot borrow: write an owned type, such as `String` for `&str`, `Vec<T>` for `&[T]`, `Cow<'static, T>` for `Cow<'_, T>`";
    Some(at(span, reason))
}

/// The tokens without each `'static`.
fn without_static(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut rest = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(ref mark) if mark.as_char() == '\'' => {
                let is_static = |next: &TokenTree| next.to_string() == "static";
                if tokens.next_if(is_static).is_none() {
                    rest.push(token);
                }
            }
            token => rest.push(token),
        }
    }
    rest.into_iter().collect()
}
