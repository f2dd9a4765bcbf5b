//! The values of a body: promises, constants, and combinations of them, each with its source code.

use std::rc::Rc;

use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::token::{Brace, Bracket, Paren};
use syn::{BinOp, Block, Expr, LitStr, Member, Pat, Path, Token, Type};

use super::Node;
use crate::syntax::value::Number;
use crate::workflow::read::node::Ratio;

/// A value of the body.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A call, a map, a gate or a choice, and its outputs.
    Run(Promise, Rc<Run>),
    /// A name, or a part of its value.
    Place(Box<Value>, Place),
    /// A promise, by a name.
    Promise(Promise),
    Constant(Constant),
    /// `vec![a, 1]`, `[a, 1]`
    List(List),
    /// `HashMap::from([("k", a)])`
    Map {
        path: Path,
        paren: Paren,
        bracket: Bracket,
        entries: Vec<Entry>,
    },
    /// `Some(a)`
    Some(Path, Paren, Box<Value>),
    /// `Ok(a)`, last in a body.
    Ok(Path, Paren, Box<Value>),
    /// `(a, b)`, in `Ok`.
    Tuple(Paren, Vec<Value>),
    /// `Stats { mean, count: n }`, in `Ok`; elsewhere of constants.
    Record {
        path: Path,
        brace: Brace,
        fields: Vec<(Ident, Value)>,
    },
}

/// A name or a call, and the path to a part of it, as written.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) base: Base,
    pub(crate) path: Vec<Accessor>,
}

/// The beginning of the path.
#[derive(Clone, Debug)]
pub(crate) enum Base {
    Name(Ident),
    Run(Rc<Run>),
}

/// `.mean`, `[0]`
#[derive(Clone, Debug)]
pub(crate) enum Accessor {
    Field(Token![.], Member),
    Index(Bracket, Known<Expr>),
}

/// A value that is known at compile time, where no value of the graph can be.
#[derive(Clone, Debug)]
pub(crate) struct Known<T> {
    pub(crate) it: T,
    /// The names of the body in its source, which were replaced by their values.
    pub(crate) names: Vec<Ident>,
}

/// A value that exists when a node has run.
#[derive(Clone, Debug)]
pub(crate) struct Promise {
    pub(crate) giver: Giver,
    pub(crate) steps: Vec<Step>,
}

/// The source of a value.
#[derive(Clone, Debug)]
pub(crate) enum Giver {
    /// The caller of the workflow, as this input.
    Input(String),
    /// A node.
    Node { id: String, gives: Gives },
}

/// The outputs of a node.
#[derive(Clone, Debug)]
pub(crate) enum Gives {
    /// The outputs of an entity.
    OfEntity(Path),
    /// The list of the map with this index.
    OfMap(usize),
    /// One output of this type.
    One(Box<Type>),
    /// Its own input, with the same name.
    Same(Box<Promise>),
}

/// A step into a value.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Field(Ident),
    /// An output by its index: a destructured tuple.
    Output(usize),
    /// A field of a tuple.
    Position(usize),
    /// An element of a list.
    Index(i32),
    /// A value of a map.
    Key(String),
}

/// A known value.
#[derive(Clone, Debug)]
pub(crate) enum Constant {
    /// `1`, `-2.5`, `true`
    Literal(Expr),
    /// `"x"`, also with a conversion to `String`.
    Text(LitStr),
    /// A path, `const { … }`, `Duration::from_secs(60)`
    Expr(Known<Expr>),
    /// `2 * LIMIT`
    Calculated(Known<Expr>),
    /// `None`
    None(Path),
}

/// `("k", a)`
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) paren: Paren,
    pub(crate) key: Known<LitStr>,
    pub(crate) value: Value,
}

/// `vec![…]`, or an array.
#[derive(Clone, Debug)]
pub(crate) struct List {
    /// The path of the macro.
    pub(crate) vec: Option<(Path, Token![!])>,
    pub(crate) bracket: Bracket,
    pub(crate) items: Vec<Value>,
}

