//! `#[workflow]`: reads a graph from a function's body.

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
use model::Workflow;
use read::WorkflowOptions;
use read::function::{Function, REFUSALS};

/// The annotated function with a body that runs the graph, and the items that make it a workflow; or the
/// mistakes.
///
/// The function and its handle are always in the output, so that a mistake in the body does not cause errors
/// about a missing function or a missing workflow.
pub(crate) fn annotate(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    if reference::is_in(&arguments) {
        return reference::annotate(reference::Kind::Workflow, arguments, item);
    }
    let mut source = match Source::read("workflow", item) {
        Ok(source) => source,
        Err(refused) => return refused,
    };
    let Resolved { workflow, checked } = resolve(arguments, &mut source);
    let (beside, errors) = match checked {
        Ok(warnings) => {
            source.body = expand::body(&workflow);
            (Some(expand::workflow(&workflow, &warnings)), None)
        }
        Err(mistakes) => {
            source.fill_in_body();
            let stub = (!REFUSALS.is_another(&source)).then(|| expand::stub(&workflow));
            (stub, Some(mistakes.write_errors()))
        }
    };
    // The function's inputs become the graph's.
    quote!(#[allow(dead_code, clippy::needless_pass_by_value)] #source #beside #errors)
}

/// A workflow, as far as it could be parsed.
pub(crate) struct Resolved {
    workflow: Workflow,
    /// The warnings, or the mistakes.
    pub(crate) checked: Result<Vec<Warning>, Error>,
}

/// Parses and checks a workflow. Removes the parts of the function that rustc would not accept.
pub(crate) fn resolve(arguments: TokenStream, source: &mut Source) -> Resolved {
    let mut sink = Error::accumulator();
    let (options, _) = group::read::<WorkflowOptions>(arguments, &mut sink);
    let function = Function::read(source, &REFUSALS, &Body::Written, &mut sink);
    let workflow = Workflow::resolve(options, function, &mut sink);
    let warnings = check::workflow(&workflow, &mut sink);
    Resolved {
        workflow,
        checked: sink.finish_with(warnings),
    }
}
