//! From the attribute to its code, stage by stage.

mod check;
mod expand;
mod model;
mod read;

use darling::Error;
use proc_macro2::TokenStream;
use quote::quote;

use crate::syntax::function::Source;
use crate::syntax::group;
use crate::syntax::signature::Body;
use crate::syntax::value::runtime;
use expand::Expansion;
use model::Task;
use read::TaskOptions;
use read::function::Function;

/// The annotated function, and beside it what makes it a task, or what is wrong.
///
/// The function always comes out again: a mistake in the attribute is not also a missing function.
pub(crate) fn annotate(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut source = match Source::read("task", item) {
        Ok(source) => source,
        Err(problem) => {
            let errors = problem.write_errors();
            return quote!(#item #errors);
        }
    };
    let beside = beside(arguments, &mut source).unwrap_or_else(Error::write_errors);
    if !source.has_body() {
        source.fill_in_body();
    }
    // A task owns its inputs, whatever it does with them.
    quote!(#[allow(clippy::needless_pass_by_value)] #source #beside)
}

/// What stands beside the function, which is left without what rustc would not accept in it, and
/// with the body that it may lack.
pub(crate) fn beside(arguments: TokenStream, source: &mut Source) -> Result<TokenStream, Error> {
    let mut sink = Error::accumulator();
    let (options, whole) = group::read::<TaskOptions>(arguments, &mut sink);
    let function = Function::read(source, &body(&options, whole), &mut sink);
    let task = Task::resolve(options, function, &mut sink);
    let warnings = check::task(&task, whole, &mut sink);
    sink.finish()?;
    let Expansion { body, beside } = expand::task(&task, &warnings);
    if let Some(body) = body {
        source.complete(body);
    }
    Ok(beside)
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
