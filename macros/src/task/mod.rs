//! `#[task]`: from the attribute to its code, stage by stage.

mod check;
pub(crate) mod expand;
pub(crate) mod model;
pub(crate) mod read;

use darling::Error;
use proc_macro2::TokenStream;
use quote::quote;

use crate::dynamic;
use crate::reference;
use crate::syntax::error::Warning;
use crate::syntax::function::Source;
use crate::syntax::group;
use crate::syntax::signature::{Body, Refusals};
use crate::syntax::text;
use crate::syntax::value::runtime;
use expand::Expansion;
use model::Task;
use read::TaskOptions;
use read::function::{Function, REFUSALS};

/// The annotated function, and the items that make it a task, or the mistakes.
///
/// The function and its handle are always in the output, so that a mistake in the attribute does not cause
/// errors about a missing function or a missing task.
pub(crate) fn annotate(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    if reference::is_in(&arguments) {
        return reference::annotate(reference::Kind::Task, arguments, item);
    }
    annotate_as(Kind::Plain, arguments, item)
}

/// The product of a task's function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Outputs.
    Plain,
    /// A graph that produces the outputs.
    Dynamic,
}

impl Kind {
    /// The attribute's name, and the forms of functions that it refuses.
    const fn attribute(self) -> (&'static str, &'static Refusals) {
        match self {
            Kind::Plain => ("task", &REFUSALS),
            Kind::Dynamic => ("dynamic", &dynamic::REFUSALS),
        }
    }
}

/// Like [`annotate`], for this kind of task.
pub(crate) fn annotate_as(kind: Kind, arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let (attribute, refusals) = kind.attribute();
    let mut source = match Source::read(attribute, item) {
        Ok(source) => source,
        Err(refused) => return refused,
    };
    let Resolved {
        task,
        whole,
        checked,
    } = resolve_as(kind, arguments, &mut source);
    let (beside, errors) = match checked {
        Ok(warnings) => {
            let Expansion { body, beside } = expand::task(&task, &warnings);
            if let Some(body) = body {
                source.complete(body);
            }
            (Some(beside), None)
        }
        Err(mistakes) => {
            // The function gets no handle if there is already a type with its name, or if it is probably in a
            // trait.
            let is_another = refusals.is_another(&source)
                || (whole && task.engine.is_bare && !source.has_body());
            let stub = (!is_another).then(|| expand::stub(&task));
            source.smooth();
            (stub, Some(mistakes.write_errors()))
        }
    };
    if !source.has_body() {
        source.fill_in_body();
    }
    // A task owns its inputs, even if it only reads them. A dynamic task returns a `Result` of promises, even if
    // it cannot fail.
    let lints = match kind {
        Kind::Plain => quote!(clippy::needless_pass_by_value),
        Kind::Dynamic => quote!(
            clippy::needless_pass_by_value,
            clippy::type_complexity,
            clippy::unnecessary_wraps
        ),
    };
    quote!(#[allow(#lints)] #source #beside #errors)
}

/// Parses and checks a task with plain outputs.
#[cfg(test)]
pub(crate) fn resolve(arguments: TokenStream, source: &mut Source) -> Resolved {
    resolve_as(Kind::Plain, arguments, source)
}

/// A task, as far as it could be parsed.
pub(crate) struct Resolved {
    task: Task,
    /// Whether all of the attribute could be parsed.
    whole: bool,
    /// The warnings, or the mistakes.
    pub(crate) checked: Result<Vec<Warning>, Error>,
}

/// Parses and checks a task. Removes the parts of the function that rustc would not accept.
fn resolve_as(kind: Kind, arguments: TokenStream, source: &mut Source) -> Resolved {
    let mut sink = Error::accumulator();
    let (options, whole) = group::read::<TaskOptions>(arguments, &mut sink);
    if kind == Kind::Dynamic {
        dynamic::check(&options, source, &mut sink);
    }
    let text = options.enable_deck.as_ref().map(|_| text::of(source));
    let function = Function::read(kind, source, &body(&options, whole), &mut sink);
    let task = Task::resolve(options, function, text, &mut sink);
    let warnings = check::task(&task, whole, &mut sink);
    Resolved {
        task,
        whole,
        checked: sink.finish_with(warnings),
    }
}

fn body(options: &TaskOptions, whole: bool) -> Body {
    match options.engine.declared() {
        Some(declared) => {
            let krate = runtime(options.krate.as_ref());
            Body::Declared(declared, syn::parse_quote!(#krate::Result<()>))
        }
        None if whole => Body::Written,
        None => Body::Unknown,
    }
}
