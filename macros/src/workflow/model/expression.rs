//! Builds values from expressions.

use std::rc::Rc;

use darling::Error;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::token::Bracket;
use syn::{
    Expr, ExprCall, ExprField, ExprIndex, ExprLit, ExprMacro, ExprMethodCall, ExprPath, ExprTuple,
    Lit, Member, Path, Token, UnOp,
};

use super::body::Body;
use super::known::is_of_type;
use super::node::without_attributes;
use super::value::{Accessor, Base, Constant, Entry, List, Place, Step, Value};
use crate::syntax::error::at;
use crate::syntax::value::ungrouped;

impl Body {
    /// A value that can be bound to an input.
    pub(super) fn value(&mut self, expr: &Expr) -> Result<Value, Error> {
        without_attributes(expr)?;
        self.bare(expr)
    }

    /// A value, whose attributes are read elsewhere.
    pub(super) fn bare(&mut self, expr: &Expr) -> Result<Value, Error> {
        match ungrouped(expr) {
            Expr::Paren(inner) => self.value(&inner.expr),
            Expr::Try(tried) => self.tried(&tried.expr, Some(tried.question_token)),
            Expr::Await(_) | Expr::If(_) => self.tried(expr, None),
            Expr::Call(call) => self.called(call),
            Expr::Path(path) => Ok(self.path(path)),
            Expr::Field(field) => self.field(field),
            Expr::Index(index) => self.index(index),
            Expr::MethodCall(method) => self.method(method),
            Expr::Macro(mac) => self.vec(mac),
            Expr::Array(array) => {
                let items = array.elems.iter().map(|it| self.value(it));
                let items = items.collect::<Result<_, _>>()?;
                Ok(Value::List(List {
                    vec: None,
                    bracket: array.bracket_token,
                    items,
                }))
            }
            Expr::Const(block) => self.const_block(block),
            Expr::Struct(record) => self.object(record),
            Expr::Tuple(ExprTuple {
                paren_token, elems, ..
            }) if elems.is_empty() => Ok(Value::Tuple(*paren_token, Vec::new())),
            other => match constant(other) {
                Some(value) => Ok(value),
                None => match self.calculated(other) {
                    Some(known) => Ok(Value::Constant(Constant::Calculated(known))),
                    None => Err(at(other.span(), refused(other))),
                },
            },
        }
    }

    /// The expression before a `?`: `sum(list)?`, `sum(list).await?`.
    fn tried(&mut self, expr: &Expr, question: Option<Token![?]>) -> Result<Value, Error> {
        match ungrouped(expr) {
            // Everything is awaited as soon as its value is needed.
            Expr::Await(awaited) => self.tried(&awaited.base, question),
            Expr::Call(call) => {
                let ran = self.call(call, question)?;
                self.node(ran)
            }
            Expr::If(choice) => {
                let ran = self.choice(choice, question)?;
                self.node(ran)
            }
            Expr::Paren(inner) => self.tried(&inner.expr, question),
            other => Err(at(
                other.span(),
                "`?` and `.await` follow a call of an entity",
            )),
        }
    }

    /// A call of an entity, or an expression that looks like one.
    fn called(&mut self, call: &ExprCall) -> Result<Value, Error> {
        let Expr::Path(function) = ungrouped(&call.func) else {
            return self.tried(&Expr::Call(call.clone()), None);
        };
        let path = &function.path;
        if is_of_type(&call.func)
            && !is_from(path)
            && let Some(known) = self.calculated(&Expr::Call(call.clone()))
        {
            return Ok(Value::Constant(Constant::Expr(known)));
        }
        let mut arguments = call.args.iter();
        let (Some(argument), None) = (arguments.next(), arguments.next()) else {
            return self.tried(&Expr::Call(call.clone()), None);
        };
        if path.is_ident("Some") {
            let value = self.value(argument)?;
            return Ok(Value::Some(path.clone(), call.paren_token, Box::new(value)));
        }
        if !is_from(path) {
            return self.tried(&Expr::Call(call.clone()), None);
        }
        match ungrouped(argument) {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Ok(Value::Constant(Constant::Text(text.clone()))),
            Expr::Array(array) => {
                let entries = array.elems.iter().map(|it| self.entry(it));
                Ok(Value::Map {
                    entries: entries.collect::<Result<_, _>>()?,
                    path: path.clone(),
                    paren: call.paren_token,
                    bracket: array.bracket_token,
                })
            }
            _ => self.tried(&Expr::Call(call.clone()), None),
        }
    }

