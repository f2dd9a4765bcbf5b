//! `if`, `else if` and `else`: one of several nodes.

use darling::Error;
use syn::spanned::Spanned;
use syn::{
    BinOp, Block, Expr, ExprBinary, ExprIf, ExprLit, ExprUnary, Lit, LitStr, Stmt, Token, UnOp,
};

use super::Node;
use super::body::{Body, Ran, upstream};
use super::node::attributes;
use super::value::{
    Case, Choice, Condition, Constant, Giver, Gives, Otherwise, Run, Side, Step, Value,
};
use crate::syntax::error::at;
use crate::syntax::value::ungrouped;

/// The error for a side of an `if` that is not one call.
const ONE_CALL: &str =
    "a side of an `if` is one call, or another `if`: put several calls into a workflow";

impl Body {
    /// ```text
    /// if worst > cut { audit(worst)? } else { accept(worst)? }
    /// if fast { short(n)? } else { return Err(Error::user("too slow")) }
    /// ```
    pub(super) fn choice(
        &mut self,
        choice: &ExprIf,
        tried: Option<Token![?]>,
    ) -> Result<Ran, Error> {
        let mut cases = Vec::new();
        let mut gives = None;
        let mut rest = choice;
        let otherwise = loop {
            let condition = self.condition(&rest.cond)?;
            let (side, of_side) = self.side(&rest.then_branch, cases.len())?;
            gives = gives.or(Some(of_side));
            cases.push(Case {
                keyword: rest.if_token,
                condition,
                side,
            });
            let Some((_, otherwise)) = &rest.else_branch else {
                let reason = "Flyte needs an `else` here: call something, or `return Err(Error::user(\"…\"))`";
                return Err(at(rest.if_token.span, reason));
            };
            match ungrouped(otherwise) {
                Expr::If(next) => rest = next,
                Expr::Block(block) => match failure(&block.block) {
                    Some(message) => break Otherwise::Fail(message?, block.block.clone()),
                    None => {
                        break Otherwise::Node(self.side(&block.block, cases.len())?.0);
                    }
                },
                other => return Err(at(other.span(), ONE_CALL)),
            }
        };
        let mut looked_at = Vec::new();
        for case in &cases {
            case.condition.values(&mut |value| looked_at.push(value));
        }
        let takes = upstream(looked_at);
        let none = Gives::One(Box::new(syn::parse_quote!(())));
        Ok(Ran {
            run: Run::Choice(Choice {
                cases,
                otherwise,
                tried,
            }),
            gives: gives.unwrap_or(none),
            takes,
        })
    }

    /// The content of the braces of the side with this index.
    fn side(&mut self, block: &Block, place: usize) -> Result<(Side, Gives), Error> {
        let [statement] = &*block.stmts else {
            return Err(at(block.brace_token.span.join(), ONE_CALL));
        };
        if failure(block).is_some() {
            let reason =
                "only the last `else` can fail: reorder the conditions, or let a task fail";
            return Err(at(statement.span(), reason));
        }
        let Stmt::Expr(expr, semicolon) = statement else {
            return Err(at(statement.span(), ONE_CALL));
        };
        let settings = self.settings(attributes(expr))?;
        let outside = std::mem::replace(&mut self.is_side, true);
        let ran = self.ran(expr, None);
        self.is_side = outside;
        let Ran { run, gives, takes } = ran?;
        let mut node = Node {
            id: format!("n{place}"),
            run: run.into(),
            upstream: takes,
            settings: None,
        };
        if let Some(settings) = settings {
            if let Some(name) = settings.after.first() {
                let reason = "an `if` runs after nodes as a whole: write `after` before the `if`";
                return Err(at(name.span(), reason));
            }
            node.set(settings)?;
        }
        let side = Side {
            braces: block.brace_token,
            node,
            semicolon: *semicolon,
        };
        Ok((side, gives))
    }

    fn ran(&mut self, expr: &Expr, tried: Option<Token![?]>) -> Result<Ran, Error> {
        match ungrouped(expr) {
            Expr::Try(inner) => self.ran(&inner.expr, Some(inner.question_token)),
            Expr::Await(inner) => self.ran(&inner.base, tried),
            Expr::Call(call) => self.call(call, tried),
            Expr::If(choice) => self.choice(choice, tried),
            other => Err(at(other.span(), ONE_CALL)),
        }
    }

