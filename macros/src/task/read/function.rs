//! Parses the function of a task: its inputs and its outputs.

use darling::Error;
use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::{Attribute, PatType, Type, TypeReference, Visibility};

use crate::dynamic;
use crate::engines::engine_of_session;
use crate::syntax::docs;
use crate::syntax::error::{Sink, at};
use crate::syntax::function::Source;
use crate::syntax::parameter::Input;
use crate::syntax::signature::{self, Body, Refusals, TASK_AND_WORKER_FN, TASK_AND_WORKFLOW};
use crate::syntax::types::{owned_instead, ungrouped};
use crate::task::Kind;

pub(crate) const REFUSALS: Refusals = Refusals {
    rivals: &[
        ("worker_fn", TASK_AND_WORKER_FN),
        ("workflow", TASK_AND_WORKFLOW),
        ("dynamic", dynamic::TASK_AND_DYNAMIC),
    ],
    no_body: "a task needs a body",
    generic: "a task cannot be generic: Flyte calls it by one name, with types that are known when it is compiled",
    constness: "a task cannot be a `const fn`: it is called by Flyte, at run time",
    asyncness: None,
    safety: "a task cannot be unsafe: Flyte calls it with any inputs, and does not check a contract",
    abi: "a task cannot be `extern`: it is called from Rust",
    variadic: "a task cannot be variadic: its inputs are known when it is compiled",
    method: "a task cannot be a method: put the function outside of the `impl` block",
    conditional_parameter: "a parameter of a task cannot be conditional: put `cfg` on the whole function",
    default: None,
    impl_parameter: "an input cannot be `impl Trait`: its type is part of the task's interface, so name it",
    impl_output: "a task's output cannot be `impl Trait`: its type is part of the task's interface, so name it",
    borrowed_output: |reference| {
        format!(
            "a task's output is owned, because it is written after the function has returned: return {}",
            owned_instead(reference)
        )
    },
};

/// The parts of the function that later stages need.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: Ident,
    pub(crate) vis: Visibility,
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) docs: String,
    /// The span of `async`.
    pub(crate) asyncness: Option<Span>,
    /// The graph that it builds.
    pub(crate) graph: Option<GraphParameter>,
    pub(crate) session: Option<Session>,
    pub(crate) inputs: Vec<Input>,
    /// The return type.
    pub(crate) returned: Type,
    /// The type of the task's outputs: the return type, unless the function builds a graph.
    pub(crate) output: Type,
}

/// A first parameter by `&mut`.
#[derive(Debug)]
pub(crate) struct GraphParameter {
    pub(crate) span: Span,
}

impl GraphParameter {
    fn of(parameter: &PatType) -> Self {
        GraphParameter {
            span: parameter.ty.span(),
        }
    }
}

/// A first parameter by reference.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) ty: Type,
    pub(crate) span: Span,
    /// Its lifetime, if there is one.
    pub(crate) lifetime: Option<Span>,
    /// The type to write if it should be an input.
    pub(crate) owned_instead: String,
}

impl Function {
    /// Parses the function, and removes the parts that rustc would not accept: the documentation and the
    /// defaults of parameters.
    pub(crate) fn read(kind: Kind, source: &mut Source, body: &Body, sink: &mut Sink) -> Self {
        let (_, refusals) = kind.attribute();
        signature::declare(source, body, sink);
        refusals.qualifiers(source, body, sink);
        let returned = refusals.output_type(&source.sig, sink);
        let output = match kind {
            Kind::Plain => returned.clone(),
            Kind::Dynamic => dynamic::output(&returned),
        };
        let conditions = source.conditions().cloned().collect();
        let vis = source.vis.clone();
        let Source { attrs, sig, .. } = source;
        let (mut graph, mut session) = (None, None);
        let mut inputs = Vec::new();
        let mut parameters = signature::typed_mut(sig).peekable();
        if kind == Kind::Dynamic {
            graph = parameters
                .next_if(|first| dynamic::is_graph(first))
                .map(|first| GraphParameter::of(first));
        }
        for (index, parameter) in parameters.enumerate() {
            let Some(input) = Input::read(parameter, refusals, sink) else {
                continue;
            };
            match ungrouped(&input.ty) {
                Type::Reference(reference) if index == 0 => {
                    if let Some(default) = &input.default {
                        sink.push(at(
                            default.span,
                            "the session has no default: its engine makes it",
                        ));
                    }
                    session = sink.handle(read_session(reference, parameter));
                }
                Type::Reference(reference) => {
                    sink.push(borrowed(&input.name, reference));
                    inputs.push(input);
                }
                _ => inputs.push(input),
            }
        }
        Function {
            name: sig.ident.clone(),
            vis,
            conditions,
            docs: docs::of(attrs),
            asyncness: sig.asyncness.map(|token| token.span),
            graph,
            session,
            inputs,
            returned,
            output,
        }
    }
}

/// ```text
/// fn f(spark: &mut SparkSession)   the session is shared: take it by `&`
/// ```
fn read_session(reference: &TypeReference, parameter: &PatType) -> Result<Session, Error> {
    if let Some(token) = &reference.mutability {
        return Err(at(token.span, "the session is shared: take it by `&`"));
    }
    let lifetime = reference.lifetime.as_ref();
    let lifetime = lifetime.filter(|lifetime| lifetime.ident != "_");
    Ok(Session {
        ty: (*reference.elem).clone(),
        span: parameter.ty.span(),
        lifetime: lifetime.map(Spanned::span),
        owned_instead: instead_of(reference),
    })
}

/// ```text
/// fn f(a: i64, text: &str)                      only the first parameter, …; take `String` instead of `&str`
/// fn f(s: &SparkSession, t: &SparkSession)      a task has one session, …
/// ```
fn borrowed(name: &str, reference: &TypeReference) -> Error {
    if let Some((_, session)) = engine_of_session(&reference.elem) {
        let message =
            format!("a task has one session, its first parameter: leave this `{session}` out");
        return at(reference.span(), message);
    }
    let message = format!(
        "only the first parameter, the session, is borrowed: an input is owned, so `{name}` {}",
        instead_of(reference)
    );
    at(reference.span(), message)
}

/// The type to write instead of a borrowed input.
fn instead_of(reference: &TypeReference) -> String {
    format!("is {}", owned_instead(reference))
}