    /// `("k", a)`
    fn entry(&mut self, expr: &Expr) -> Result<Entry, Error> {
        let reason = "write a map as `HashMap::from([(\"key\", value), …])`";
        let Expr::Tuple(pair) = ungrouped(expr) else {
            return Err(at(expr.span(), reason));
        };
        let mut parts = pair.elems.iter();
        let (Some(key), Some(value), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(at(expr.span(), reason));
        };
        match self.known_text(key)? {
            Some(key) => Ok(Entry {
                paren: pair.paren_token,
                key,
                value: self.value(value)?,
            }),
            None => Err(at(key.span(), "the keys of a map are literals: `\"key\"`")),
        }
    }

    fn path(&mut self, path: &ExprPath) -> Value {
        if let Some(name) = path.path.get_ident() {
            if let Some(value) = self.names.get(name) {
                let place = Place {
                    base: Base::Name(name.clone()),
                    path: Vec::new(),
                };
                return Value::Place(Box::new(value.clone()), place);
            }
            if name == "None" {
                return Value::Constant(Constant::None(path.path.clone()));
            }
        }
        Value::Constant(Constant::of(Expr::Path(path.clone())))
    }

    /// `stats.mean`, `pair.0`
    fn field(&mut self, field: &ExprField) -> Result<Value, Error> {
        if is_of_path(&field.base) && !self.is_bound(&field.base) {
            return Ok(Value::Constant(Constant::of(Expr::Field(field.clone()))));
        }
        let step = match &field.member {
            Member::Named(name) => Step::Field(name.clone()),
            Member::Unnamed(index) => Step::Position(index.index as usize),
        };
        let accessor = Accessor::Field(field.dot_token, field.member.clone());
        self.part(&field.base, step, accessor)
    }

    /// `list[0]`, `map["k"]`
    fn index(&mut self, index: &ExprIndex) -> Result<Value, Error> {
        let reason =
            "an index of a list and a key of a map are literals: `list[0]`, `map[\"key\"]`";
        let refused = |_| at(index.index.span(), reason);
        let known = self.known(&index.index).map_err(refused)?;
        let step = match ungrouped(&known.it) {
            Expr::Lit(ExprLit {
                lit: Lit::Int(place),
                ..
            }) => place.base10_parse().map(Step::Index).ok(),
            Expr::Lit(ExprLit {
                lit: Lit::Str(key), ..
            }) => Some(Step::Key(key.value())),
            _ => None,
        };
        let Some(step) = step else {
            return Err(at(index.index.span(), reason));
        };
        let accessor = Accessor::Index(index.bracket_token, known);
        self.part(&index.expr, step, accessor)
    }

    fn part(&mut self, base: &Expr, step: Step, accessor: Accessor) -> Result<Value, Error> {
        let whole = self.value(base)?;
        let (value, mut place) = match &whole {
            Value::Place(value, place) => (&**value, place.clone()),
            Value::Run(_, run) => {
                let place = Place {
                    base: Base::Run(Rc::clone(run)),
                    path: Vec::new(),
                };
                (&whole, place)
            }
            _ => return Err(at(base.span(), "only an output or an input has parts")),
        };
        let Some(part) = value.part(step) else {
            let reason = "only an output or an input has parts: write the part itself";
            return Err(at(base.span(), reason));
        };
        place.path.push(accessor);
        Ok(Value::Place(Box::new(part), place))
    }

