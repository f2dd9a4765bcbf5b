//! Maps: a task for each element of lists.

use darling::Error;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprClosure, Pat, Path, Stmt, Token};

use super::body::{Body, Ran, upstream};
use super::value::{Each, Gives, Map, MapArgument, MapOptions, Run};
use crate::syntax::error::at;
use crate::syntax::value::ungrouped;

/// The error for a wrong first argument of a map.
const A_TASK: &str = "a map takes the name of a task, or a closure with values for all elements: `|x| scale(x, factor)`";

/// The error for a closure that is not one call.
const ONE_CALL: &str =
    "the closure of a map is one call of a task: put several calls into a task, and map that task";

impl Body {
    /// ```text
    /// map(square, list)?
    /// map(|x| scale(x, factor), list)?
    /// map(|x, y| join(x, y, ","), some, others)?
    /// ```
    pub(super) fn map(
        &mut self,
        call: &ExprCall,
        tried: Option<Token![?]>,
    ) -> Result<Option<Ran>, Error> {
        let Expr::Path(function) = ungrouped(&call.func) else {
            return Ok(None);
        };
        if !is_map(&function.path) {
            return Ok(None);
        }
        let mut given = call.args.iter();
        let (Some(task), Some(_)) = (given.next(), given.clone().next()) else {
            return Err(at(
                call.span(),
                "write `map(task, list)`, or `map(|x| task(x, other), list)`",
            ));
        };
        let lists = given.map(|it| self.value(it));
        let lists: Vec<_> = lists.collect::<Result<_, _>>()?;
        let place = self.graph.maps;
        self.graph.maps += 1;
        let (path, each, arguments) = match ungrouped(task) {
            Expr::Path(_) => {
                let path = self.entity(task)?.clone();
                let arguments = (0..lists.len()).map(MapArgument::Element).collect();
                (path, None, arguments)
            }
            Expr::Closure(closure) => {
                let (path, each, arguments) = self.closure(closure, lists.len())?;
                (path, Some(each), arguments)
            }
            other => return Err(at(other.span(), A_TASK)),
        };
        let whole = arguments.iter().filter_map(|argument| match argument {
            MapArgument::Whole(value) => Some(value),
            MapArgument::Element(_) => None,
        });
        let takes = upstream(lists.iter().chain(whole));
        let map = Map {
            path: function.path.clone(),
            paren: call.paren_token,
            task: path,
            each,
            lists,
            arguments,
            place,
            options: MapOptions::default(),
            tried,
        };
        Ok(Some(Ran {
            run: Run::Map(map),
            gives: Gives::OfMap(place),
            takes,
        }))
    }

    /// `|x| scale(x, factor)`
    fn closure(
        &mut self,
        closure: &ExprClosure,
        lists: usize,
    ) -> Result<(Path, Each, Vec<MapArgument>), Error> {
        let names = closure.inputs.iter().map(name);
        let names: Vec<Ident> = names.collect::<Result<_, _>>()?;
        if names.len() != lists {
            let reason = format!(
                "the closure of a map takes one element of each list: {} here",
                match lists {
                    1 => "one".to_owned(),
                    many => many.to_string(),
                }
            );
            return Err(at(closure.span(), reason));
        }
        let call = one_call(&closure.body)?;
        let path = self.entity(&call.func)?.clone();
        let arguments = call.args.iter().map(|it| self.argument(it, &names));
        let arguments: Vec<_> = arguments.collect::<Result<_, _>>()?;
        for (place, name) in names.iter().enumerate() {
            let is_it = |it: &MapArgument| matches!(it, MapArgument::Element(at) if *at == place);
            if !arguments.iter().any(is_it) {
                let reason = format!("no input is given `{name}`: leave it out, and its list");
                return Err(at(name.span(), reason));
            }
        }
        let each = Each {
            parameters: closure.inputs.iter().cloned().collect(),
            names,
            paren: call.paren_token,
        };
        Ok((path, each, arguments))
    }

    /// An argument: an element, or a value for all elements.
    fn argument(&mut self, expr: &Expr, names: &[Ident]) -> Result<MapArgument, Error> {
        if let Expr::Path(path) = ungrouped(expr)
            && let Some(name) = path.path.get_ident()
            && let Some(place) = names.iter().position(|known| known == name)
        {
            return Ok(MapArgument::Element(place));
        }
        if let Some(name) = mentioned(expr.to_token_stream(), names) {
            let reason = format!(
                "an input takes `{name}` as it is, because elements only exist when nodes have run: let the task do this"
            );
            return Err(at(name.span(), reason));
        }
        self.value(expr).map(MapArgument::Whole)
    }
}

/// Whether a path is that of flytekit's `map`; another path names an entity.
fn is_map(path: &Path) -> bool {
    let mut segments = path.segments.iter().rev();
    let is_named = segments.next().is_some_and(|it| it.ident == "map");
    let is_ours = segments.next().is_none_or(|it| it.ident == "flytekit");
    is_named && is_ours && path.segments.len() < 3
}

/// The name of a closure's parameter.
fn name(parameter: &Pat) -> Result<Ident, Error> {
    match parameter {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => {
            Ok(name.ident.clone())
        }
        Pat::Type(typed) => name(&typed.pat),
        Pat::Paren(inner) => name(&inner.pat),
        other => Err(at(
            other.span(),
            "the closure names an element, and passes it on as it is: `|x| scale(x, factor)`",
        )),
    }
}

/// The only call in a closure.
fn one_call(body: &Expr) -> Result<&ExprCall, Error> {
    match ungrouped(body) {
        Expr::Call(call) => Ok(call),
        Expr::Paren(inner) => one_call(&inner.expr),
        Expr::Block(block) => match &*block.block.stmts {
            [Stmt::Expr(expr, None)] => one_call(expr),
            _ => Err(at(body.span(), ONE_CALL)),
        },
        Expr::Try(tried) => Err(at(
            tried.question_token.span,
            "the `?` of a map follows the call: `map(|x| scale(x, factor), list)?`",
        )),
        Expr::Await(awaited) => one_call(&awaited.base),
        other => Err(at(other.span(), ONE_CALL)),
    }
}

/// The first of these names that is in the tokens.
fn mentioned(tokens: TokenStream, names: &[Ident]) -> Option<Ident> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) => names.contains(&ident).then_some(ident),
        TokenTree::Group(group) => mentioned(group.stream(), names),
        _ => None,
    })
}
