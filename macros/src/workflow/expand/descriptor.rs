//! The graph as constants of the runtime's model.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, Path};

use super::places::ends;
use crate::emit::{here, location, names, types, variable};
use crate::syntax::value::ungrouped;
use crate::workflow::model::value::{Constant, Giver, List, Promise, Step, Value};
use crate::workflow::model::{Node, Workflow};

/// `__flytekit::WorkflowDescriptor { … }`
pub(super) fn of(workflow: &Workflow) -> TokenStream {
    let function = &workflow.function;
    let name = names::declared(&workflow.name, &function.name);
    let inputs = function.inputs.iter().map(variable);
    let outputs = variables(workflow);
    let defaults = defaults(workflow);
    let nodes = workflow.graph.nodes.iter().map(node);
    let results = results(workflow);
    let docs = (!function.docs.is_empty()).then(|| {
        let docs = &function.docs;
        quote!(docs: #docs,)
    });
    let location = location(&function.name);
    quote! {
        __flytekit::WorkflowDescriptor {
            name: #name,
            inputs: &[#(#inputs),*],
            #defaults
            outputs: #outputs,
            nodes: &[#(#nodes),*],
            results: #results,
            #docs
            location: #location,
            ..__flytekit::WorkflowDescriptor::DEFAULT
        }
    }
}

fn variables(workflow: &Workflow) -> TokenStream {
    let output = &workflow.function.output;
    quote_spanned! {output.span()=>
        <<#output as __flytekit::WorkflowReturns>::Outputs as __flytekit::Outputs<_>>::VARIABLES
    }
}

fn defaults(workflow: &Workflow) -> Option<TokenStream> {
    let defaults = workflow.defaults.iter().map(|(place, value)| {
        let input = &workflow.function.inputs[*place];
        let (name, ty, value) = (&input.name, &input.ty, binding(value));
        let literal_type = types::literal_type(ty);
        quote! {
            __flytekit::Argument { variable: #name, literal_type: #literal_type, value: #value }
        }
    });
    (!workflow.defaults.is_empty()).then(|| quote!(defaults: &[#(#defaults),*],))
}

/// ```text
/// __flytekit::Node {
///     id: "n1",
///     target: <double as __flytekit::Signature<_>>::TARGET,
///     arguments: &[__flytekit::argument(<double as __flytekit::Signature<_>>::INPUTS, 0, …)],
///     upstream: &["n0"],
///     ..__flytekit::Node::DEFAULT
/// }
/// ```
fn node(node: &Node) -> TokenStream {
    let Node { id, call, upstream } = node;
    let target = of_entity(&call.path, "TARGET");
    let inputs = of_entity(&call.path, "INPUTS");
    let arguments = call.arguments.iter().enumerate().map(|(place, value)| {
        let (place, value) = (Literal::usize_unsuffixed(place), binding(value));
        quote!(__flytekit::argument(#inputs, #place, #value))
    });
    let arguments = (!call.arguments.is_empty()).then(|| quote!(arguments: &[#(#arguments),*],));
    let upstream = (!upstream.is_empty()).then(|| quote!(upstream: &[#(#upstream),*],));
    quote! {
        __flytekit::Node {
            id: #id,
            target: #target,
            #arguments
            #upstream
            ..__flytekit::Node::DEFAULT
        }
    }
}

/// `<double as __flytekit::Signature<_>>::TARGET`, at the entity's name.
fn of_entity(path: &Path, item: &str) -> TokenStream {
    let place = ends(path).1;
    let item = syn::Ident::new(item, place);
    quote_spanned!(place=> <#path as __flytekit::Signature<_>>::#item)
}

/// What the workflow gives, in the order of its outputs.
fn results(workflow: &Workflow) -> TokenStream {
    let each = |values: &[Value]| {
        let values = values.iter().map(binding);
        quote!(&[#(#values),*])
    };
    match &workflow.graph.result {
        None => quote!(&[]),
        Some(Value::Ok(_, given)) => match &**given {
            Value::Tuple(_, values) => each(values),
            Value::Record { path, fields } => {
                let mut fields: Vec<_> = fields
                    .iter()
                    .map(|(name, value)| (name.unraw().to_string(), binding(value)))
                    .collect();
                fields.sort_by(|(left, _), (right, _)| left.cmp(right));
                let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
                let variables = variables(workflow);
                let named = quote_spanned!(here(path.span())=> __flytekit::named);
                quote!(#named(#variables, &[#(#names),*], &[#(#values),*]))
            }
            value => whole(value, workflow).unwrap_or_else(|| each(std::slice::from_ref(value))),
        },
        Some(value) => whole(value, workflow).unwrap_or_else(|| each(std::slice::from_ref(value))),
    }
}

/// All that a node gives.
fn whole(value: &Value, workflow: &Workflow) -> Option<TokenStream> {
    match value {
        Value::Called(promise, _) | Value::Promise(promise) if promise.steps.is_empty() => {
            let Giver::Node { id, entity } = &promise.giver else {
                return None;
            };
            let outputs = of_entity(entity, "OUTPUTS");
            let variables = variables(workflow);
            Some(quote!(&__flytekit::whole::<{ #variables.len() }>(#outputs, #id)))
        }
        Value::Place(value, _) => whole(value, workflow),
        _ => None,
    }
}

/// What is bound to an input: a `__flytekit::Binding`.
pub(crate) fn binding(value: &Value) -> TokenStream {
    match value {
        Value::Called(promise, _) | Value::Promise(promise) => {
            let promise = self::promise(promise);
            quote!(__flytekit::Binding::Promise(#promise))
        }
        Value::Place(value, _) | Value::Some(_, value) | Value::Ok(_, value) => binding(value),
        Value::Constant(constant) => {
            let constant = self::constant(constant);
            quote!(__flytekit::Binding::Constant(#constant))
        }
        Value::List(List { items, .. }) => {
            let items = items.iter().map(binding);
            quote!(__flytekit::Binding::List(&[#(#items),*]))
        }
        Value::Map { entries, .. } => {
            let entries = entries.iter().map(|(key, value)| {
                let value = binding(value);
                quote!((#key, #value))
            });
            quote!(__flytekit::Binding::Map(&[#(#entries),*]))
        }
        Value::Tuple(..) | Value::Record { .. } => {
            quote!(__flytekit::Binding::Constant(__flytekit::Constant::None))
        }
    }
}

fn promise(Promise { giver, steps }: &Promise) -> TokenStream {
    match (giver, &**steps) {
        (Giver::Input(name), _) => literal_promise("", name, steps),
        (Giver::Node { id, .. }, []) => literal_promise(id, "o0", &[]),
        (Giver::Node { id, .. }, [Step::Output(place), rest @ ..]) => {
            literal_promise(id, &format!("o{place}"), rest)
        }
        (Giver::Node { id, entity }, steps) => {
            let outputs = of_entity(entity, "OUTPUTS");
            let steps = steps.iter().map(step);
            quote!(__flytekit::part(#outputs, #id, &[#(#steps),*]))
        }
    }
}

fn literal_promise(node: &str, variable: &str, steps: &[Step]) -> TokenStream {
    let steps = steps.iter().map(step);
    quote! {
        __flytekit::Promise { node: #node, variable: #variable, path: &[#(#steps),*] }
    }
}

fn step(step: &Step) -> TokenStream {
    match step {
        Step::Field(name) => {
            let name = name.unraw().to_string();
            quote!(__flytekit::Step::Field(#name))
        }
        Step::Key(key) => quote!(__flytekit::Step::Field(#key)),
        Step::Output(place) | Step::Position(place) => {
            let place = Literal::usize_unsuffixed(*place);
            quote!(__flytekit::Step::Index(#place))
        }
        Step::Index(index) => {
            let index = Literal::i32_unsuffixed(*index);
            quote!(__flytekit::Step::Index(#index))
        }
    }
}

/// A `__flytekit::Constant`.
fn constant(constant: &Constant) -> TokenStream {
    match constant {
        Constant::Literal(expr) => literal(expr),
        Constant::Text(text) => quote!(__flytekit::Constant::String(#text)),
        Constant::Expr(expr) => {
            let (first, last) = ends(expr);
            let reader = quote_spanned!(first=> __flytekit::reader(&#expr));
            let constant = quote_spanned!(last=> .constant(&#expr));
            quote!(#reader #constant)
        }
        Constant::None(_) => quote!(__flytekit::Constant::None),
    }
}

/// A number or a truth; numbers without their suffix, which says a type that rustc checks elsewhere.
fn literal(expr: &Expr) -> TokenStream {
    let (negative, lit) = match ungrouped(expr) {
        Expr::Unary(unary) => (true, ungrouped(&unary.expr)),
        other => (false, other),
    };
    let minus = negative.then(|| quote!(-));
    let Expr::Lit(ExprLit { lit, .. }) = lit else {
        return expr.to_token_stream();
    };
    match lit {
        Lit::Bool(truth) => quote!(__flytekit::Constant::Boolean(#truth)),
        Lit::Int(int) if int.suffix().starts_with('f') => float(minus, int.base10_digits()),
        Lit::Float(number) => float(minus, number.base10_digits()),
        Lit::Int(int) => {
            // What is larger than any of Flyte's is refused where rustc checks the body.
            let digits = int.base10_parse::<u64>().map(Literal::u64_unsuffixed);
            let digits = digits.unwrap_or_else(|_| Literal::u64_unsuffixed(0));
            quote!(__flytekit::Constant::Integer(#minus #digits))
        }
        other => other.to_token_stream(),
    }
}

fn float(minus: Option<TokenStream>, digits: &str) -> TokenStream {
    let digits = digits.parse().map(Literal::f64_unsuffixed);
    let digits = digits.unwrap_or_else(|_| Literal::f64_unsuffixed(0.0));
    quote!(__flytekit::Constant::Float(#minus #digits))
}
