//! A workflow, resolved: its graph, in which each name stands for what gives its value.

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

/// Everything that the expansion says.
#[derive(Debug)]
pub(crate) struct Workflow {
    pub(crate) function: Function,
    /// Where the runtime is.
    pub(crate) krate: Path,
    pub(crate) name: Name,
    pub(crate) interruptible: Option<Flag>,
    pub(crate) failure_policy: Option<FailurePolicy>,
    /// What runs when the workflow has failed.
    pub(crate) on_failure: Option<Path>,
    pub(crate) tags: Pairs,
    pub(crate) graph: Graph,
    /// Values of the inputs that have a default, by the input's place.
    pub(crate) defaults: Vec<(usize, Value)>,
}

/// What a body says.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// In the order of the body.
    pub(crate) nodes: Vec<Node>,
    /// All statements but the last expression.
    pub(crate) statements: Vec<Statement>,
    /// How many maps are among the nodes, and in their sides.
    pub(crate) maps: usize,
    /// The last expression; nothing if it could not be read.
    pub(crate) result: Option<Value>,
    /// Whether all of it could be read.
    pub(crate) is_whole: bool,
}

/// One node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) run: Rc<Run>,
    /// The nodes that it takes values of, each once.
    pub(crate) upstream: Vec<String>,
    /// What `#[node(…)]` says.
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
    /// What the next one runs after.
    After(Vec<Ident>),
}

/// A value that is known while the program is compiled: what `what` has to be.
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
    /// Makes the choices; what cannot be chosen goes to the sink.
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
