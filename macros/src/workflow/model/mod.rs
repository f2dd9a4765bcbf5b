//! A resolved workflow: its graph, in which each name is replaced by the source of its value.

mod body;
mod choice;
pub(crate) mod defaults;
mod expression;
mod gate;
mod known;
mod map;
pub(crate) mod node;
mod pattern;
pub(crate) mod value;

use std::rc::Rc;

use darling::Error;
use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{Expr, Pat, Path, Type};

use super::read::function::Function;
use super::read::{FailurePolicy, WorkflowOptions};
use crate::syntax::error::{Sink, at};
use crate::syntax::lists::Pairs;
use crate::syntax::name::Name;
use crate::syntax::value::{Flag, runtime};
use node::Settings;
use value::{Run, Value};

/// Everything that the expansion needs.
#[derive(Debug)]
pub(crate) struct Workflow {
    pub(crate) function: Function,
    /// The path of the runtime.
    pub(crate) krate: Path,
    pub(crate) name: Name,
    pub(crate) interruptible: Option<Flag>,
    pub(crate) failure_policy: Option<FailurePolicy>,
    /// The failure node's entity.
    pub(crate) on_failure: Option<Path>,
    pub(crate) tags: Pairs,
    pub(crate) graph: Graph,
    /// The defaults, by the input's index.
    pub(crate) defaults: Vec<(usize, Value)>,
}

/// The content of a body.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// The nodes, in the order of the body.
    pub(crate) nodes: Vec<Node>,
    /// All statements without the last expression.
    pub(crate) statements: Vec<Statement>,
    /// The number of maps among the nodes, and in their sides.
    pub(crate) maps: usize,
    /// The last expression; `None` if it could not be parsed.
    pub(crate) result: Option<Value>,
    /// Whether all of the body could be parsed.
    pub(crate) is_whole: bool,
}

/// One node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) run: Rc<Run>,
    /// The nodes whose values it takes, without duplicates.
    pub(crate) upstream: Vec<String>,
    /// The settings of `#[node(…)]`.
    pub(crate) settings: Option<Settings>,
}

/// A statement of the body.
#[derive(Debug)]
pub(crate) enum Statement {
    /// `let total = sum(list)?;`
    Let {
        pattern: Pat,
        ty: Option<Type>,
        value: Value,
    },
    /// `clean(place)?;`
    Run(Value),
    /// The nodes that the next node runs after.
    After(Vec<Ident>),
}

/// A value that must be known at compile time; `what` names it in the error.
pub(crate) fn constant(expr: &Expr, what: &str) -> Result<Value, Error> {
    match body::Body::default().value(expr)? {
        value if value.is_constant() => Ok(value),
        _ => Err(at(
            expr.span(),
            format!("{what} must be known at compile time: write a literal or a const expression"),
        )),
    }
}

impl Workflow {
    /// Resolves the options; mistakes go to the sink.
    pub(crate) fn resolve(
        options: WorkflowOptions,
        mut function: Function,
        sink: &mut Sink,
    ) -> Self {
        let statements = function.statements.take();
        let graph = statements.map(|statements| body::graph(&function, statements, sink));
        Workflow {
            krate: runtime(options.krate.as_ref()),
            name: Name::resolve(options.name),
            interruptible: options.interruptible,
            failure_policy: options.failure_policy,
            on_failure: options.on_failure.map(|path| path.0),
            tags: Pairs::resolve(options.tags, sink),
            graph: graph.unwrap_or_default(),
            defaults: defaults::of(&function, sink),
            function,
        }
    }
}
