//! Builds a graph from statements.

use std::collections::HashSet;
use std::rc::Rc;

use darling::Error;
use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::token::Paren;
use syn::{Attribute, Expr, ExprCall, ExprStruct, ExprTuple, Local, Member, Path, Stmt, Token};

use super::known::{Names, is_of_type, is_type_name};
use super::node::{attributes, without_attributes};
use super::value::{Call, Giver, Gives, Promise, Run, Value};
use super::{Graph, Node, Statement, pattern};
use crate::syntax::error::{Sink, at};
use crate::syntax::value::ungrouped;
use crate::workflow::read::function::Function;

/// Reads the statements of a workflow's body.
pub(super) fn graph(function: &Function, statements: Vec<Stmt>, sink: &mut Sink) -> Graph {
    let inputs = function.inputs.iter().map(|input| {
        let giver = Giver::Input(input.name.clone());
        (&input.variable, Value::of(giver))
    });
    let mut body = Body {
        workflow: Some(function.name.unraw()),
        graph: Graph {
            is_whole: true,
            ..Graph::default()
        },
        ..Body::default()
    };
    for (name, value) in inputs {
        body.names.bind(name, value);
    }
    let mut statements = statements.into_iter().peekable();
    let mut ended = false;
    while let Some(statement) = statements.next() {
        let read = match statement {
            Stmt::Expr(expr, None) if statements.peek().is_none() => {
                ended = true;
                body.result(&expr)
            }
            statement => body.statement(statement),
        };
        body.graph.is_whole &= read.is_ok();
        sink.handle(read);
    }
    if !ended {
        sink.push(at(
            function.name.span(),
            "a workflow ends with its outputs: `Ok(total)`, or `Ok(())`",
        ));
    }
    body.graph
}

/// The state of the parser of a body. The default has no names.
#[derive(Default)]
pub(super) struct Body {
    /// The name of the function.
    workflow: Option<Ident>,
    pub(super) names: Names,
    pub(super) graph: Graph,
    /// Whether this is a side of an `if`.
    pub(super) is_side: bool,
}

impl Body {
    /// ```text
    /// let total = sum(list)?;
    /// clean(place)?;
    /// ```
    fn statement(&mut self, statement: Stmt) -> Result<(), Error> {
        let statement = match statement {
            Stmt::Local(local) => self.binding(local)?,
            Stmt::Expr(expr, _) => match self.run_with(&expr, attributes(&expr))? {
                value @ Value::Run(..) => Statement::Run(value),
                _ => {
                    return Err(at(
                        expr.span(),
                        "this does nothing: a workflow calls entities",
                    ));
                }
            },
            Stmt::Item(item) => {
                let reason =
                    "a workflow's body cannot contain items: move this out of the function";
                return Err(at(item.span(), reason));
            }
            Stmt::Macro(mac) => {
                let reason = "a workflow cannot call macros, because its body does not run: put this into a task, and call the task";
                return Err(at(mac.span(), reason));
            }
        };
        self.graph.statements.push(statement);
        Ok(())
    }

    /// `let total = sum(list)?;`
    fn binding(&mut self, local: Local) -> Result<Statement, Error> {
        let bound = self.bound(&local);
        let (pattern, ty) = match local.pat {
            syn::Pat::Type(typed) => (*typed.pat, Some(*typed.ty)),
            pattern => (pattern, None),
        };
        // The following statements may name it, even if it could not be parsed.
        let value = bound.as_ref().ok().cloned();
        let value = value.unwrap_or_else(|| Value::of(Giver::Input(String::new())));
        let mut names = Vec::new();
        let taken_apart = pattern::names(&pattern, &value, &mut |name, value| {
            names.push((name, value));
        });
        for (name, value) in names {
            self.names.bind(&name, value);
        }
        let value = bound?;
        taken_apart?;
        Ok(Statement::Let { pattern, ty, value })
    }

