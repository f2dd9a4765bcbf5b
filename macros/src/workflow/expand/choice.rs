//! Branches as constants of the runtime's model.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::BinOp;
use syn::ext::IdentExt;

use super::descriptor::{constant, node, of_entity, promise};
use super::map;
use super::targets::Targets;
use crate::emit::types;
use crate::syntax::parameter::Input;
use crate::workflow::model::value::{
    Case, Choice, Condition, Giver, Gives, Otherwise, Promise, Run, Side, Step, Value,
};

/// `target: __flytekit::Target::Branch(…),`
pub(super) fn target(choice: &Choice, inputs: &[Input], targets: &Targets) -> TokenStream {
    let looked_at = looked_at(choice);
    let looked_at = looked_at.iter().map(|it| promise(it, inputs));
    let cases = choice.cases.iter().map(
        |Case {
             condition, side, ..
         }| {
            let condition = self::condition(condition, false, inputs);
            let then = node(&side.node, inputs, targets);
            quote!(__flytekit::Case { condition: #condition, then: &#then })
        },
    );
    let otherwise = match &choice.otherwise {
        Otherwise::Node(side) => {
            let otherwise = node(&side.node, inputs, targets);
            quote!(Node(&#otherwise))
        }
        Otherwise::Fail(message, _) => quote!(Fail(#message)),
    };
    let branch = quote! {
        __flytekit::Branch {
            inputs: &[#(#looked_at),*],
            cases: &[#(#cases),*],
            otherwise: __flytekit::Otherwise::#otherwise,
        }
    };
    let branch = same_outputs(choice, &branch).unwrap_or(branch);
    quote!(target: __flytekit::Target::Branch(#branch),)
}

/// The compared values, without duplicates, by their names in the conditions.
fn looked_at(choice: &Choice) -> Vec<Promise> {
    let mut found = BTreeMap::new();
    for case in &choice.cases {
        case.condition.values(&mut |value| {
            value.promises(&mut |promise| {
                found
                    .entry(promise.operand())
                    .or_insert_with(|| promise.clone());
            });
        });
    }
    found.into_values().collect()
}

/// Compares the types of the sides' outputs if nothing uses them: rustc does not compare them then, but Flyte
/// does.
fn same_outputs(choice: &Choice, branch: &TokenStream) -> Option<TokenStream> {
    let mut entities = Vec::new();
    for Side {
        node, semicolon, ..
    } in choice.sides()
    {
        semicolon.as_ref()?;
        match &*node.run {
            Run::Call(call) => entities.push(of_entity(&call.path, "OUTPUTS")),
            Run::Map(map) => {
                let outputs = map::outputs(map.place);
                entities.push(quote!(#outputs));
            }
            Run::Choice(_) | Run::Gate(_) => {}
        }
    }
    let place = choice.cases.first()?.keyword.span;
    Some(quote_spanned!(place=> __flytekit::Branch::of_same_outputs(#branch, &[#(#entities),*])))
}

/// A `__flytekit::Condition`, or its negation.
fn condition(condition: &Condition, opposite: bool, inputs: &[Input]) -> TokenStream {
    match condition {
        Condition::Compare(left, operator, right) => {
            let comparison = comparison(operator, opposite);
            let ordered = !matches!(operator, BinOp::Eq(_) | BinOp::Ne(_));
            let (left, right) = (
                operand(left, ordered, inputs),
                operand(right, ordered, inputs),
            );
            quote! {
                __flytekit::Condition::Compare(#left, __flytekit::Comparison::#comparison, #right)
            }
        }
        Condition::Is(value) => {
            let (left, truth) = (operand(value, false, inputs), !opposite);
            quote! {
                __flytekit::Condition::Compare(
                    #left,
                    __flytekit::Comparison::Equal,
                    __flytekit::Operand::Constant(__flytekit::Constant::Boolean(#truth)),
                )
            }
        }
        Condition::And(left, _, right) => both("And", "Or", left, right, opposite, inputs),
        Condition::Or(left, _, right) => both("Or", "And", left, right, opposite, inputs),
        Condition::Not(_, condition) => self::condition(condition, !opposite, inputs),
    }
}

fn both(
    name: &str,
    opposite_name: &str,
    left: &Condition,
    right: &Condition,
    opposite: bool,
    inputs: &[Input],
) -> TokenStream {
    let name = if opposite { opposite_name } else { name };
    let name = Ident::new(name, Span::call_site());
    let (left, right) = (
        condition(left, opposite, inputs),
        condition(right, opposite, inputs),
    );
    quote!(__flytekit::Condition::#name(&#left, &#right))
}

fn comparison(operator: &BinOp, opposite: bool) -> Ident {
    let [name, other] = match operator {
        BinOp::Ne(_) => ["NotEqual", "Equal"],
        BinOp::Lt(_) => ["Less", "GreaterOrEqual"],
        BinOp::Le(_) => ["LessOrEqual", "Greater"],
        BinOp::Gt(_) => ["Greater", "LessOrEqual"],
        BinOp::Ge(_) => ["GreaterOrEqual", "Less"],
        _ => ["Equal", "NotEqual"],
    };
    Ident::new(if opposite { other } else { name }, Span::call_site())
}

/// A `__flytekit::Operand`, with a type that Flyte compares.
fn operand(value: &Value, ordered: bool, inputs: &[Input]) -> TokenStream {
    let written = value.span();
    let Some(promised) = value.promised() else {
        let known = value.constant().map(constant);
        return quote!(__flytekit::Operand::Constant(#known));
    };
    let tokens = promise(promised, inputs);
    let of = compared_type(promised, inputs);
    quote_spanned!(written=> __flytekit::compared(#of, #tokens, #ordered))
}

/// The type of a promise, or the outputs of its node.
fn compared_type(promised: &Promise, inputs: &[Input]) -> TokenStream {
    match &promised.giver {
        Giver::Input(name) => {
            let input = inputs.iter().find(|it| it.name == *name);
            let literal_type = input.map(|input| types::literal_type(&input.ty));
            quote!(__flytekit::Compared::Type(#literal_type))
        }
        Giver::Node { gives, .. } => match gives {
            Gives::OfEntity(path) => {
                let outputs = of_entity(path, "OUTPUTS");
                quote!(__flytekit::Compared::One(#outputs))
            }
            Gives::OfMap(place) => {
                let outputs = map::outputs(*place);
                quote!(__flytekit::Compared::One(#outputs))
            }
            Gives::One(ty) => {
                let literal_type = types::literal_type(ty);
                quote!(__flytekit::Compared::Type(#literal_type))
            }
            Gives::Same(value) => compared_type(value, inputs),
        },
    }
}

impl Promise {
    /// The name of the value in a condition, `.a` or `n0.o0`, as far as the macro knows it.
    fn operand(&self) -> String {
        let (node, same) = match &self.giver {
            Giver::Input(name) => return format!(".{name}"),
            Giver::Node { id, gives } => (id, gives),
        };
        let variable = match (&*self.steps, same) {
            ([Step::Field(name), ..], _) => name.unraw().to_string(),
            ([Step::Output(place) | Step::Position(place), ..], _) => format!("o{place}"),
            (_, Gives::Same(value)) => {
                let operand = value.operand();
                let variable = operand.rsplit('.').next();
                variable.unwrap_or_default().to_owned()
            }
            _ => "o0".to_owned(),
        };
        format!("{node}.{variable}")
    }
}
