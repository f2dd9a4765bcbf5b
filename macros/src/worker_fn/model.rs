//! A worker function, resolved.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Path, ReturnType, Type};

use super::read::WorkerFnOptions;
use crate::syntax::function::Source;
use crate::syntax::name::Name;
use crate::syntax::signature::typed;
use crate::syntax::types::ungrouped;
use crate::syntax::value::runtime;

/// Everything that the expansion needs.
#[derive(Debug)]
pub(crate) struct WorkerFn<'a> {
    pub(crate) source: &'a Source,
    /// The path of the runtime.
    pub(crate) krate: Path,
    pub(crate) name: Name,
    pub(crate) parameters: Vec<&'a Type>,
    pub(crate) output: Output<'a>,
}

/// The return type of the function.
#[derive(Debug)]
pub(crate) enum Output<'a> {
    /// No return type: `()`.
    Unit,
    Value(&'a Type),
    /// A `Result`, recognized by its name. No trait can distinguish it from a value, because serde implements
    /// its traits for `Result` as well.
    Result(&'a Type),
}

impl<'a> WorkerFn<'a> {
    pub(super) fn resolve(given: WorkerFnOptions, source: &'a Source) -> Self {
        WorkerFn {
            source,
            krate: runtime(given.krate.as_ref()),
            name: Name::resolve(given.name),
            parameters: typed(&source.sig).map(|parameter| &*parameter.ty).collect(),
            output: Output::of(&source.sig.output),
        }
    }
}

impl WorkerFn<'_> {
    /// The span for the error that a parameter cannot be passed between processes. rustc reports one span for
    /// all of them: the type of the only suspect or, if there are several, the list.
    pub(super) fn parameters_place(&self) -> Span {
        let mut suspects = self.parameters.iter().filter(|ty| !always_goes(ty));
        match (suspects.next(), suspects.next()) {
            (Some(suspect), None) => suspect.span(),
            _ => self.source.sig.paren_token.span.join(),
        }
    }
}

/// Whether a value of this type can obviously be passed between processes.
fn always_goes(ty: &Type) -> bool {
    const NAMES: [&str; 16] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "usize", "String",
    ];
    let Type::Path(path) = ungrouped(ty) else {
        return false;
    };
    NAMES.iter().any(|name| path.path.is_ident(name))
}

impl<'a> Output<'a> {
    fn of(output: &'a ReturnType) -> Self {
        match output {
            ReturnType::Default => Output::Unit,
            ReturnType::Type(_, ty) if is_result(ty) => Output::Result(ty),
            ReturnType::Type(_, ty) => Output::Value(ty),
        }
    }
}

fn is_result(ty: &Type) -> bool {
    let Type::Path(path) = ungrouped(ty) else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|segment| segment.ident == "Result")
}
