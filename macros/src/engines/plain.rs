//! No engine: the task runs in a container.

use proc_macro2::{Span, TokenStream};
use quote::quote;

use super::{EngineUse, InTemplate, Parts};

#[derive(Debug)]
struct Plain;

pub(super) fn none() -> EngineUse {
    EngineUse {
        place: Span::call_site(),
        no_session: Some(
            "a plain task has no session to borrow: name an engine, such as `#[task(spark)]` or `#[task(dask)]`, or take an input",
        ),
        not_async: None,
        in_template: InTemplate::Nothing,
        is_bare: true,
        parts: Box::new(Plain),
    }
}

impl Parts for Plain {
    fn engine(&self, _: Span) -> TokenStream {
        quote!(__flytekit::Plain)
    }

    fn config(&self, _: Span) -> TokenStream {
        quote!(())
    }
}