/// What a node runs.
#[derive(Debug)]
pub(crate) enum Run {
    Call(Call),
    Map(Map),
    Choice(Choice),
    Gate(Gate),
}

/// `map(|x| scale(x, factor), list)`
#[derive(Clone, Debug)]
pub(crate) struct Map {
    pub(crate) path: Path,
    pub(crate) paren: Paren,
    pub(crate) task: Path,
    /// The closure, if there is one.
    pub(crate) each: Option<Each>,
    pub(crate) lists: Vec<Value>,
    /// The arguments of the task, in its order.
    pub(crate) arguments: Vec<MapArgument>,
    /// The index among the maps of the body.
    pub(crate) place: usize,
    pub(crate) options: MapOptions,
    /// `?`
    pub(crate) tried: Option<Token![?]>,
}

/// `|x| …(…)`
#[derive(Clone, Debug)]
pub(crate) struct Each {
    pub(crate) parameters: Vec<Pat>,
    /// The names of the parameters.
    pub(crate) names: Vec<Ident>,
    /// The parentheses of the call.
    pub(crate) paren: Paren,
}

/// The argument of a mapped task's input.
#[derive(Clone, Debug)]
pub(crate) enum MapArgument {
    /// An element of the list with this index.
    Element(usize),
    /// The same for all elements.
    Whole(Value),
}

/// The settings of `#[node(…)]` for a map.
#[derive(Clone, Debug, Default)]
pub(crate) struct MapOptions {
    pub(crate) concurrency: Option<Number>,
    /// All elements must succeed if unset.
    pub(crate) success: Option<Success>,
}

/// The number of elements of a map that must succeed.
#[derive(Clone, Debug)]
pub(crate) enum Success {
    Count(Number),
    Ratio(Ratio),
}

/// `if … { … } else { … }`
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) cases: Vec<Case>,
    pub(crate) otherwise: Otherwise,
    /// `?`
    pub(crate) tried: Option<Token![?]>,
}

/// `if … { … }`
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) keyword: Token![if],
    pub(crate) condition: Condition,
    pub(crate) side: Side,
}

/// The block after a condition.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) braces: Brace,
    pub(crate) node: Node,
    /// The semicolon, if the value is dropped.
    pub(crate) semicolon: Option<Token![;]>,
}

/// The block after the last `else`.
#[derive(Debug)]
pub(crate) enum Otherwise {
    Node(Side),
    /// The message of the failure, and the block.
    Fail(LitStr, Block),
}

/// A condition.
#[derive(Debug)]
pub(crate) enum Condition {
    /// `a < 3`
    Compare(Value, BinOp, Value),
    /// `flag`
    Is(Value),
    And(Box<Condition>, Token![&&], Box<Condition>),
    Or(Box<Condition>, Token![||], Box<Condition>),
    /// `!(a < 3)`
    Not(Token![!], Box<Condition>),
}

/// A gate.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) path: Path,
    pub(crate) paren: Paren,
    pub(crate) kind: GateKind,
    /// `?`
    pub(crate) tried: Option<Token![?]>,
}

/// The kind of a gate.
#[derive(Debug)]
pub(crate) enum GateKind {
    /// `approve(a, "sure")`
    Approve { value: Value, signal: Known<Expr> },
    /// `wait_for_input::<i64>("n")`
    Input { ty: Box<Type>, signal: Known<Expr> },
    /// `sleep(Duration::from_secs(10))`
    Sleep(Known<Expr>),
}

/// A call of an entity.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) path: Path,
    pub(crate) paren: Paren,
    pub(crate) arguments: Vec<Value>,
    /// `?`
    pub(crate) tried: Option<Token![?]>,
}

impl Value {
    /// All outputs of this node or input.
    pub(super) fn of(giver: Giver) -> Self {
        let steps = Vec::new();
        Value::Promise(Promise { giver, steps })
    }