    fn condition(&mut self, expr: &Expr) -> Result<Condition, Error> {
        match ungrouped(expr) {
            Expr::Paren(inner) => self.condition(&inner.expr),
            Expr::Binary(ExprBinary {
                left, op, right, ..
            }) => match op {
                BinOp::And(and) => {
                    let (left, right) = (self.condition(left)?, self.condition(right)?);
                    Ok(Condition::And(Box::new(left), *and, Box::new(right)))
                }
                BinOp::Or(or) => {
                    let (left, right) = (self.condition(left)?, self.condition(right)?);
                    Ok(Condition::Or(Box::new(left), *or, Box::new(right)))
                }
                BinOp::Eq(_)
                | BinOp::Ne(_)
                | BinOp::Lt(_)
                | BinOp::Le(_)
                | BinOp::Gt(_)
                | BinOp::Ge(_) => {
                    let (left, right) = (self.operand(left)?, self.operand(right)?);
                    if left.is_constant() && right.is_constant() {
                        return Err(at(expr.span(), DECIDED));
                    }
                    Ok(Condition::Compare(left, *op, right))
                }
                _ => Err(at(expr.span(), CONDITIONS)),
            },
            Expr::Unary(ExprUnary {
                op: UnOp::Not(not),
                expr,
                ..
            }) => {
                let condition = self.condition(expr)?;
                Ok(Condition::Not(*not, Box::new(condition)))
            }
            Expr::Let(pattern) => Err(at(
                pattern.let_token.span,
                "Flyte's conditions compare plain values: let a task match on the `Option`, and return a `bool`",
            )),
            other => {
                let value = self.operand(other)?;
                if value.is_constant() {
                    return Err(at(other.span(), DECIDED));
                }
                Ok(Condition::Is(value))
            }
        }
    }

    /// A value that is compared.
    fn operand(&mut self, expr: &Expr) -> Result<Value, Error> {
        if let Expr::MethodCall(method) = ungrouped(expr) {
            return Err(at(method.method.span(), CONDITIONS));
        }
        let value = self.value(expr)?;
        if is_whole(&value) {
            return Ok(value);
        }
        Err(at(
            expr.span(),
            "a condition compares constants, and whole outputs and inputs: let a task return the value to compare",
        ))
    }
}

const DECIDED: &str = "this is already decided: a condition depends on an output or an input";

const CONDITIONS: &str = "a condition consists of comparisons, such as `a < 3`, and of booleans, with `&&`, `||` and `!`: let a task return a `bool`";

/// Whether the value is an output, an input or a constant, as far as the macro knows it.
fn is_whole(value: &Value) -> bool {
    match value {
        Value::Place(value, _) => is_whole(value),
        Value::Run(promise, _) | Value::Promise(promise) => match (&promise.giver, &*promise.steps)
        {
            (_, []) => true,
            (Giver::Node { .. }, [first]) => !matches!(first, Step::Index(_) | Step::Key(_)),
            _ => false,
        },
        Value::Constant(constant) => !matches!(constant, Constant::None(_)),
        _ => false,
    }
}

/// The message of a block that fails, if it is one:
///
/// ```text
/// { return Err(Error::user("nothing to do")) }
/// { Err(Error::user("nothing to do"))? }
/// ```
fn failure(block: &Block) -> Option<Result<LitStr, Error>> {
    let [Stmt::Expr(expr, _)] = &*block.stmts else {
        return None;
    };
    let failed = match ungrouped(expr) {
        Expr::Return(returned) => ungrouped(returned.expr.as_ref()?),
        Expr::Try(tried) => ungrouped(&tried.expr),
        other => other,
    };
    let Expr::Call(call) = failed else {
        return None;
    };
    let Expr::Path(function) = ungrouped(&call.func) else {
        return None;
    };
    let last = function.path.segments.last()?;
    if last.ident != "Err" {
        return None;
    }
    let message = call.args.first().and_then(message);
    Some(message.ok_or_else(|| {
        at(
            call.span(),
            "the message of a failure is a literal: `Err(Error::user(\"…\"))`",
        )
    }))
}

fn message(expr: &Expr) -> Option<LitStr> {
    match ungrouped(expr) {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.clone()),
        Expr::Call(call) if call.args.len() == 1 => message(&call.args[0]),
        Expr::MethodCall(method) if method.args.is_empty() => message(&method.receiver),
        _ => None,
    }
}
