//! The code of fields: those of a struct, or of a variant.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::{Impls, names_table, own_type};
use crate::data::model::{Field, Missing, Record};
use crate::data::read::DefaultBy;
use crate::emit::{here, names, types, wire};

/// A dataclass: the items beside the traits, and the traits.
///
/// ```text
/// static __NAMES: __flytekit::record::Names = __flytekit::record::Names { names: &["x"], … };
/// static __DATACLASS: __flytekit::Dataclass = __flytekit::dataclass!("Point", …);
/// ```
///
/// rustc checks the values behind the references of a constant, each time a constant uses another one, but
/// not the values behind references to statics.
pub(crate) fn record(name: &Ident, fields: &Record) -> (TokenStream, Impls) {
    let (value, out, literal) = (
        names::local("value"),
        names::local("out"),
        names::local("literal"),
    );
    let code = RecordCode {
        record: fields,
        constructor: quote!(Self),
        tag: None,
        suffix: String::new(),
    };
    let dataclass = code.dataclass();
    let expected = format!("an object of {name}");
    let place = |field: &Field| {
        let ident = &field.ident;
        quote!(&self.#ident)
    };
    let impls = Impls {
        schema: quote!(__flytekit::Json::Encoded(#dataclass.schema)),
        field_type: own_type(),
        others: TokenStream::new(),
        unpack: code.unpack(&value),
        pack: code.pack(&out, |_, field| place(field)),
        literal_type: quote!(__flytekit::LiteralType::Dataclass(&#dataclass)),
        tag: quote!("Object-Dataclass-Transformer"),
        decode: quote!(__flytekit::data::decode(#literal, #expected)),
        encode: quote!(__flytekit::data::encode(self, #out)),
    };
    (code.items(), impls)
}

/// The fields of a struct or a variant as code.
pub(crate) struct RecordCode<'a> {
    pub(crate) record: &'a Record,
    /// `Self`, `Shape::Circle`
    pub(crate) constructor: TokenStream,
    /// The tag: the field that distinguishes variants, and its value.
    pub(crate) tag: Option<(String, String)>,
    /// The suffix of the items' names, which differs between variants.
    pub(crate) suffix: String,
}

impl RecordCode<'_> {
    /// The static with the names.
    fn names(&self) -> Ident {
        format_ident!("__NAMES{}", self.suffix)
    }

    /// The static with the dataclass of the fields.
    pub(crate) fn dataclass(&self) -> Ident {
        format_ident!("__DATACLASS{}", self.suffix)
    }

    /// Both statics.
    pub(crate) fn items(&self) -> TokenStream {
        let (names, dataclass) = (self.names(), self.dataclass());
        let tag = self.tag.iter().map(|(name, _)| (&**name, &[][..]));
        let fields = self.record.data().map(|field| {
            let label = &field.label;
            (&*label.name, &*label.aliases)
        });
        let table = names_table(tag.chain(fields));
        let title = &self.record.title;
        let closing = wire::literal(&self.closing());
        let tag = self.tag.iter().map(|(_, value)| tag_field(value));
        let renamed = self.record.data().filter_map(|field| {
            let (name, label) = (field.ident.unraw().to_string(), &*field.label.name);
            (name != label).then(|| quote!((#name, #label)))
        });
        let fields = self.record.data();
        let fields = fields.map(|field| (types::field_type(&field.ty), schema(field)));
        let (types, schemas): (Vec<_>, Vec<_>) = tag.chain(fields).unzip();
        quote! {
            static #names: __flytekit::record::Names = #table;
            static #dataclass: __flytekit::Dataclass = __flytekit::dataclass!(
                #title,
                __flytekit::Record {
                    names: #names.names,
                    types: &[#(#types),*],
                    schemas: &[#(#schemas),*],
                    sorted: #names.sorted,
                    closing: #closing,
                },
                &[#(#renamed),*]
            );
        }
    }

    /// The members after the properties in the JSON schema, equal to mashumaro's for a dataclass.
    fn closing(&self) -> Vec<u8> {
        let tag = self.tag.iter().map(|(name, _)| &**name);
        let fields = self.record.data();
        let needed = fields.filter(|field| matches!(field.missing, Missing::Error));
        let required: Vec<_> = tag.chain(needed.map(|field| &*field.label.name)).collect();
        let mut closing = Vec::new();
        if !required.is_empty() {
            closing.extend(wire::member("required", &wire::texts(required)));
        }
        closing.extend(wire::member("title", &wire::text(&self.record.title)));
        closing.extend(wire::member("type", &wire::text("object")));
        closing
    }

    /// Reads the object that `value` is.
    ///
    /// ```text
    /// let mut __0 = None;
    /// let mut __fields = __flytekit::record::RecordReader::new(__value, &__NAMES, false)?;
    /// while let Some(__place) = __fields.next_place() {
    ///     match __place {
    ///         0 => __fields.need(&mut __0, i64::unpack, i64::missing),
    ///         _ => __fields.skip(),
    ///     }
    /// }
    /// let (true, Some(__0)) = (__fields.is_whole(), __0) else { return Err(__fields.error()) };
    /// Ok(Self { x: __0 })
    /// ```
    pub(crate) fn unpack(&self, value: &Ident) -> TokenStream {
        let (fields, place) = (names::local("fields"), names::local("place"));
        let slots = self.slots().map(|(slot, _)| slot);
        let arms = self.slots().enumerate().map(|(index, (slot, field))| {
            let place = Literal::usize_unsuffixed(index + usize::from(self.tag.is_some()));
            let unpack = types::data(&field.ty, "unpack");
            if let Missing::Error = field.missing {
                let missing = types::data(&field.ty, "missing");
                quote!(#place => #fields.need(&mut #slot, #unpack, #missing),)
            } else {
                quote!(#place => #fields.take(&mut #slot, #unpack),)
            }
        });
        let (names, denies) = (self.names(), self.record.denies_unknown);
        let (default, required) = (self.default(), self.required());
        let constructed = self.constructed();
        quote! {
            #(let mut #slots = ::core::option::Option::None;)*
            let mut #fields = __flytekit::record::RecordReader::new(#value, &#names, #denies)?;
            while let ::core::option::Option::Some(#place) = #fields.next_place() {
                match #place {
                    #(#arms)*
                    _ => #fields.skip(),
                }
            }
            #required
            #default
            ::core::result::Result::Ok(#constructed)
        }
    }

    /// Takes the required fields out of their slots, unless there was an error.
    fn required(&self) -> TokenStream {
        let fields = names::local("fields");
        let needed = |(_, field): &(Ident, &Field)| matches!(field.missing, Missing::Error);
        let slots: Vec<_> = self.slots().filter(needed).map(|(slot, _)| slot).collect();
        quote! {
            let (true, #(::core::option::Option::Some(#slots),)*) = (#fields.is_whole(), #(#slots,)*)
            else {
                return ::core::result::Result::Err(#fields.error());
            };
        }
    }

    /// The struct that provides missing fields.
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

    /// The pattern that binds the fields to variables.
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

    /// Writes the fields, back to front; `place` is a reference to a field, which
    /// [`RecordCode::pattern`] may have put into a variable.
    pub(crate) fn pack(
        &self,
        out: &Ident,
        place: impl Fn(&Ident, &Field) -> TokenStream,
    ) -> TokenStream {
        let fields = names::local("fields");
        let tag = self
            .tag
            .iter()
            .map(|(name, value)| quote!(#fields.put_text(#name, #value);));
        let written = self.slots().map(|(slot, field)| {
            let (name, pack) = (&field.label.name, types::data(&field.ty, "pack"));
            let place = place(&slot, field);
            quote!(#fields.put(#name, #place, #pack);)
        });
        let written: Vec<_> = tag.chain(written).collect();
        let written = written.into_iter().rev();
        quote! {
            #[allow(unused_mut)]
            let mut #fields = __flytekit::record::RecordWriter::new(#out);
            #(#written)*
            #fields.finish()
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

/// The value of a field that was read into `slot`; required fields were already taken out of it.
fn read(field: &Field, slot: &Ident) -> TokenStream {
    let span = here(field.ty.span());
    match &field.missing {
        Missing::Error => quote!(#slot),
        Missing::Default => quote_spanned!(span=> #slot.unwrap_or_default()),
        Missing::Function(path) => quote!(#slot.unwrap_or_else(#path)),
        Missing::OfStruct => {
            let (default, ident) = (names::local("default"), &field.ident);
            quote!(#slot.unwrap_or(#default.#ident))
        }
    }
}

/// The value of a field that is not data.
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
    let schema = types::data(&field.ty, "SCHEMA");
    if let Missing::Default = field.missing {
        let default = types::data(&field.ty, "DEFAULT");
        return quote!(__flytekit::data::with_default(&#schema, &#default));
    }
    schema
}

/// The type and the JSON schema of the tag of the variant with this value.
fn tag_field(value: &str) -> (TokenStream, TokenStream) {
    let encoded = wire::literal(&wire::strings(1, [value]));
    let constant = wire::literal(&wire::member("const", &wire::text(value)));
    let field_type = quote! {
        ::core::option::Option::Some(__flytekit::union::tag_type(
            &__flytekit::EnumType { values: &[#value], encoded: #encoded }
        ))
    };
    (field_type, quote!(__flytekit::Json::Encoded(#constant)))
}