    fn bound(&mut self, local: &Local) -> Result<Value, Error> {
        let Some(init) = &local.init else {
            let reason = "each name in a workflow has one value: give it here";
            return Err(at(local.pat.span(), reason));
        };
        if let Some((otherwise, _)) = &init.diverge {
            let reason = "a workflow cannot match on a value: put this into a task";
            return Err(at(otherwise.span(), reason));
        }
        without_attributes(&init.expr)?;
        self.run_with(&init.expr, &local.attrs)
    }

    /// A value, whose node gets the settings of `#[node(…)]`.
    fn run_with(&mut self, expr: &Expr, attrs: &[Attribute]) -> Result<Value, Error> {
        let settings = self.settings(attrs)?;
        let mut value = self.bare(expr)?;
        if let Some(settings) = settings {
            if !settings.after.is_empty() {
                let after = Statement::After(settings.after.clone());
                self.graph.statements.push(after);
            }
            self.set(&mut value, settings, expr)?;
        }
        Ok(value)
    }

    /// The last expression: `Ok(total)`, `sum(list)`.
    fn result(&mut self, expr: &Expr) -> Result<(), Error> {
        let given = match ungrouped(expr) {
            Expr::Call(call) => ok(call),
            _ => None,
        };
        let result = if let Some((path, paren, value)) = given {
            without_attributes(expr)?;
            Value::Ok(path.clone(), paren, Box::new(self.given(value)?))
        } else {
            let value = self.run_with(expr, attributes(expr))?;
            if !matches!(value, Value::Run(..)) {
                let reason = "a workflow ends with a `Result`: `Ok(total)`";
                return Err(at(expr.span(), reason));
            }
            value
        };
        self.graph.result = Some(result);
        Ok(())
    }

    /// The content of `Ok(…)`: a value, or several.
    fn given(&mut self, expr: &Expr) -> Result<Value, Error> {
        match ungrouped(expr) {
            Expr::Tuple(ExprTuple {
                paren_token, elems, ..
            }) => {
                let values = elems.iter().map(|it| self.value(it));
                Ok(Value::Tuple(
                    *paren_token,
                    values.collect::<Result<_, _>>()?,
                ))
            }
            Expr::Struct(record) => self.record(record),
            expr => self.value(expr),
        }
    }

    /// `Stats { mean, count: n }`
    fn record(&mut self, record: &ExprStruct) -> Result<Value, Error> {
        if let Some(rest) = &record.dot2_token {
            let reason = "name all fields: their values become part of the graph";
            return Err(at(rest.span(), reason));
        }
        let fields = record.fields.iter().map(|field| match &field.member {
            Member::Named(name) => Ok((name.clone(), self.value(&field.expr)?)),
            Member::Unnamed(index) => Err(at(index.span, "fields need names")),
        });
        Ok(Value::Record {
            fields: fields.collect::<Result<_, _>>()?,
            path: record.path.clone(),
            brace: record.brace_token,
        })
    }

    /// `Settings { rate: 0.1, layers: vec![64, 64] }`, of constants.
    pub(super) fn object(&mut self, record: &ExprStruct) -> Result<Value, Error> {
        if is_variant(&record.path) {
            let reason = "a task must build a variant with values";
            return Err(at(record.path.span(), reason));
        }
        let value = self.record(record)?;
        if value.is_constant() {
            return Ok(value);
        }
        let reason =
            "a task must build a struct from outputs of nodes: Flyte binds whole structs only";
        Err(at(record.path.span(), reason))
    }

