//! Constants that nodes share, with the entities, the values and the ids that they refer to. For rustc, a
//! name costs less than a path into a trait, and a part of a constant less than a reference to another one.

use std::cell::RefCell;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use syn::{Expr, ExprLit, Lit, Path};

use super::descriptor::{self, constant};
use crate::emit::wire;
use crate::syntax::parameter::Input;
use crate::syntax::value::ungrouped;
use crate::workflow::model::value::{Call, Constant, Giver, Gives, Promise, Step, Value};

#[derive(Default)]
pub(super) struct Tables {
    entities: RefCell<Vec<Path>>,
    values: RefCell<Vec<TokenStream>>,
    upstream: RefCell<Vec<String>>,
}

impl Tables {
    /// The constant with the base of this entity's nodes.
    pub(super) fn base(&self, path: &Path) -> Ident {
        let mut entities = self.entities.borrow_mut();
        let known = entities.iter().position(|it| it == path);
        base(known.unwrap_or_else(|| {
            entities.push(path.clone());
            entities.len() - 1
        }))
    }

    /// `__flytekit::Slice { table: __FLYTEKIT_VALUES, from: 2, to: 4 }`
    pub(super) fn values(&self, call: Option<&Call>, inputs: &[Input]) -> TokenStream {
        let arguments = call.map_or(&[][..], |call| &call.arguments);
        if let Some(plain) = arguments.iter().map(plain).collect() {
            return slice(&self.values, plain, &quote!(__FLYTEKIT_VALUES));
        }
        // rustc reports a mistake in a constant once, in the constant of the workflow.
        let values = arguments.iter();
        let values = values.map(|it| descriptor::binding(it, inputs));
        let to = Literal::usize_unsuffixed(arguments.len());
        quote!(__flytekit::Slice { table: &[#(#values),*], from: 0, to: #to })
    }

    /// `__flytekit::Slice { table: __FLYTEKIT_UPSTREAM, from: 1, to: 2 }`
    pub(super) fn upstream(&self, ids: &[String]) -> TokenStream {
        slice(&self.upstream, ids.to_vec(), &quote!(__FLYTEKIT_UPSTREAM))
    }

    /// ```text
    /// const __FLYTEKIT_BASE_0: &__flytekit::Base<'static> = &<double as __flytekit::Signature<_>>::BASE;
    /// const __FLYTEKIT_VALUES: &[__flytekit::Binding<'static>] = &[…];
    /// const __FLYTEKIT_UPSTREAM: &[&::core::primitive::str] = &["n0", …];
    /// ```
    pub(super) fn constants(self) -> TokenStream {
        let entities = self.entities.into_inner();
        let entities = entities.iter().enumerate().map(|(index, path)| {
            let (name, base) = (base(index), descriptor::of_entity(path, "BASE"));
            quote!(const #name: &__flytekit::Base<'static> = &#base;)
        });
        let (values, upstream) = (self.values.into_inner(), self.upstream.into_inner());
        let values = (!values.is_empty()).then(|| {
            quote! {
                const __FLYTEKIT_VALUES: &[__flytekit::Binding<'static>] = &[#(#values),*];
            }
        });
        let upstream = (!upstream.is_empty()).then(|| {
            quote! {
                const __FLYTEKIT_UPSTREAM: &[&::core::primitive::str] = &[#(#upstream),*];
            }
        });
        quote!(#(#entities)* #values #upstream)
    }
}

fn base(index: usize) -> Ident {
    Ident::new(&format!("__FLYTEKIT_BASE_{index}"), Span::call_site())
}

/// Adds these to a table, and returns their part of it.
fn slice<T>(table: &RefCell<Vec<T>>, more: Vec<T>, name: &TokenStream) -> TokenStream {
    if more.is_empty() {
        return quote!(__flytekit::Slice::NONE);
    }
    let mut table = table.borrow_mut();
    let from = Literal::usize_unsuffixed(table.len());
    table.extend(more);
    let to = Literal::usize_unsuffixed(table.len());
    quote!(__flytekit::Slice { table: #name, from: #from, to: #to })
}

/// The binding of a plain value, in which rustc cannot find a mistake.
fn plain(value: &Value) -> Option<TokenStream> {
    match value {
        Value::Run(promise, _) | Value::Promise(promise) => whole(promise),
        Value::Place(value, _) | Value::Some(_, _, value) => plain(value),
        Value::Constant(it) => {
            let is_plain = match it {
                Constant::Literal(expr) => is_in_range(expr),
                Constant::Text(_) | Constant::None(_) => true,
                Constant::Expr(_) | Constant::Calculated(_) => false,
            };
            let constant = is_plain.then(|| constant(it))?;
            Some(quote!(__flytekit::Binding::Constant(#constant)))
        }
        _ => None,
    }
}

/// ```text
/// __flytekit::Binding::Encoded(b"\x12\x0a\x1a\x08\x0a\x02n0\x12\x02o0")
/// ```
fn whole(Promise { giver, steps }: &Promise) -> Option<TokenStream> {
    let (node, variable) = match (giver, &**steps) {
        (Giver::Input(name), []) => ("", name.clone()),
        (Giver::Node { id, gives }, []) if !matches!(gives, Gives::Same(_)) => {
            (&**id, "o0".to_owned())
        }
        (
            Giver::Node {
                id,
                gives: Gives::OfEntity(_),
            },
            [Step::Output(place)],
        ) => (&**id, format!("o{place}")),
        _ => return None,
    };
    let mut reference = Vec::new();
    if !node.is_empty() {
        reference.extend(wire::field(1, node.as_bytes()));
    }
    reference.extend(wire::field(2, variable.as_bytes()));
    let encoded = wire::literal(&wire::field(2, &wire::field(3, &reference)));
    Some(quote!(__flytekit::Binding::Encoded(#encoded)))
}

/// Whether a number is within Flyte's range.
fn is_in_range(expr: &Expr) -> bool {
    let lit = match ungrouped(expr) {
        Expr::Unary(unary) => ungrouped(&unary.expr),
        other => other,
    };
    match lit {
        Expr::Lit(ExprLit {
            lit: Lit::Int(int), ..
        }) => int.base10_parse::<i64>().is_ok(),
        _ => true,
    }
}
