//! From the attribute to its code, stage by stage.

mod check;
pub(crate) mod expand;
pub(crate) mod model;
pub(crate) mod read;

use darling::Error;
use proc_macro2::TokenStream;
use quote::quote;

use crate::reference;
use crate::syntax::error::Warning;
use crate::syntax::function::Source;
use crate::syntax::group;
use crate::syntax::signature::Body;
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
    let mut source = match Source::read("task", item) {
        Ok(source) => source,
        Err(refused) => return refused,
    };
    let Resolved {
        task,
        whole,
        checked,
    } = resolve(arguments, &mut source);
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
            let is_another = REFUSALS.is_another(&source)
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

/// A task as far as it could be read.
pub(crate) struct Resolved {
    task: Task,
    /// Whether all of the attribute could be read.
    whole: bool,
    /// What is to be warned of, or all that is wrong.
    pub(crate) checked: Result<Vec<Warning>, Error>,
}

/// Reads and checks it. The function is left without what rustc would not accept in it.
pub(crate) fn resolve(arguments: TokenStream, source: &mut Source) -> Resolved {
    let mut sink = Error::accumulator();
    let (options, whole) = group::read::<TaskOptions>(arguments, &mut sink);
    let text = options.enable_deck.as_ref().map(|_| text::of(source));
    let function = Function::read(source, &body(&options, whole), &mut sink);
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