    /// Adds a node to the body.
    pub(super) fn node(&mut self, ran: Ran) -> Result<Value, Error> {
        let Ran { run, gives, takes } = ran;
        if self.is_side {
            let reason = "a side of an `if` is one call, with values from before the `if`: a call in its arguments would always run. Put several calls into a workflow";
            return Err(at(run.span(), reason));
        }
        let id = format!("n{}", self.graph.nodes.len());
        let run = Rc::new(run);
        self.graph.nodes.push(Node {
            id: id.clone(),
            run: Rc::clone(&run),
            upstream: takes,
            settings: None,
        });
        let promise = Promise {
            giver: Giver::Node { id, gives },
            steps: Vec::new(),
        };
        Ok(Value::Run(promise, run))
    }

    /// A call of an entity.
    pub(super) fn call(&mut self, call: &ExprCall, tried: Option<Token![?]>) -> Result<Ran, Error> {
        if let Some(gate) = self.gate(call, tried)? {
            return Ok(gate);
        }
        if let Some(map) = self.map(call, tried)? {
            return Ok(map);
        }
        let path = self.entity(&call.func)?.clone();
        let arguments = call.args.iter().map(|it| self.value(it));
        let arguments: Vec<_> = arguments.collect::<Result<_, _>>()?;
        Ok(Ran {
            takes: upstream(&arguments),
            gives: Gives::OfEntity(path.clone()),
            run: Run::Call(Call {
                path,
                paren: call.paren_token,
                arguments,
                tried,
            }),
        })
    }

    /// The path of the called entity.
    pub(super) fn entity<'e>(&self, function: &'e Expr) -> Result<&'e Path, Error> {
        let Expr::Path(path) = ungrouped(function) else {
            let reason = "a workflow calls entities by their names";
            return Err(at(function.span(), reason));
        };
        let segments = &path.path.segments;
        if let Some(name) = path.path.get_ident() {
            if self.is_name(name) {
                let reason = format!("`{name}` is a value here, which cannot be called");
                return Err(at(name.span(), reason));
            }
            if self.workflow.as_ref() == Some(&name.unraw()) {
                let reason = "a workflow cannot call itself: its graph would have no end";
                return Err(at(name.span(), reason));
            }
        }
        let generic = segments.iter().find(|segment| !segment.arguments.is_none());
        if let Some(segment) = generic {
            let reason = "an entity is not generic: its types are known when it is compiled";
            return Err(at(segment.arguments.span(), reason));
        }
        if is_of_type(function) {
            let reason =
                "this is not an entity, and does not consist of constants only: call it in a task";
            return Err(at(path.span(), reason));
        }
        Ok(&path.path)
    }

    /// Whether a value has this name.
    pub(super) fn is_name(&self, name: &Ident) -> bool {
        self.names.get(name).is_some()
    }
}

/// `Shape::Circle`
fn is_variant(path: &Path) -> bool {
    let owner = path.segments.iter().rev().nth(1);
    owner.is_some_and(|it| is_type_name(&it.ident))
}

/// A call, a map, a gate or a choice, before it becomes a node.
pub(super) struct Ran {
    pub(super) run: Run,
    pub(super) gives: Gives,
    /// The nodes whose values it takes.
    pub(super) takes: Vec<String>,
}

/// The nodes of these values, without duplicates.
pub(super) fn upstream<'v>(values: impl IntoIterator<Item = &'v Value>) -> Vec<String> {
    let mut upstream = Vec::new();
    for value in values {
        value.promises(&mut |promise| {
            let node = promise.giver.node();
            upstream.extend(node.map(str::to_owned));
        });
    }
    let mut seen = HashSet::new();
    upstream.retain(|id| seen.insert(id.clone()));
    upstream
}

/// `Ok(…)`
fn ok(call: &ExprCall) -> Option<(&Path, Paren, &Expr)> {
    let Expr::Path(function) = ungrouped(&call.func) else {
        return None;
    };
    let is_ok = function
        .path
        .segments
        .last()
        .is_some_and(|it| it.ident == "Ok");
    let mut arguments = call.args.iter();
    match (arguments.next(), arguments.next()) {
        (Some(value), None) if is_ok => Some((&function.path, call.paren_token, value)),
        _ => None,
    }
}
