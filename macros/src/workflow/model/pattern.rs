//! The names that a `let` binds.

use darling::Error;
use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{FieldPat, Member, Pat};

use super::value::{Step, Value};
use crate::syntax::error::at;

/// Calls `bind` with each name of the pattern and its value.
pub(super) fn names(
    pattern: &Pat,
    value: &Value,
    bind: &mut dyn FnMut(Ident, Value),
) -> Result<(), Error> {
    match pattern {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => {
            bind(name.ident.clone(), value.clone());
            Ok(())
        }
        Pat::Wild(_) | Pat::Rest(_) => Ok(()),
        Pat::Type(typed) => names(&typed.pat, value, bind),
        Pat::Paren(inner) => names(&inner.pat, value, bind),
        Pat::Tuple(tuple) => {
            let rest = tuple.elems.iter().position(|it| matches!(it, Pat::Rest(_)));
            for (place, element) in tuple.elems.iter().enumerate() {
                if rest.is_some_and(|rest| rest < place) {
                    return Err(at(
                        element.span(),
                        "name the outputs before the `..`, or all of them: their number is not known here",
                    ));
                }
                let part = part(value, Step::Output(place), pattern)?;
                names(element, &part, bind)?;
            }
            Ok(())
        }
        Pat::Struct(record) => record
            .fields
            .iter()
            .try_for_each(|field| field_names(field, value, bind)),
        _ => Err(at(
            pattern.span(),
            "a workflow destructures a result by `(a, b)` or `Stats { mean, .. }`, or names it",
        )),
    }
}

fn field_names(
    field: &FieldPat,
    value: &Value,
    bind: &mut dyn FnMut(Ident, Value),
) -> Result<(), Error> {
    let step = match &field.member {
        Member::Named(name) => Step::Field(name.clone()),
        Member::Unnamed(index) => Step::Position(index.index as usize),
    };
    let part = part(value, step, &field.pat)?;
    names(&field.pat, &part, bind)
}

fn part(value: &Value, step: Step, pattern: &Pat) -> Result<Value, Error> {
    value.part(step).ok_or_else(|| {
        at(
            pattern.span(),
            "only an output can be destructured: name each value",
        )
    })
}
