//! From the attribute to its code, stage by stage.

use darling::Error;
use proc_macro2::TokenStream;
use quote::quote;

use crate::attr;
use crate::check;
use crate::error::at;
use crate::expand;
use crate::function::{Function, Source};
use crate::model::Task;

/// The annotated function, and beside it what makes it a task, or what is wrong.
///
/// The function always comes out again: a mistake in the attribute is not also a missing function.
pub(crate) fn annotate(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut source = match syn::parse2::<Source>(item.clone()) {
        Ok(source) => source,
        Err(problem) => {
            let reason = format!("`#[task]` stands on a function: {problem}");
            let errors = at(problem.span(), reason).write_errors();
            return quote!(#item #errors);
        }
    };
    let beside = expand(arguments, &mut source).unwrap_or_else(Error::write_errors);
    quote!(#source #beside)
}

pub(crate) fn expand(arguments: TokenStream, source: &mut Source) -> Result<TokenStream, Error> {
    let mut sink = Error::accumulator();
    let (options, whole) = attr::read(arguments, &mut sink);
    let function = Function::read(source, &mut sink);
    let task = Task::resolve(options, function, &mut sink);
    check::task(&task, whole, &mut sink);
    sink.finish()?;
    check::released(&task)?;
    Ok(expand::task(&task))
}
