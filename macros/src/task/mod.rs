//! From the attribute to its code, stage by stage.

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

/// The annotated function, and beside it what makes it a task, or what is wrong.
///
/// The function always comes out again, and its handle with it: a mistake in the attribute is not also a
/// missing function, or a missing task.
pub(crate) fn annotate(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    if reference::is_in(&arguments) {
        return reference::annotate(reference::Kind::Task, arguments, item);
    }
    annotate_as(Kind::Plain, arguments, item)
}

/// What a task's function makes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Outputs.
    Plain,
    /// A graph that gives them.
    Dynamic,
}

impl Kind {
    /// The attribute's name, and what it refuses.
    const fn attribute(self) -> (&'static str, &'static Refusals) {
        match self {
            Kind::Plain => ("task", &REFUSALS),
            Kind::Dynamic => ("dynamic", &dynamic::REFUSALS),
        }
    }
}

/// The same, by what the function makes.
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
            // What has a type of its name already, or is likely to stand in a trait.
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
    // A task owns its inputs, whatever it does with them.
    quote!(#[allow(clippy::needless_pass_by_value)] #source #beside #errors)
}

/// Reads and checks a task that makes outputs.
#[cfg(test)]
pub(crate) fn resolve(arguments: TokenStream, source: &mut Source) -> Resolved {
    resolve_as(Kind::Plain, arguments, source)
}

/// A task as far as it could be read.
pub(crate) struct Resolved {
    task: Task,
    /// Whether all of the attribute could be read.
    whole: bool,
    /// What is to be warned of, or all that is wrong.
    pub(crate) checked: Result<Vec<Warning>, Error>,
}

/// Reads and checks it. The function is left without what rustc would not accept in it.
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
