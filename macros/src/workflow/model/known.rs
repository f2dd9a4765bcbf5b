//! Values that must be known at compile time, where no value of the graph can be; also names that `let` has
//! bound to constants.

use std::collections::HashMap;

use darling::Error;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, ExprConst, LitStr, Stmt};

use super::body::Body;
use super::value::{Constant, Known, Value};
use crate::syntax::error::at;
use crate::syntax::types::find;
use crate::syntax::value::ungrouped;

/// The values of the names that parameters and `let` have bound so far.
#[derive(Default)]
pub(super) struct Names(HashMap<String, Value>);

impl Names {
    pub(super) fn bind(&mut self, name: &Ident, value: Value) {
        self.0.insert(name.unraw().to_string(), value);
    }

    /// The value of a name, if it has one. Raw identifiers make no difference.
    pub(super) fn get(&self, name: &Ident) -> Option<&Value> {
        self.0.get(&name.unraw().to_string())
    }
}

impl Constant {
    /// A value without names of the body.
    pub(super) fn of(it: Expr) -> Self {
        let names = Vec::new();
        Constant::Expr(Known { it, names })
    }
}

impl Body {
    /// ```text
    /// let wait = 60;
    /// sleep(Duration::from_secs(wait))   Duration::from_secs(60)
    /// ```
    pub(super) fn known(&self, expr: &Expr) -> Result<Known<Expr>, Error> {
        let mut names = Vec::new();
        let tokens = self.without_names(expr.to_token_stream(), &mut names)?;
        let it = syn::parse2(tokens).map_err(|problem| at(expr.span(), problem))?;
        Ok(Known { it, names })
    }

    /// Text as a literal, or by a name of the body.
    pub(super) fn known_text(&mut self, expr: &Expr) -> Result<Option<Known<LitStr>>, Error> {
        let value = self.value(expr)?;
        let Some(Constant::Text(text)) = value.constant() else {
            return Ok(None);
        };
        let names = match &value {
            Value::Place(_, place) => place.name().into_iter().cloned().collect(),
            _ => Vec::new(),
        };
        let it = text.clone();
        Ok(Some(Known { it, names }))
    }

    /// The tokens, in which constants replace the names of the body.
    fn without_names(
        &self,
        tokens: TokenStream,
        names: &mut Vec<Ident>,
    ) -> Result<TokenStream, Error> {
        let mut written = TokenStream::new();
        let mut is_part = false;
        for token in tokens {
            let replaced = match token {
                TokenTree::Group(group) => {
                    let inner = self.without_names(group.stream(), names)?;
                    let mut same = Group::new(group.delimiter(), inner);
                    same.set_span(group.span());
                    TokenTree::Group(same)
                }
                TokenTree::Ident(name) if !is_part && self.is_name(&name) => {
                    let constant = self.constant_of(&name)?;
                    names.push(name);
                    TokenTree::Group(Group::new(Delimiter::None, constant))
                }
                other => other,
            };
            // `.name`, `::name`
            is_part =
                matches!(&replaced, TokenTree::Punct(it) if ['.', ':'].contains(&it.as_char()));
            written.extend([replaced]);
        }
        Ok(written)
    }

    /// The value of the name, as an expression.
    fn constant_of(&self, name: &Ident) -> Result<TokenStream, Error> {
        match self.names.get(name).and_then(Value::constant) {
            Some(Constant::Literal(expr)) => Ok(expr.to_token_stream()),
            Some(Constant::Expr(known) | Constant::Calculated(known)) => {
                Ok(known.it.to_token_stream())
            }
            Some(Constant::Text(text)) => Ok(text.to_token_stream()),
            Some(Constant::None(path)) => Ok(path.to_token_stream()),
            None => Err(at(
                name.span(),
                "this must be known at compile time: write a literal or a constant",
            )),
        }
    }

    /// Refuses names of the body in a `const` block. rustc would refuse them, too, once for each copy of the
    /// block.
    ///
    /// ```text
    /// let n = 2;
    /// f(const { 2 * n })
    /// ```
    pub(super) fn const_block(&self, block: &ExprConst) -> Result<Value, Error> {
        // A name that the block binds itself may equal a name outside of it.
        if let [Stmt::Expr(expr, None)] = &*block.block.stmts {
            let is_outside =
                |token: &TokenTree| matches!(token, TokenTree::Ident(name) if self.is_name(name));
            if let Some(place) = find(expr.to_token_stream(), &is_outside) {
                let reason = "a `const` block cannot use names of the body: write the value, or a constant of the module";
                return Err(at(place, reason));
            }
        }
        Ok(Value::Constant(Constant::of(Expr::Const(block.clone()))))
    }

    /// A constant that is calculated from others: `2 * LIMIT`, `Duration::from_secs(60)`.
    pub(super) fn calculated(&self, expr: &Expr) -> Option<Known<Expr>> {
        // A literal is a plain constant, or has no type in Flyte.
        let is_one = !matches!(expr, Expr::Lit(_)) && is_calculation(expr);
        is_one.then(|| self.known(expr).ok())?
    }
}

/// Whether it only consists of constants, and of functions of types, which are not entities.
fn is_calculation(expr: &Expr) -> bool {
    match ungrouped(expr) {
        Expr::Lit(_) | Expr::Path(_) | Expr::Const(_) => true,
        Expr::Paren(inner) => is_calculation(&inner.expr),
        Expr::Unary(unary) => is_calculation(&unary.expr),
        Expr::Cast(cast) => is_calculation(&cast.expr),
        Expr::Field(field) => is_calculation(&field.base),
        Expr::Binary(binary) => is_calculation(&binary.left) && is_calculation(&binary.right),
        Expr::Call(call) => is_of_type(&call.func) && call.args.iter().all(is_calculation),
        _ => false,
    }
}

/// Whether a function belongs to a type: `Duration::from_secs`.
pub(super) fn is_of_type(function: &Expr) -> bool {
    let Expr::Path(path) = ungrouped(function) else {
        return false;
    };
    let owner = path.path.segments.iter().rev().nth(1);
    path.qself.is_some() || owner.is_some_and(|it| is_type_name(&it.ident))
}

/// Whether a name is capitalized like a type's.
pub(super) fn is_type_name(name: &Ident) -> bool {
    let name = name.unraw().to_string();
    name.starts_with(|first: char| first.is_ascii_uppercase())
}
