//! The names of waits: one answer counts for all waits with the same name in an execution.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use crate::emit::here;
use crate::workflow::model::value::{Gate, GateKind, Run};
use crate::workflow::model::{Graph, Node};

/// ```text
/// __flytekit::another_signal("sure", &["limit"]);
/// ```
pub(super) fn told_apart(graph: &Graph) -> TokenStream {
    let (mut before, mut checks) = (Vec::new(), TokenStream::new());
    for node in &graph.nodes {
        check(node, &mut before, &mut checks);
    }
    checks
}

/// Compares the names of a node's waits with those that may be answered `before`, and adds them there. Only
/// one of the sides of an `if` runs, so they may have the same name.
fn check<'n>(node: &'n Node, before: &mut Vec<&'n Expr>, checks: &mut TokenStream) {
    match &*node.run {
        Run::Gate(gate) => {
            let Some(signal) = signal(gate) else { return };
            if !before.is_empty() {
                let place = here(signal.span());
                let others = quote!(&[#(#before),*]);
                let call = quote_spanned!(place=> __flytekit::another_signal(#signal, #others));
                checks.extend(quote!(#call;));
            }
            before.push(signal);
        }
        Run::Choice(choice) => {
            let outside = before.len();
            let mut of_sides = Vec::new();
            for side in choice.sides() {
                check(&side.node, before, checks);
                of_sides.extend(before.drain(outside..));
            }
            before.extend(of_sides);
        }
        Run::Call(_) | Run::Map(_) => {}
    }
}

fn signal(gate: &Gate) -> Option<&Expr> {
    match &gate.kind {
        GateKind::Approve { signal, .. } | GateKind::Input { signal, .. } => Some(&signal.it),
        GateKind::Sleep(_) => None,
    }
}
