//! The targets of nodes that are more than calls. For rustc, a name costs less than a path into a trait.

use std::cell::RefCell;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Path;

use super::descriptor::of_entity;

/// The entities whose targets have names.
#[derive(Default)]
pub(super) struct Targets(RefCell<Vec<Path>>);

impl Targets {
    /// The constant with the target of this entity.
    pub(super) fn name(&self, path: &Path) -> Ident {
        let mut entities = self.0.borrow_mut();
        let known = entities.iter().position(|it| it == path);
        name(known.unwrap_or_else(|| {
            entities.push(path.clone());
            entities.len() - 1
        }))
    }

    /// ```text
    /// const __FLYTEKIT_TARGET_0: __flytekit::Target<'static> = <double as __flytekit::Signature<_>>::TARGET;
    /// ```
    pub(super) fn constants(self) -> TokenStream {
        let entities = self.0.into_inner();
        let entities = entities.iter().enumerate().map(|(index, path)| {
            let (name, target) = (name(index), of_entity(path, "TARGET"));
            quote!(const #name: __flytekit::Target<'static> = #target;)
        });
        quote!(#(#entities)*)
    }
}

fn name(index: usize) -> Ident {
    Ident::new(&format!("__FLYTEKIT_TARGET_{index}"), Span::call_site())
}
