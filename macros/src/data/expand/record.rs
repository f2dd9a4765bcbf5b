//! The code of fields: those of a struct, or of a variant.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{Impls, data, own_type, patterns};
use crate::data::model::{Field, Missing, Record};
use crate::data::read::DefaultBy;
use crate::emit::here;
use crate::emit::names;

/// A dataclass.
pub(crate) fn record(name: &Ident, fields: &Record) -> Impls {
    let (value, out, literal) = (
        names::local("value"),
        names::local("out"),
        names::local("literal"),
    );
    let code = RecordCode {
        record: fields,
        constructor: quote!(Self),
        tag: None,
    };
    let schema = code.schema();
    let dataclass = code.dataclass(&quote!(<Self as __flytekit::FlyteData>::SCHEMA));
    let expected = format!("an object of {name}");
    let (unpack, pattern, pack) = (code.unpack(&value), code.pattern(), code.pack(&out));
    Impls {
        schema,
        field_type: own_type(),
        others: TokenStream::new(),
        unpack,
        pack: quote! {
            let #pattern = self;
            #pack
        },
        literal_type: quote!(__flytekit::LiteralType::Dataclass(#dataclass)),
        tag: quote!("Object-Dataclass-Transformer"),
        decode: quote!(__flytekit::data::decode(#literal, #expected)),
        encode: quote!(#out.msgpack(|#out| __flytekit::FlyteData::pack(self, #out))),
    }
}

/// The fields of a struct or a variant as code.
pub(crate) struct RecordCode<'a> {
    pub(crate) record: &'a Record,
    /// `Self`, `Shape::Circle`
    pub(crate) constructor: TokenStream,
    /// The field that tells variants apart, and its value.
    pub(crate) tag: Option<(String, String)>,
}

impl RecordCode<'_> {
    /// The JSON schema, as mashumaro writes that of a dataclass.
    pub(crate) fn schema(&self) -> TokenStream {
        let title = &self.record.title;
        let tag = self.tag.iter().map(|(name, value)| {
            quote!((
                #name,
                __flytekit::Json::Object(&[("const", __flytekit::Json::String(#value))]),
            ))
        });
        let fields = self.record.data().map(|field| {
            let (name, schema) = (&field.label.name, schema(field));
            quote!((#name, #schema))
        });
        let properties: Vec<_> = tag.chain(fields).collect();
        let tag = self.tag.iter().map(|(name, _)| name);
        let fields = self.record.data();
        let needed = fields.filter(|field| matches!(field.missing, Missing::Error));
        let required = tag.chain(needed.map(|field| &field.label.name));
        let required: Vec<_> = required
            .map(|name| quote!(__flytekit::Json::String(#name)))
            .collect();
        let properties = member("properties", &quote!(Object), &properties);
        let required = member("required", &quote!(Array), &required);
        quote! {
            __flytekit::Json::Object(&[
                ("type", __flytekit::Json::String("object")),
                ("title", __flytekit::Json::String(#title)),
                #properties
                #required
                ("additionalProperties", __flytekit::Json::Bool(false)),
            ])
        }
    }

    /// The dataclass whose schema is `schema`.
    pub(crate) fn dataclass(&self, schema: &TokenStream) -> TokenStream {
        let tag = self.tag.iter().map(|(name, value)| {
            let field_type = quote!(__flytekit::union::tag_type(&[#value]));
            quote!((#name, ::core::option::Option::Some(#field_type)))
        });
        let fields = self.record.data().map(|field| {
            let (name, field_type) = (&field.label.name, data(&field.ty, "FIELD_TYPE"));
            quote!((#name, #field_type))
        });
        let fields = tag.chain(fields);
        quote! {
            &__flytekit::Dataclass {
                schema: #schema,
                fields: &[#(#fields),*],
            }
        }
    }

    /// Reads the object that `value` is.
    pub(crate) fn unpack(&self, value: &Ident) -> TokenStream {
        let (fields, name) = (names::local("fields"), names::local("name"));
        let slots = self.slots().map(|(slot, field)| {
            let ty = &field.ty;
            quote!(let mut #slot = ::core::option::Option::<#ty>::None;)
        });
        let arms = self.slots().map(|(slot, field)| {
            let (label, unpack) = (&field.label.name, data(&field.ty, "unpack"));
            let names = patterns(&field.label);
            // In a closure: as a value, the function of a type that has none is one more error.
            quote!(#names => #fields.take(#label, &mut #slot, |#value| #unpack(#value))?,)
        });
        let tag = self
            .tag
            .iter()
            .map(|(tag, _)| quote!(#tag => #fields.skip()?,));
        let arms: Vec<_> = tag.chain(arms).collect();
        let unknown = self.unknown();
        let next = if arms.is_empty() {
            unknown
        } else {
            quote!(match #name { #(#arms)* _ => #unknown })
        };
        let default = self.default();
        let constructed = self.constructed();
        quote! {
            #(#slots)*
            let mut #fields = #value.object()?;
            while let ::core::option::Option::Some(#name) = #fields.next_name()? {
                #next
            }
            #default
            ::core::result::Result::Ok(#constructed)
        }
    }

    /// What is done with a field of another name.
    fn unknown(&self) -> TokenStream {
        let (fields, name) = (names::local("fields"), names::local("name"));
        if !self.record.denies_unknown {
            return quote!(#fields.extra(#name)?);
        }
        let tag = self.tag.iter().map(|(name, _)| name);
        let known = tag.chain(self.record.data().map(|field| &field.label.name));
        quote!(return ::core::result::Result::Err(#fields.unknown(#name, &[#(#known),*])))
    }

    /// The struct that the fields come from that are not there.
    fn default(&self) -> Option<TokenStream> {
        let default = names::local("default");
        let is_used = |field: &Field| matches!(field.missing, Missing::OfStruct);
        let made = match self.record.default.as_ref()? {
            DefaultBy::Trait => quote!(::core::default::Default::default()),
            DefaultBy::Function(path) => quote!(#path()),
        };
        let used = self.record.fields.iter().any(is_used);
        used.then(|| quote!(let #default: Self = #made;))
    }

    fn constructed(&self) -> TokenStream {
        let constructor = &self.constructor;
        let fields = self.record.fields.iter().enumerate().map(|(index, field)| {
            let ident = &field.ident;
            let value = if field.skipped {
                skipped(field)
            } else {
                read(field, &names::argument(index))
            };
            quote!(#ident: #value)
        });
        quote!(#constructor { #(#fields),* })
    }

    /// Takes the fields apart, into variables.
    pub(crate) fn pattern(&self) -> TokenStream {
        let constructor = &self.constructor;
        let fields = self.slots().map(|(slot, field)| {
            let ident = &field.ident;
            quote!(#ident: #slot)
        });
        let is_partial = self.record.fields.iter().any(|field| field.skipped);
        let rest = is_partial.then(|| quote!(..));
        quote!(#constructor { #(#fields,)* #rest })
    }

    /// Writes the fields that [`RecordCode::pattern`] has taken out, back to front.
    pub(crate) fn pack(&self, out: &Ident) -> TokenStream {
        let fields = names::local("fields");
        let tag = self.tag.iter().map(|(name, value)| {
            let value = quote!(::core::result::Result::Ok(#out.str(#value)));
            quote!(#fields.field(#name, |#out| #value)?;)
        });
        let written = self.slots().map(|(slot, field)| {
            let (name, pack) = (&field.label.name, data(&field.ty, "pack"));
            quote!(#fields.field(#name, |#out| #pack(#slot, #out))?;)
        });
        let written = tag.chain(written).collect::<Vec<_>>().into_iter().rev();
        quote! {
            #out.object(|#fields| {
                #(#written)*
                ::core::result::Result::Ok(())
            })
        }
    }

    /// The fields that are data, each with its variable.
    fn slots(&self) -> impl Iterator<Item = (Ident, &Field)> {
        let fields = self.record.fields.iter().enumerate();
        fields
            .filter(|(_, field)| !field.skipped)
            .map(|(index, field)| (names::argument(index), field))
    }
}

/// The value of a field that is read into `slot`.
fn read(field: &Field, slot: &Ident) -> TokenStream {
    let span = here(field.ty.span());
    match &field.missing {
        Missing::Error => {
            let (name, missing) = (&field.label.name, data(&field.ty, "missing"));
            quote!(__flytekit::data::required(#name, #slot, #missing)?)
        }
        Missing::Default => quote_spanned!(span=> #slot.unwrap_or_default()),
        Missing::Function(path) => quote!(#slot.unwrap_or_else(#path)),
        Missing::OfStruct => {
            let (default, ident) = (names::local("default"), &field.ident);
            quote!(#slot.unwrap_or(#default.#ident))
        }
    }
}

/// The value of a field that is no data.
fn skipped(field: &Field) -> TokenStream {
    let span = here(field.ty.span());
    match &field.missing {
        Missing::Error | Missing::Default => {
            quote_spanned!(span=> ::core::default::Default::default())
        }
        Missing::Function(path) => quote!(#path()),
        Missing::OfStruct => {
            let (default, ident) = (names::local("default"), &field.ident);
            quote!(#default.#ident)
        }
    }
}

fn schema(field: &Field) -> TokenStream {
    let schema = data(&field.ty, "SCHEMA");
    if let Missing::Default = field.missing {
        let default = data(&field.ty, "DEFAULT");
        return quote!(__flytekit::data::with_default(&#schema, &#default));
    }
    schema
}

/// A member of a schema, unless it would be empty.
fn member(name: &str, kind: &TokenStream, items: &[TokenStream]) -> Option<TokenStream> {
    let some = !items.is_empty();
    some.then(|| quote!((#name, __flytekit::Json::#kind(&[#(#items),*])),))
}
