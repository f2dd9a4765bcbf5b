//! Refuses the mistakes that only dynamic tasks can have.

use syn::spanned::Spanned;

use super::read::is_graph;
use crate::syntax::error::{Sink, at};
use crate::syntax::function::Source;
use crate::syntax::signature::typed;
use crate::task::read::TaskOptions;

/// ```text
/// #[dynamic] fn f(n: i64)                          a dynamic task builds a graph: …
/// #[dynamic(container(…))] fn f(graph: &mut Graph)  the function of a dynamic task builds its graph, …
/// ```
pub(crate) fn check(options: &TaskOptions, source: &Source, sink: &mut Sink) {
    if options.engine.declared().is_some() {
        sink.push(at(
            source.sig.ident.span(),
            "the function of a dynamic task builds its graph, so a program or an executor of another image cannot replace it: call a task that has one",
        ));
    }
    let first = typed(&source.sig).next();
    if !first.is_some_and(is_graph) {
        let place = first.map_or_else(
            || source.sig.paren_token.span.join(),
            |parameter| parameter.ty.span(),
        );
        sink.push(at(
            place,
            "a dynamic task builds a graph: its first parameter is `graph: &mut Graph`",
        ));
    }
}
