//! The code of an enum whose variants contain values: a table of candidates, which the runtime tries.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned;

use super::record::RecordCode;
use super::{Impls, own_type};
use crate::data::model::{Payload, Union, Variant};
use crate::emit::here;
use crate::emit::{names, types};

/// The items beside the traits, and the traits:
///
/// ```text
/// fn __unpack_0(__value: &mut __flytekit::MsgpackReader<'_>) -> Result<Shape, …> { … }
/// static __CANDIDATES: [__flytekit::Candidate<Shape>; 2] = [
///     __flytekit::Candidate::dataclass("Circle", &__DATACLASS_0, __unpack_0),
///     __flytekit::Candidate::new("Length", i64's schema, i64's variant, |literal| …, |value| …),
/// ];
/// static __VARIANTS: [__flytekit::Variant; 2] = __flytekit::union::variants(&__CANDIDATES);
/// ```
pub(crate) fn union(name: &Ident, union: &Union) -> (TokenStream, Impls) {
    let codes: Vec<_> = union
        .variants
        .iter()
        .enumerate()
        .map(|(index, variant)| Code {
            name,
            index,
            variant,
            tag: union.tag.as_ref(),
        })
        .collect();
    let records = codes.iter().filter_map(Code::record);
    let records = records.map(|record| record.items());
    let functions = codes.iter().map(Code::function);
    let candidates = codes.iter().map(Code::candidate);
    let count = codes.len();
    let items = quote! {
        #(#records)*
        #(#functions)*
        static __CANDIDATES: [__flytekit::Candidate<#name>; #count] = [#(#candidates),*];
        static __VARIANTS: [__flytekit::Variant; #count] =
            __flytekit::union::variants(&__CANDIDATES);
    };
    (items, impls(union, &codes))
}

fn impls(union: &Union, codes: &[Code<'_>]) -> Impls {
    let (value, out, literal) = (
        names::local("value"),
        names::local("out"),
        names::local("literal"),
    );
    let pack = codes.iter().map(Code::pack);
    let encode = codes.iter().map(Code::encode);
    let (unpack, decode) = match &union.tag {
        Some(tag) => (
            quote!(__flytekit::union::unpack_by_field(#value, #tag, &__CANDIDATES)),
            quote!(__flytekit::union::decode_by_field(#literal)),
        ),
        None => (
            quote!(__flytekit::union::unpack(#value, &__CANDIDATES)),
            quote!(__flytekit::union::decode(#literal, &__CANDIDATES)),
        ),
    };
    Impls {
        schema: quote! {
            __flytekit::Json::AnyOfEncoded(
                __flytekit::encoded!(
                    |#out| __flytekit::union::encode_schemas(&__CANDIDATES, #out)
                ),
                false,
            )
        },
        field_type: own_type(),
        others: TokenStream::new(),
        unpack,
        pack: quote!(match self { #(#pack)* }),
        literal_type: quote! {
            __flytekit::LiteralType::Union(__flytekit::Union {
                variants: &__VARIANTS,
                or_none: false,
                encoded: __flytekit::encoded!(
                    |#out| __flytekit::Variant::encode_all(&__VARIANTS, #out)
                ),
            })
        },
        tag: quote!("Typed Union"),
        decode,
        encode: quote!(match self { #(#encode)* }),
    }
}

/// One variant as code.
struct Code<'a> {
    /// The enum.
    name: &'a Ident,
    index: usize,
    variant: &'a Variant,
    tag: Option<&'a LitStr>,
}

impl Code<'_> {
    /// `Shape::Circle`
    fn path(&self) -> TokenStream {
        let (name, ident) = (self.name, &self.variant.ident);
        quote!(#name::#ident)
    }

    /// The fields, if the variant is a dataclass of its own.
    fn record(&self) -> Option<RecordCode<'_>> {
        let Payload::Record(record) = &self.variant.payload else {
            return None;
        };
        let label = &self.variant.label;
        Some(RecordCode {
            record,
            constructor: self.path(),
            tag: self.tag.map(|tag| (tag.value(), label.name.clone())),
            suffix: format!("_{}", self.index),
        })
    }

    /// The function that reads the variant's fields.
    fn function(&self) -> Option<TokenStream> {
        let (name, function) = (self.name, self.unpack());
        let value = names::local("value");
        let body = self.record()?.unpack(&value);
        Some(quote! {
            fn #function(
                #value: &mut __flytekit::MsgpackReader<'_>,
            ) -> ::core::result::Result<#name, __flytekit::ValueError> {
                #body
            }
        })
    }

    fn unpack(&self) -> Ident {
        format_ident!("__unpack_{}", self.index)
    }

    /// The row of the table. In an enum with a tag, its name is the tag's value.
    fn candidate(&self) -> TokenStream {
        let path = self.path();
        let label = &self.variant.label;
        let name = match self.tag {
            Some(_) => label.name.clone(),
            None => self.variant.ident.to_string(),
        };
        let (value, literal) = (names::local("value"), names::local("literal"));
        match (&self.variant.payload, self.record()) {
            (Payload::Value(ty), _) => {
                let [schema, variant] = ["SCHEMA", "VARIANT"].map(|item| types::value(ty, item));
                let [decode, unpack] = ["decode", "unpack"].map(|item| types::value(ty, item));
                // All tokens have the span of the type, which is refused when the constant is evaluated.
                quote_spanned! {here(ty.span())=>
                    __flytekit::Candidate::new(
                        #name,
                        #schema,
                        #variant,
                        |#literal| ::core::result::Result::map(#decode(#literal), #path),
                        |#value| ::core::result::Result::map(#unpack(#value), #path),
                    )
                }
            }
            (_, Some(record)) => {
                let dataclass = record.dataclass();
                let unpack = self.unpack();
                let aliases = self.tag.map(|_| &label.aliases).filter(|it| !it.is_empty());
                let also = aliases.map(|aliases| quote!(.also(&[#(#aliases),*])));
                quote!(__flytekit::Candidate::dataclass(#name, &#dataclass, #unpack) #also)
            }
            (_, None) => quote! {
                __flytekit::Candidate::none(
                    #name,
                    |#literal| <() as __flytekit::FlyteValue>::decode(#literal).map(|()| #path),
                    |#value| <() as __flytekit::FlyteValue>::unpack(#value).map(|()| #path),
                )
            },
        }
    }

    /// The arm that writes a bare value.
    fn pack(&self) -> TokenStream {
        let (path, out, value) = (self.path(), names::local("out"), names::argument(0));
        match (&self.variant.payload, self.record()) {
            (Payload::Value(ty), _) => {
                let pack = types::value(ty, "pack");
                quote!(#path(#value) => #pack(#value, #out),)
            }
            (_, Some(record)) => {
                let pattern = record.pattern();
                let pack = record.pack(&out, |slot, _| quote!(#slot));
                quote!(#pattern => { #pack })
            }
            (_, None) => quote!(#path => <() as __flytekit::FlyteValue>::pack(&(), #out),),
        }
    }

    /// The arm that writes a literal.
    fn encode(&self) -> TokenStream {
        let (path, out, value) = (self.path(), names::local("out"), names::argument(0));
        let index = self.index;
        let arm = |pattern: &TokenStream, value: &TokenStream, encode: &TokenStream| {
            quote! {
                #pattern => __flytekit::union::encode(#out, &__VARIANTS[#index], #value, #encode),
            }
        };
        match &self.variant.payload {
            Payload::Value(ty) => {
                let encode = types::value(ty, "encode");
                arm(&quote!(#path(#value)), &quote!(#value), &encode)
            }
            Payload::Record(_) => {
                let encode = quote!(__flytekit::data::encode);
                arm(&quote!(#path { .. }), &quote!(self), &encode)
            }
            Payload::None => {
                let encode = quote!(<() as __flytekit::FlyteValue>::encode);
                arm(&path, &quote!(&()), &encode)
            }
        }
    }
}
