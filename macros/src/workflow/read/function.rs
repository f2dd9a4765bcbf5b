//! Parses the function of a workflow: its inputs, its outputs, and its statements.

use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{Attribute, Block, Stmt, Type, Visibility};

use crate::syntax::docs;
use crate::syntax::error::{Sink, at};
use crate::syntax::function::Source;
use crate::syntax::parameter::Input;
use crate::syntax::signature::{self, Body, Refusals, TASK_AND_WORKFLOW};
use crate::syntax::types::{owned_instead, ungrouped};

pub(crate) const REFUSALS: Refusals = Refusals {
    rivals: &[
        ("dynamic", crate::dynamic::DYNAMIC_AND_WORKFLOW),
        ("task", TASK_AND_WORKFLOW),
    ],
    no_body: "a workflow needs a body: the macro reads the graph from it",
    generic: "a workflow cannot be generic: Flyte runs it by one name, with types that are known when it is compiled",
    constness: "a workflow cannot be a `const fn`: it runs its tasks when it is called",
    asyncness: Some(
        "a workflow is not `async`: its body is a graph, in which each node runs as soon as it can",
    ),
    safety: "a workflow cannot be unsafe: Flyte runs it with any inputs, and does not check a contract",
    abi: "a workflow cannot be `extern`: it is called from Rust",
    variadic: "a workflow cannot be variadic: its inputs are known when it is compiled",
    method: "a workflow cannot be a method: put the function outside of the `impl` block",
    conditional_parameter: "a parameter of a workflow cannot be conditional: put `cfg` on the whole function",
    default: None,
    impl_parameter: "an input cannot be `impl Trait`: its type is part of the workflow's interface, so name it",
    impl_output: "a workflow's output cannot be `impl Trait`: its type is part of the workflow's interface, so name it",
    borrowed_output: |_| {
        "a workflow's output is owned: it exists when the graph has run".to_owned()
    },
};

/// The parts of the function that later stages need.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: Ident,
    pub(crate) vis: Visibility,
    pub(crate) conditions: Vec<Attribute>,
    pub(crate) docs: String,
    pub(crate) inputs: Vec<Input>,
    pub(crate) output: Type,
    /// The statements; `None` if they could not be parsed.
    pub(crate) statements: Option<Vec<Stmt>>,
}

impl Function {
    /// Parses the function, and removes the parts that rustc would not accept: the documentation and the
    /// defaults of parameters.
    pub(crate) fn read(
        source: &mut Source,
        refusals: &Refusals,
        body: &Body,
        sink: &mut Sink,
    ) -> Self {
        refusals.qualifiers(source, body, sink);
        let output = refusals.output_type(&source.sig, sink);
        let conditions = source.conditions().cloned().collect();
        let vis = source.vis.clone();
        let statements = match body {
            Body::Written if source.has_body() => statements(source, sink),
            Body::Elsewhere(reason) if source.has_body() => {
                sink.push(at(source.body.span(), reason));
                None
            }
            _ => None,
        };
        let Source { attrs, sig, .. } = source;
        let mut inputs = Vec::new();
        for parameter in signature::typed_mut(sig) {
            let Some(input) = Input::read(parameter, refusals, sink) else {
                continue;
            };
            if let Type::Reference(reference) = ungrouped(&input.ty) {
                let instead = owned_instead(reference);
                let reason = format!("an input is owned, so `{}` is {instead}", input.name);
                sink.push(at(reference.span(), reason));
            }
            inputs.push(input);
        }
        Function {
            name: sig.ident.clone(),
            vis,
            conditions,
            docs: docs::of(attrs),
            inputs,
            output,
            statements,
        }
    }
}

fn statements(source: &Source, sink: &mut Sink) -> Option<Vec<Stmt>> {
    let block = syn::parse2::<Block>(source.body.clone());
    let block = block.map_err(|problem| {
        let reason = format!("`#[workflow]` cannot read this body: {problem}");
        at(problem.span(), reason)
    });
    sink.handle(block).map(|block| block.stmts)
}
