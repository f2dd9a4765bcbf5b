//! The graph as constants of the runtime's model.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprLit, Lit, Path, Stmt, Token, Type};

use super::places::ends;
use super::targets::Targets;
use super::{calls, choice, map, overrides};
use crate::emit::checked::{checked, pairs};
use crate::emit::{docs, here, location, names, types, variable, wire};
use crate::syntax::parameter::Input;
use crate::syntax::value::{Text, ungrouped};
use crate::workflow::model::value::{
    Constant, Entry, Gate, GateKind, Giver, Gives, Known, List, Promise, Run, Step, Value,
};
use crate::workflow::model::{Node, Workflow};
use crate::workflow::read::FailurePolicy;
use crate::workflow::read::function::Function;

/// `__flytekit::WorkflowDescriptor { … }`
pub(super) fn of(workflow: &Workflow, targets: &Targets) -> TokenStream {
    let function = &workflow.function;
    let name = names::declared(&workflow.name, &function.name);
    let inputs = function.inputs.iter().map(variable);
    let outputs = variables(workflow);
    let defaults = defaults(function, &workflow.defaults);
    let nodes = calls::nodes(&workflow.graph.nodes, &function.inputs, targets);
    let results = results(workflow);
    let docs = docs(&function.docs);
    let location = location(&function.name);
    let options = options(workflow);
    quote! {
        __flytekit::WorkflowDescriptor {
            name: #name,
            inputs: &[#(#inputs),*],
            #defaults
            outputs: #outputs,
            #nodes
            results: #results,
            #options
            #docs
            location: #location,
            ..__flytekit::WorkflowDescriptor::DEFAULT
        }
    }
}

/// `interruptible: true, on_failure: Some(…), …`
fn options(workflow: &Workflow) -> TokenStream {
    let interruptible = workflow.interruptible.as_ref();
    let interruptible = interruptible.map(|flag| quote!(interruptible: #flag,));
    let failure_policy = workflow.failure_policy.as_ref().map(|FailurePolicy(word)| {
        let variant = if word == FailurePolicy::WORDS[0] {
            quote!(FailImmediately)
        } else {
            quote!(FailAfterExecutableNodesComplete)
        };
        quote!(failure_policy: __flytekit::FailurePolicy::#variant,)
    });
    let tags = pairs(&workflow.tags, "labels").map(|tags| quote!(tags: #tags,));
    let on_failure = workflow.on_failure.as_ref().map(|path| {
        let (target, taken) = (of_entity(path, "TARGET"), of_entity(path, "INPUTS"));
        let inputs = workflow.function.inputs.iter().map(variable);
        let (first, last) = ends(path);
        let function = quote_spanned! {first=>
            __flytekit::failure_arguments::<{ #taken.len() }>
        };
        let arguments = quote_spanned!(last=> (#taken, &[#(#inputs),*]));
        quote! {
            on_failure: ::core::option::Option::Some(&__flytekit::Node {
                id: "fn0",
                target: #target,
                arguments: &#function #arguments,
                ..__flytekit::Node::DEFAULT
            }),
        }
    });
    quote!(#interruptible #failure_policy #tags #on_failure)
}

fn variables(workflow: &Workflow) -> TokenStream {
    let output = &workflow.function.output;
    quote_spanned! {output.span()=>
        <<#output as __flytekit::WorkflowReturns>::Outputs as __flytekit::Outputs<_>>::VARIABLES
    }
}

/// The defaults: constants, by the indexes of the inputs.
pub(crate) fn defaults(function: &Function, defaults: &[(usize, Value)]) -> Option<TokenStream> {
    let each = defaults.iter().map(|(place, value)| {
        let input = &function.inputs[*place];
        let (name, value) = (&input.name, binding(value, &[]));
        let literal_type = types::literal_type(&input.ty);
        quote! {
            __flytekit::Argument { variable: #name, literal_type: #literal_type, value: #value }
        }
    });
    (!defaults.is_empty()).then(|| quote!(defaults: &[#(#each),*],))
}

/// ```text
/// __flytekit::Node {
///     id: "n1",
///     values: &[…],
///     upstream: &["n0"],
///     target: __FLYTEKIT_TARGET_0,
///     ..__flytekit::Node::DEFAULT
/// }
/// ```
pub(super) fn node(node: &Node, inputs: &[Input], targets: &Targets) -> TokenStream {
    let Node {
        id,
        run,
        upstream,
        settings,
    } = node;
    let (call, target) = match &**run {
        Run::Call(call) => {
            let target = targets.name(&call.path);
            (Some(call), quote!(target: #target,))
        }
        Run::Map(map) => (None, map::target(map, inputs)),
        Run::Choice(choice) => (None, choice::target(choice, inputs, targets)),
        Run::Gate(gate) => (None, gate_target(gate, inputs)),
    };
    let values = call.map_or(&[][..], |call| &call.arguments).iter();
    let values = values.map(|it| match calls::whole(it) {
        Some(encoded) => {
            let encoded = wire::literal(&encoded);
            quote!(__flytekit::Binding::Encoded(#encoded))
        }
        None => binding(it, inputs),
    });
    let settings = settings.as_ref();
    let settings = settings.map(|it| overrides::fields(it, call.map(|call| &call.path)));
    quote! {
        __flytekit::Node {
            id: #id,
            values: &[#(#values),*],
            upstream: &[#(#upstream),*],
            #target
            #settings
            ..__flytekit::Node::DEFAULT
        }
    }
}

fn gate_target(gate: &Gate, inputs: &[Input]) -> TokenStream {
    let gate = match &gate.kind {
        GateKind::Approve { value, signal } => {
            let written = value.span();
            let (value, signal) = (value.promised(), named(&signal.it));
            let value = value.map(|it| promise(it, inputs));
            let value = quote_spanned!(written=> __flytekit::approvable(#value));
            quote!(Approve { signal: #signal, value: #value })
        }
        GateKind::Input { ty, signal } => {
            let (literal_type, signal) = (types::literal_type(ty), named(&signal.it));
            quote!(Input { signal: #signal, literal_type: #literal_type })
        }
        GateKind::Sleep(length) => {
            let length = &length.it;
            quote!(Sleep(#length))
        }
    };
    quote!(target: __flytekit::Target::Gate(__flytekit::Gate::#gate),)
}

/// The name of a signal, which is not empty.
fn named(signal: &Expr) -> TokenStream {
    let text = Text::from_value(signal);
    text.map_or_else(
        || signal.to_token_stream(),
        |text| checked(&text, "non_empty"),
    )
}

/// `<double as __flytekit::Signature<_>>::TARGET`, at the entity's name.
pub(super) fn of_entity(path: &Path, item: &str) -> TokenStream {
    let place = ends(path).1;
    let item = syn::Ident::new(item, place);
    quote_spanned!(place=> <#path as __flytekit::Signature<_>>::#item)
}

/// The results of the workflow, in the order of its outputs.
fn results(workflow: &Workflow) -> TokenStream {
    let inputs = &workflow.function.inputs;
    let each = |values: &[Value]| {
        let values = values.iter().map(|it| binding(it, inputs));
        quote!(&[#(#values),*])
    };
    match &workflow.graph.result {
        None => quote!(&[]),
        Some(Value::Ok(_, _, given)) => match &**given {
            Value::Tuple(_, values) => each(values),
            Value::Record { path, fields, .. } => {
                let mut fields: Vec<_> = fields
                    .iter()
                    .map(|(name, value)| (name.unraw().to_string(), binding(value, inputs)))
                    .collect();
                fields.sort_by(|(left, _), (right, _)| left.cmp(right));
                let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
                let variables = variables(workflow);
                let checked = quote_spanned!(here(path.span())=> __flytekit::named);
                quote!(#checked(#variables, &[#(#names),*], &[#(#values),*]))
            }
            value => whole(value, workflow).unwrap_or_else(|| each(std::slice::from_ref(value))),
        },
        Some(value) => whole(value, workflow).unwrap_or_else(|| each(std::slice::from_ref(value))),
    }
}

/// All outputs of a node.
fn whole(value: &Value, workflow: &Workflow) -> Option<TokenStream> {
    match value {
        Value::Run(promise, _) | Value::Promise(promise) if promise.steps.is_empty() => {
            let Giver::Node { id, gives } = &promise.giver else {
                return None;
            };
            let outputs = outputs(gives)?;
            let variables = variables(workflow);
            Some(quote!(&__flytekit::whole::<{ #variables.len() }>(#outputs, #id)))
        }
        Value::Place(value, _) => whole(value, workflow),
        _ => None,
    }
}

/// The outputs of an entity, or of a map.
fn outputs(gives: &Gives) -> Option<TokenStream> {
    match gives {
        Gives::OfEntity(entity) => Some(of_entity(entity, "OUTPUTS")),
        Gives::OfMap(place) => {
            let outputs = map::outputs(*place);
            Some(quote!(#outputs))
        }
        Gives::One(_) | Gives::Same(_) => None,
    }
}

/// The binding of an input: a `__flytekit::Binding`.
pub(super) fn binding(value: &Value, inputs: &[Input]) -> TokenStream {
    match value {
        Value::Run(promise, _) | Value::Promise(promise) => {
            let promise = self::promise(promise, inputs);
            quote!(__flytekit::Binding::Promise(#promise))
        }
        Value::Place(value, _) | Value::Some(_, _, value) | Value::Ok(_, _, value) => {
            binding(value, inputs)
        }
        Value::Constant(constant) => {
            let constant = self::constant(constant);
            quote!(__flytekit::Binding::Constant(#constant))
        }
        Value::List(List { items, .. }) => {
            let items = items.iter().map(|it| binding(it, inputs));
            quote!(__flytekit::Binding::List(&[#(#items),*]))
        }
        Value::Map { entries, .. } => {
            let entries = entries.iter().map(|Entry { key, value, .. }| {
                let (key, value) = (&key.it, binding(value, inputs));
                quote!((#key, #value))
            });
            quote!(__flytekit::Binding::Map(&[#(#entries),*]))
        }
        Value::Record { path, fields, .. } => {
            let fields = fields.iter().map(|(name, value)| {
                let (name, value) = (name.unraw().to_string(), binding(value, inputs));
                quote!((#name, #value))
            });
            quote_spanned!(here(path.span())=> __flytekit::object(&[#(#fields),*]))
        }
        Value::Tuple(..) => {
            quote!(__flytekit::Binding::Constant(__flytekit::Constant::None))
        }
    }
}

pub(super) fn promise(Promise { giver, steps }: &Promise, inputs: &[Input]) -> TokenStream {
    let (id, gives) = match giver {
        Giver::Input(name) => {
            let input = inputs.iter().find(|input| input.name == *name);
            let ty = input.map(|input| &input.ty);
            return literal_promise("", name, ty, steps);
        }
        Giver::Node { id, gives } => (id, gives),
    };
    match (gives, &**steps) {
        (Gives::Same(value), steps) => {
            let value = promise(value, inputs);
            let steps = steps.iter().map(step);
            quote!(__flytekit::approved(#id, #value, &[#(#steps),*]))
        }
        (Gives::OfEntity(_) | Gives::OfMap(_), []) => literal_promise(id, "o0", None, &[]),
        (Gives::OfEntity(_), [Step::Output(place)]) => {
            literal_promise(id, &format!("o{place}"), None, &[])
        }
        (Gives::One(ty), steps) => literal_promise(id, "o0", Some(ty), steps),
        (Gives::OfEntity(_) | Gives::OfMap(_), steps) => {
            let outputs = outputs(gives);
            let steps = steps.iter().map(step);
            quote! {
                __flytekit::part(
                    #outputs,
                    #id,
                    &__flytekit::output_path(#outputs, [#(#steps),*]),
                )
            }
        }
    }
}

fn literal_promise(node: &str, variable: &str, ty: Option<&Type>, steps: &[Step]) -> TokenStream {
    let path = match ty {
        Some(ty) if !steps.is_empty() => {
            let (literal_type, steps) = (types::literal_type(ty), steps.iter().map(step));
            quote!(&__flytekit::path(#literal_type, [#(#steps),*]))
        }
        _ => quote!(&[]),
    };
    quote!(__flytekit::Promise { node: #node, variable: #variable, path: #path })
}

fn step(step: &Step) -> TokenStream {
    match step {
        Step::Field(name) => {
            let name = name.unraw().to_string();
            quote!(__flytekit::Step::Field(#name))
        }
        Step::Key(key) => quote!(__flytekit::Step::Field(#key)),
        Step::Output(place) | Step::Position(place) => {
            let name = format!("o{place}");
            quote!(__flytekit::Step::Field(#name))
        }
        Step::Index(index) => {
            let index = Literal::i32_unsuffixed(*index);
            quote!(__flytekit::Step::Index(#index))
        }
    }
}

/// A `__flytekit::Constant`.
pub(super) fn constant(constant: &Constant) -> TokenStream {
    match constant {
        Constant::Literal(expr) => literal(expr),
        Constant::Text(text) => quote!(__flytekit::Constant::String(#text)),
        Constant::Expr(Known { it: expr, .. }) | Constant::Calculated(Known { it: expr, .. }) => {
            if let Some(kind) = number(expr) {
                return quote!(__flytekit::Constant::#kind(#expr));
            }
            let (first, last) = ends(expr);
            let written = match ungrouped(expr) {
                Expr::Binary(_) | Expr::Unary(_) | Expr::Cast(_) => quote!((#expr)),
                _ => expr.to_token_stream(),
            };
            let reader = quote_spanned!(first=> __flytekit::reader(&#written));
            let constant = if let Some(given) = given_to_constant(expr) {
                let given = given.iter();
                quote_spanned!(last=> .written(&#written, (#(#given,)*)))
            } else {
                quote_spanned!(last=> .constant(&#written))
            };
            quote!(#reader #constant)
        }
        Constant::None(_) => quote!(__flytekit::Constant::None),
    }
}

/// The arguments of `Date::constant(2026, 1, 31)`. The times of `jiff` have no const functions that read
/// their parts, so the macro passes the arguments on.
fn given_to_constant(expr: &Expr) -> Option<&Punctuated<Expr, Token![,]>> {
    let Expr::Call(call) = ungrouped(expr) else {
        return None;
    };
    let Expr::Path(function) = ungrouped(&call.func) else {
        return None;
    };
    let last = function.path.segments.last()?;
    (last.ident == "constant").then_some(&call.args)
}

/// The kind of constant of a calculation with literals only, which have no type by which a reader could be
/// found.
fn number(expr: &Expr) -> Option<Ident> {
    match ungrouped(expr) {
        Expr::Lit(ExprLit { lit, .. }) => {
            let (kind, suffix) = match lit {
                Lit::Int(int) => ("Integer", int.suffix()),
                Lit::Float(float) => ("Float", float.suffix()),
                _ => return None,
            };
            let kind = Ident::new(kind, Span::call_site());
            suffix.is_empty().then_some(kind)
        }
        Expr::Paren(inner) => number(&inner.expr),
        Expr::Unary(unary) => number(&unary.expr),
        Expr::Binary(binary) if is_arithmetic(&binary.op) => {
            number(&binary.left).filter(|_| number(&binary.right).is_some())
        }
        Expr::Const(block) => match &*block.block.stmts {
            [Stmt::Expr(expr, None)] => number(expr),
            _ => None,
        },
        _ => None,
    }
}

fn is_arithmetic(operator: &BinOp) -> bool {
    use BinOp::{Add, BitAnd, BitOr, BitXor, Div, Mul, Rem, Shl, Shr, Sub};

    matches!(
        operator,
        Add(_)
            | Sub(_)
            | Mul(_)
            | Div(_)
            | Rem(_)
            | BitAnd(_)
            | BitOr(_)
            | BitXor(_)
            | Shl(_)
            | Shr(_)
    )
}

/// A number or a boolean; numbers lose their suffix, a type that rustc checks elsewhere.
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
        Lit::Int(int) if int.suffix().starts_with('f') => {
            float(minus.as_ref(), int.base10_digits())
        }
        Lit::Float(number) => float(minus.as_ref(), number.base10_digits()),
        Lit::Int(int) => {
            // A number beyond Flyte's range is refused where rustc checks the body.
            let digits = int.base10_parse::<u64>().map(Literal::u64_unsuffixed);
            let digits = digits.unwrap_or_else(|_| Literal::u64_unsuffixed(0));
            quote!(__flytekit::Constant::Integer(#minus #digits))
        }
        other => other.to_token_stream(),
    }
}

fn float(minus: Option<&TokenStream>, digits: &str) -> TokenStream {
    let digits = digits.parse().map(Literal::f64_unsuffixed);
    let digits = digits.unwrap_or_else(|_| Literal::f64_unsuffixed(0.0));
    quote!(__flytekit::Constant::Float(#minus #digits))
}