    /// `"x".to_owned()`, and `a.clone()`, which is not needed.
    fn method(&mut self, method: &ExprMethodCall) -> Result<Value, Error> {
        let ExprMethodCall {
            receiver,
            method: name,
            args,
            ..
        } = method;
        if args.is_empty() && name == "clone" {
            return self.value(receiver);
        }
        if let Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) = ungrouped(receiver)
            && args.is_empty()
            && ["to_owned", "to_string", "into"]
                .iter()
                .any(|it| name == it)
        {
            return Ok(Value::Constant(Constant::Text(text.clone())));
        }
        Err(at(
            name.span(),
            "a workflow cannot call methods, because values only exist when nodes have run: put this into a task, and call the task",
        ))
    }

    /// `vec![a, 1]`
    fn vec(&mut self, ExprMacro { mac, .. }: &ExprMacro) -> Result<Value, Error> {
        let is_vec = mac.path.segments.last().is_some_and(|it| it.ident == "vec");
        if !is_vec {
            let reason = "a workflow cannot call macros except `vec!`, because its body does not run: put this into a task, and call the task";
            return Err(at(mac.path.span(), reason));
        }
        let items = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone());
        let items = items
            .map_err(|problem| at(problem.span(), "write each of the elements: `vec![a, b]`"))?;
        let items = items.iter().map(|it| self.value(it));
        Ok(Value::List(List {
            items: items.collect::<Result<_, _>>()?,
            vec: Some((mac.path.clone(), mac.bang_token)),
            bracket: Bracket {
                span: *mac.delimiter.span(),
            },
        }))
    }

    /// Whether the expression begins with a name that has a value.
    fn is_bound(&self, expr: &Expr) -> bool {
        match ungrouped(expr) {
            Expr::Field(field) => self.is_bound(&field.base),
            Expr::Path(path) => path.path.get_ident().is_some_and(|name| self.is_name(name)),
            _ => false,
        }
    }
}

/// Whether the expression is a path, or a field of one.
fn is_of_path(expr: &Expr) -> bool {
    match ungrouped(expr) {
        Expr::Field(field) => is_of_path(&field.base),
        Expr::Path(_) => true,
        _ => false,
    }
}

/// `HashMap::from`, `String::from`
fn is_from(path: &Path) -> bool {
    path.segments.len() > 1 && path.segments.last().is_some_and(|it| it.ident == "from")
}

/// A literal.
fn constant(expr: &Expr) -> Option<Value> {
    let constant = match ungrouped(expr) {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Str(text) => Constant::Text(text.clone()),
            Lit::Int(_) | Lit::Float(_) | Lit::Bool(_) => Constant::Literal(expr.clone()),
            _ => return None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match ungrouped(&unary.expr) {
            Expr::Lit(ExprLit {
                lit: Lit::Int(_) | Lit::Float(_),
                ..
            }) => Constant::Literal(expr.clone()),
            _ => return None,
        },
        _ => return None,
    };
    Some(Value::Constant(constant))
}

/// The reason why an expression cannot be part of a graph, and what to write instead.
fn refused(expr: &Expr) -> &'static str {
    match expr {
        Expr::Reference(_) => {
            "an input is owned: pass the value itself, which any number of calls can take"
        }
        Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => {
            "a workflow cannot have loops, because its graph is the same in every run: put the loop into a task, or write each call"
        }
        Expr::Match(_) => {
            "a workflow branches only by `if`, with comparisons: put this into a task, and call the task"
        }
        Expr::Closure(_) => "a workflow cannot have closures: write a task, and call the task",
        Expr::Return(_) => "a workflow returns its outputs at its end: `Ok(total)`",
        Expr::Assign(_) => "a name in a workflow has one value: bind another name with `let`",
        Expr::Binary(_) | Expr::Unary(_) | Expr::Cast(_) => {
            "a workflow cannot calculate, because values only exist when nodes have run: put this into a task, and call the task"
        }
        Expr::Lit(_) => "no input of Flyte takes such a literal",
        _ => "this cannot be part of a graph: put it into a task, and call the task",
    }
}
