//! `#[worker_fn]`: a function that Dask's workers run.

mod check;
mod expand;
mod model;
mod read;

use darling::Error;
use proc_macro2::TokenStream;
use quote::quote;

use crate::syntax::error::Sink;
use crate::syntax::function::Source;
use crate::syntax::group;
use model::WorkerFn;
use read::WorkerFnOptions;

/// The function's type and everything that belongs to it, or the mistakes.
///
/// An invalid function is emitted unchanged, so that it is not also reported as missing.
pub(crate) fn annotate(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut source = match Source::read("worker_fn", item) {
        Ok(source) => source,
        Err(refused) => return refused,
    };
    let mut options = Error::accumulator();
    let mut function = Error::accumulator();
    let worker_fn = resolve(arguments, &source, &mut options, &mut function);
    let expansion = expand::worker_fn(&worker_fn);
    let options = options.finish().err().map(Error::write_errors);
    match function.finish() {
        Ok(()) => quote!(#expansion #options),
        Err(errors) => {
            source.smooth();
            if !source.has_body() {
                source.fill_in_body();
            }
            let errors = errors.write_errors();
            quote!(#source #options #errors)
        }
    }
}

/// Reads attribute and function. Mistakes in the function go to another sink than mistakes in the options,
/// because the function can be called even if its options are wrong.
pub(crate) fn resolve<'a>(
    arguments: TokenStream,
    source: &'a Source,
    options: &mut Sink,
    function: &mut Sink,
) -> WorkerFn<'a> {
    let (given, _) = group::read::<WorkerFnOptions>(arguments, options);
    let worker_fn = WorkerFn::resolve(given, source);
    check::function(source, function);
    check::options(&worker_fn, options);
    worker_fn
}