    /// The part at the end of this step, if it has parts.
    pub(super) fn part(&self, step: Step) -> Option<Value> {
        match self {
            Value::Run(promise, _) | Value::Promise(promise) => {
                let mut promise = promise.clone();
                promise.steps.push(step);
                Some(Value::Promise(promise))
            }
            Value::Place(value, _) => value.part(step),
            _ => None,
        }
    }

    /// The constant, also by a name.
    pub(crate) fn constant(&self) -> Option<&Constant> {
        match self {
            Value::Constant(constant) => Some(constant),
            Value::Place(value, _) => value.constant(),
            _ => None,
        }
    }

    /// The span of its beginning, if it is a name or a call.
    pub(crate) fn span(&self) -> Span {
        match self {
            Value::Place(_, place) => place.span(),
            Value::Run(_, run) => run.span(),
            _ => Span::call_site(),
        }
    }

    /// Whether it is known at compile time.
    pub(super) fn is_constant(&self) -> bool {
        let mut known = true;
        self.promises(&mut |_| known = false);
        known
    }

    /// Calls `visit` with each promise in it.
    pub(crate) fn promises(&self, visit: &mut dyn FnMut(&Promise)) {
        match self {
            Value::Run(promise, _) | Value::Promise(promise) => visit(promise),
            Value::Place(value, _) | Value::Some(_, _, value) | Value::Ok(_, _, value) => {
                value.promises(visit);
            }
            Value::Constant(_) => {}
            Value::List(List { items, .. }) | Value::Tuple(_, items) => {
                for item in items {
                    item.promises(visit);
                }
            }
            Value::Map { entries, .. } => {
                for entry in entries {
                    entry.value.promises(visit);
                }
            }
            Value::Record { fields, .. } => {
                for (_, value) in fields {
                    value.promises(visit);
                }
            }
        }
    }
}

impl Condition {
    /// Calls `visit` with each compared value, in order.
    pub(crate) fn values<'c>(&'c self, visit: &mut dyn FnMut(&'c Value)) {
        match self {
            Condition::Compare(left, _, right) => {
                visit(left);
                visit(right);
            }
            Condition::Is(value) => visit(value),
            Condition::And(left, _, right) | Condition::Or(left, _, right) => {
                left.values(visit);
                right.values(visit);
            }
            Condition::Not(_, condition) => condition.values(visit),
        }
    }
}

impl Place {
    /// The name, if there is no path after it.
    pub(super) fn name(&self) -> Option<&Ident> {
        match (&self.base, &*self.path) {
            (Base::Name(name), []) => Some(name),
            _ => None,
        }
    }

    /// The span of its beginning.
    pub(crate) fn span(&self) -> Span {
        match &self.base {
            Base::Name(name) => name.span(),
            Base::Run(run) => run.span(),
        }
    }
}

impl Run {
    /// Its span.
    pub(crate) fn span(&self) -> Span {
        match self {
            Run::Call(Call { path, .. })
            | Run::Map(Map { path, .. })
            | Run::Gate(Gate { path, .. }) => path.span(),
            Run::Choice(choice) => choice
                .cases
                .first()
                .map_or_else(Span::call_site, |case| case.keyword.span),
        }
    }
}

impl Choice {
    /// The sides, of which one runs.
    pub(crate) fn sides(&self) -> impl Iterator<Item = &Side> {
        let otherwise = match &self.otherwise {
            Otherwise::Node(side) => Some(side),
            Otherwise::Fail(..) => None,
        };
        self.cases.iter().map(|case| &case.side).chain(otherwise)
    }
}

impl Giver {
    /// The id of the node.
    pub(crate) fn node(&self) -> Option<&str> {
        match self {
            Giver::Input(_) => None,
            Giver::Node { id, .. } => Some(id),
        }
    }
}
