//! What can be bound: promises, constants, and what is made of them; each with what was written for it.

use std::rc::Rc;

use proc_macro2::Ident;
use syn::token::{Bracket, Paren};
use syn::{Expr, LitStr, Member, Path, Token};

/// A value of the body.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// What a call of an entity gives, and the call, if it stands here.
    Called(Promise, Rc<Call>),
    /// A name, or a part of what it stands for.
    Place(Box<Value>, Place),
    /// What a name stands for.
    Promise(Promise),
    Constant(Constant),
    /// `vec![a, 1]`, `[a, 1]`
    List(List),
    /// `HashMap::from([("k", a)])`
    Map {
        path: Path,
        entries: Vec<(LitStr, Value)>,
    },
    /// `Some(a)`
    Some(Path, Box<Value>),
    /// `Ok(a)`, last in a body.
    Ok(Path, Box<Value>),
    /// `(a, b)`, in `Ok`.
    Tuple(Paren, Vec<Value>),
    /// `Stats { mean, count: n }`, in `Ok`.
    Record {
        path: Path,
        fields: Vec<(Ident, Value)>,
    },
}

/// A name or a call, and the way from it to a part of it, as they are written.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) base: Base,
    pub(crate) path: Vec<Accessor>,
}

/// Where the way begins.
#[derive(Clone, Debug)]
pub(crate) enum Base {
    Name(Ident),
    Call(Rc<Call>),
}

/// `.mean`, `[0]`
#[derive(Clone, Debug)]
pub(crate) enum Accessor {
    Field(Token![.], Member),
    Index(Bracket, Expr),
}

/// What is there once something has run.
#[derive(Clone, Debug)]
pub(crate) struct Promise {
    pub(crate) giver: Giver,
    pub(crate) steps: Vec<Step>,
}

/// What gives a value.
#[derive(Clone, Debug)]
pub(crate) enum Giver {
    /// The caller of the workflow, as this input.
    Input(String),
    /// A node that calls this entity.
    Node { id: String, entity: Path },
}

/// A step into a value.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Field(Ident),
    /// An output by its place: a tuple that was taken apart.
    Output(usize),
    /// Of a tuple.
    Position(usize),
    /// Of a list.
    Index(i32),
    /// Of a map.
    Key(String),
}

/// A value that is known.
#[derive(Clone, Debug)]
pub(crate) enum Constant {
    /// `1`, `-2.5`, `true`
    Literal(Expr),
    /// `"x"`, also with what makes a `String` of it.
    Text(LitStr),
    /// A path, `const { … }`.
    Expr(Expr),
    /// `None`
    None(Path),
}

/// `vec![…]`, or an array.
#[derive(Clone, Debug)]
pub(crate) struct List {
    /// The path of the macro.
    pub(crate) vec: Option<Path>,
    pub(crate) items: Vec<Value>,
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
    /// All that this gives.
    pub(super) fn of(giver: Giver) -> Self {
        let steps = Vec::new();
        Value::Promise(Promise { giver, steps })
    }

    /// The part of it at the end of these steps, if it has some.
    pub(super) fn part(&self, steps: Vec<Step>) -> Option<Value> {
        if steps.is_empty() {
            return Some(self.clone());
        }
        match self {
            Value::Called(promise, _) | Value::Promise(promise) => {
                let mut promise = promise.clone();
                promise.steps.extend(steps);
                Some(Value::Promise(promise))
            }
            Value::Place(value, _) => value.part(steps),
            _ => None,
        }
    }

    /// Whether it is known while the program is compiled.
    pub(super) fn is_constant(&self) -> bool {
        let mut known = true;
        self.promises(&mut |_| known = false);
        known
    }

    /// Calls `visit` with each promise in it.
    pub(crate) fn promises(&self, visit: &mut dyn FnMut(&Promise)) {
        match self {
            Value::Called(promise, _) | Value::Promise(promise) => visit(promise),
            Value::Place(value, _) | Value::Some(_, value) | Value::Ok(_, value) => {
                value.promises(visit);
            }
            Value::Constant(_) => {}
            Value::List(List { items, .. }) | Value::Tuple(_, items) => {
                items.iter().for_each(|item| item.promises(visit));
            }
            Value::Map { entries, .. } => {
                entries.iter().for_each(|(_, value)| value.promises(visit));
            }
            Value::Record { fields, .. } => {
                fields.iter().for_each(|(_, value)| value.promises(visit));
            }
        }
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
