//! From the attribute to its code, stage by stage.

pub(crate) mod check;
pub(crate) mod expand;
pub(crate) mod model;
pub(crate) mod read;
pub(crate) mod words;

use darling::Error;
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse_quote;

use crate::syntax::function::{Body, Function, Source};
use crate::task::model::{Engine, Task, runtime};
use crate::task::read::TaskOptions;

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
    let beside = expand(arguments, &mut source).unwrap_or_else(Error::write_errors);
    // A task owns its inputs, whatever it does with them.
    quote!(#[allow(clippy::needless_pass_by_value)] #source #beside)
}

/// What stands beside the function, which is left without what rustc would not accept in it, and
/// with the body that it may lack.
pub(crate) fn expand(arguments: TokenStream, source: &mut Source) -> Result<TokenStream, Error> {
    let mut sink = Error::accumulator();
    let (options, whole) = read::read::<TaskOptions>(arguments, &mut sink);
    let function = Function::read(source, &body(&options, whole), &mut sink);
    let task = Task::resolve(options, function, &mut sink);
    let warnings = check::task(&task, whole, &mut sink);
    sink.finish()?;
    if let Engine::GenericSpark { .. } = task.engine {
        source.complete(expand::application(&task, &warnings));
        return Ok(TokenStream::new());
    }
    Ok(expand::task(&task, &warnings))
}

fn body(options: &TaskOptions, whole: bool) -> Body {
    if options.generic_spark.is_some() {
        let krate = runtime(options.krate.as_ref());
        Body::Application(parse_quote!(#krate::Result<()>))
    } else if whole {
        Body::Written
    } else {
        Body::Unknown
    }
}
