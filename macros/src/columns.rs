//! `#[derive(Columns)]`: a struct whose fields are the columns of a table.

use std::collections::BTreeSet;

use darling::Error;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, DeriveInput, Expr, Field, Ident, LitStr, Path, parse_quote};

use crate::emit::names;
use crate::emit::{here, private_module};
use crate::syntax::derive::{self, Refusals, Standing};
use crate::syntax::error::{Sink, at};
use crate::syntax::value::Text;

const REFUSALS: Refusals = Refusals {
    kind: "columns are the fields of a struct: a table has the same columns in every row",
    unnamed: "columns need names: name the fields",
    empty: "there are no columns: name them as fields, or pass a table of any columns as a `DataFrame`",
};

/// Expands the derive:
///
/// ```text
/// const _: () = {
///     use ::flytekit::__v0_1_0 as __flytekit;
///     static __COLUMNS: [__flytekit::DatasetColumn<'static>; 1] = [
///         __flytekit::DatasetColumn::of::<i64>("id"),
///     ];
///     impl __flytekit::Columns for Sale { … }
///     const _: () = match ::core::option::Option::None::<Sale> { … };
/// };
/// ```
///
/// Even if the struct has mistakes, it gets the trait.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut sink = Error::accumulator();
    let standing = derive::standing(input, &mut sink);
    let (krate, resolved) = resolve(input, sink);
    match (resolved, standing) {
        (Ok(columns), Standing::Sound) => expand(&input.ident, &krate, &columns),
        (Err(mistakes), Standing::Lost) => mistakes.write_errors(),
        (Ok(_), Standing::Lost) => TokenStream::new(),
        (resolved, _) => {
            let errors = resolved.err().map(Error::write_errors);
            let stub = stub(input, &krate);
            quote!(#errors #stub)
        }
    }
}

/// The path of the runtime; and the columns, or all mistakes of the struct.
pub(crate) fn resolve(
    input: &DeriveInput,
    mut sink: Sink,
) -> (Path, Result<Vec<Column<'_>>, Error>) {
    let krate = derive::krate(input, "columns", &mut sink);
    let reason = "columns cannot be generic: their types are part of the task's interface";
    derive::refuse_generics(input, reason, &mut sink);
    let fields = sink.handle(derive::named_fields(input, &REFUSALS));
    let columns: Vec<_> = fields
        .into_iter()
        .flatten()
        .filter_map(|field| sink.handle(Column::of(field)))
        .collect();
    refuse_duplicates(&columns, &mut sink);
    (krate, sink.finish_with(columns))
}

/// The placeholder implementation for an invalid struct: a missing trait would be another error wherever the
/// struct is named.
fn stub(input: &DeriveInput, krate: &Path) -> TokenStream {
    let (krate, name) = (private_module(krate), &input.ident);
    let (parameters, arguments, conditions) = input.generics.split_for_impl();
    quote! {
        const _: () = {
            use #krate as __flytekit;
            #[automatically_derived]
            impl #parameters __flytekit::Columns for #name #arguments #conditions {
                const COLUMNS: &'static [__flytekit::DatasetColumn<'static>] = &[];
            }
        };
    }
}

/// A field that is a column.
pub(crate) struct Column<'a> {
    field: &'a Field,
    ident: &'a Ident,
    name: Text,
}

impl<'a> Column<'a> {
    fn of(field: &'a Field) -> Result<Self, Error> {
        let Some(ident) = &field.ident else {
            return Err(at(field.span(), REFUSALS.unnamed));
        };
        let attributes: Vec<_> = field
            .attrs
            .iter()
            .filter(|attr| attr.path().is_ident("column"))
            .collect();
        let name = match &attributes[..] {
            [] => {
                let name = LitStr::new(&ident.unraw().to_string(), ident.span());
                Text::Literal(name)
            }
            [attr] => given_name(attr)?,
            [_, again, ..] => return Err(at(again.path().span(), "`column` is given twice")),
        };
        Ok(Column { field, ident, name })
    }
}

/// ```text
/// #[column = "a"] a: i64      `column` takes the column's name: `#[column("customer name")]`
/// #[column("")] a: i64        a column needs a name
/// ```
fn given_name(attr: &Attribute) -> Result<Text, Error> {
    let malformed = || {
        let message = "`column` takes the column's name: `#[column(\"customer name\")]`";
        at(attr.path().span(), message)
    };
    let expr: Expr = attr.parse_args().map_err(|_| malformed())?;
    let name = Text::from_value(&expr).ok_or_else(malformed)?;
    if name.literal().is_some_and(|name| name.is_empty()) {
        return Err(at(name.span(), "a column needs a name"));
    }
    Ok(name)
}

/// ```text
/// struct Sale { id: i64, #[column("id")] other: i64 }   there is a column `id` already
/// ```
fn refuse_duplicates(columns: &[Column<'_>], sink: &mut Sink) {
    let mut seen = BTreeSet::new();
    for Column { name, .. } in columns {
        if let Some(literal) = name.literal()
            && !seen.insert(literal.clone())
        {
            let message = format!("there is a column `{literal}` already");
            sink.push(at(name.span(), message));
        }
    }
}

fn expand(name: &Ident, krate: &Path, columns: &[Column<'_>]) -> TokenStream {
    let krate = private_module(krate);
    let constants = columns.iter().map(|Column { field, name, .. }| {
        let ty = &field.ty;
        // All tokens have the span of the type, because the evaluation of the constant refuses the type.
        let of = quote_spanned!(here(ty.span())=> __flytekit::DatasetColumn::of::<#ty>);
        quote_spanned!(here(ty.span())=> #of(#name))
    });
    let idents = columns.iter().map(|column| column.ident);
    let bound: Vec<_> = (0..columns.len()).map(names::argument).collect();
    let (out, count) = (names::local("out"), columns.len());
    // The fields represent columns and are never read, which rustc would warn about.
    let read: Expr = parse_quote! {
        match ::core::option::Option::None::<&#name> {
            ::core::option::Option::Some(#name { #(#idents: #bound),* }) => {
                let _ = (#(#bound,)*);
            }
            ::core::option::Option::None => {}
        }
    };
    quote! {
        const _: () = {
            use #krate as __flytekit;
            static __COLUMNS: [__flytekit::DatasetColumn<'static>; #count] = [#(#constants),*];
            #[automatically_derived]
            impl __flytekit::Columns for #name {
                const COLUMNS: &'static [__flytekit::DatasetColumn<'static>] = &__COLUMNS;
                const ENCODED: &'static [::core::primitive::u8] = __flytekit::encoded!(
                    |#out| __flytekit::DatasetColumn::encode_all(&__COLUMNS, #out)
                );
            }
            const _: () = #read;
        };
    }
}
