//! `engine = path::to::Engine, config = CONST`: an engine of another crate.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Path};

use super::{Beside, EngineUse, InTemplate, Parts};
use crate::emit::here;
use crate::syntax::error::{Sink, at};
use crate::syntax::group::options;
use crate::syntax::value::{ConstExpr, ItemPath};

options! {
    /// `engine = my::Ray, config = RayConfig::new(4)`
    pub(crate) struct OpenOptions {
        engine: ItemPath,
        config: ConstExpr,
    }
}

#[derive(Debug)]
struct Open {
    path: Path,
    config: Option<Expr>,
}

impl OpenOptions {
    /// The span of the engine.
    pub(super) fn place(&self) -> Option<Span> {
        self.engine.as_ref().map(|engine| engine.0.span())
    }

    /// ```text
    /// #[task(config = CONFIG)]   `config` is the configuration of an engine: …
    /// ```
    pub(super) fn resolve(self, sink: &mut Sink) -> Option<EngineUse> {
        let config = self.config.map(|config| config.0);
        let Some(ItemPath(path)) = self.engine else {
            let reason = "`config` is the configuration of an engine that is named by `engine = path::to::Engine`";
            sink.extend(config.map(|config| at(config.span(), reason)));
            return None;
        };
        Some(EngineUse {
            place: path.span(),
            no_session: None,
            not_async: None,
            in_template: match &config {
                None => InTemplate::Nothing,
                Some(config) => InTemplate::CustomAndPod(config.span()),
            },
            is_bare: false,
            parts: Box::new(Open { path, config }),
        })
    }
}

impl Parts for Open {
    fn engine(&self, _: Span) -> TokenStream {
        self.path.to_token_stream()
    }

    fn config(&self, place: Span) -> TokenStream {
        match &self.config {
            None => quote_spanned!(here(place)=> ()),
            Some(config) => config.to_token_stream(),
        }
    }

    /// Checks that the session does not block, which its type declares.
    fn const_checks(&self, _: &Ident, beside: &Beside<'_>) -> TokenStream {
        let Some(asyncness) = beside.asyncness else {
            return TokenStream::new();
        };
        quote_spanned! {here(asyncness)=>
            const _: () = ::core::assert!(
                !<__FlytekitEngine as __flytekit::Engine>::BLOCKING,
                "the session of this engine blocks its thread, so the task cannot be `async`"
            );
        }
    }
}
