//! The code of both traits, of wrappers, and of enums of names.

mod record;
mod union;

pub(crate) use record::record;
pub(crate) use union::union;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use syn::{Generics, LitStr};

use crate::data::model::{Choice, Wrapper};
use crate::emit::{names, types, wire};

/// The type of a field in the structure of its object: its own.
pub(crate) fn own_type() -> TokenStream {
    quote!(::core::option::Option::Some(
        __flytekit::Variant::of::<Self>()
    ))
}

/// The members of both traits of a type.
pub(crate) struct Impls {
    pub(crate) schema: TokenStream,
    pub(crate) field_type: TokenStream,
    /// The members of `FlyteData` that few types have.
    pub(crate) others: TokenStream,
    pub(crate) unpack: TokenStream,
    pub(crate) pack: TokenStream,
    pub(crate) literal_type: TokenStream,
    pub(crate) tag: TokenStream,
    pub(crate) decode: TokenStream,
    pub(crate) encode: TokenStream,
}

impl Impls {
    /// The placeholder of a wrong type: missing traits would be another error wherever the type is used.
    pub(crate) fn stub() -> Self {
        let never = quote!(::core::unimplemented!());
        let null = quote!(__flytekit::Json::Null);
        let none = quote!(::core::option::Option::None);
        Impls {
            schema: null,
            field_type: none,
            others: TokenStream::new(),
            unpack: never.clone(),
            pack: never.clone(),
            literal_type: quote!(<() as __flytekit::FlyteType>::LITERAL_TYPE),
            tag: quote!(""),
            decode: never.clone(),
            encode: never,
        }
    }

    pub(crate) fn of(self, name: &Ident, generics: &Generics) -> TokenStream {
        let (parameters, arguments, conditions) = generics.split_for_impl();
        let Impls {
            schema,
            field_type,
            others,
            unpack,
            pack,
            literal_type,
            tag,
            decode,
            encode,
        } = self;
        let (value, out, literal) = (
            names::local("value"),
            names::local("out"),
            names::local("literal"),
        );
        quote! {
            #[automatically_derived]
            impl #parameters __flytekit::FlyteData for #name #arguments #conditions {
                const SCHEMA: __flytekit::Json<'static> = #schema;
                const FIELD_TYPE: ::core::option::Option<__flytekit::Variant> = #field_type;
                #others

                fn unpack(
                    #value: &mut __flytekit::MsgpackReader<'_>,
                ) -> ::core::result::Result<Self, __flytekit::ValueError> {
                    #unpack
                }

                fn pack(
                    &self,
                    #out: __flytekit::MsgpackWriter<'_>,
                ) -> ::core::result::Result<__flytekit::Written, __flytekit::ValueError> {
                    #pack
                }
            }

            #[automatically_derived]
            impl #parameters __flytekit::FlyteType for #name #arguments #conditions {
                const LITERAL_TYPE: __flytekit::LiteralType = #literal_type;
                const TAG: &'static ::core::primitive::str = #tag;

                fn decode(
                    #literal: __flytekit::LiteralRef<'_>,
                ) -> ::core::result::Result<Self, __flytekit::ValueError> {
                    #decode
                }

                fn encode(
                    &self,
                    #out: __flytekit::LiteralWriter<'_>,
                ) -> ::core::result::Result<__flytekit::Written, __flytekit::ValueError> {
                    #encode
                }
            }
        }
    }
}

/// A wrapper, which is equal to its field.
///
/// ```text
/// const _: __flytekit::LiteralType = <Vec<i64> as __flytekit::FlyteValue>::LITERAL_TYPE.sound();
/// ```
pub(crate) fn wrapper(wrapper: &Wrapper) -> (TokenStream, Impls) {
    let Wrapper {
        member,
        ty,
        skipped,
    } = wrapper;
    let (value, out, literal, inner) = (
        names::local("value"),
        names::local("out"),
        names::local("literal"),
        names::local("inner"),
    );
    let payload = |item| types::value(ty, item);
    let wrap = quote! {
        |#inner| Self {
            #member: #inner,
            #(#skipped: ::core::default::Default::default(),)*
        }
    };
    let [missing, unpack, pack] = ["missing", "unpack", "pack"].map(payload);
    let [decode, encode] = ["decode", "encode"].map(payload);
    // This constant is only here to be evaluated.
    let evaluated = (!types::is_name(ty)).then(|| {
        let literal_type = types::literal_type(ty);
        quote!(const _: __flytekit::LiteralType = #literal_type;)
    });
    let impls = Impls {
        schema: payload("SCHEMA"),
        field_type: payload("FIELD_TYPE"),
        others: quote! {
            fn missing() -> ::core::option::Option<Self> {
                ::core::option::Option::map(#missing(), #wrap)
            }
        },
        unpack: quote!(::core::result::Result::map(#unpack(#value), #wrap)),
        pack: quote!(#pack(&self.#member, #out)),
        literal_type: payload("LITERAL_TYPE"),
        tag: payload("TAG"),
        decode: quote!(::core::result::Result::map(#decode(#literal), #wrap)),
        encode: quote!(#encode(&self.#member, #out)),
    };
    (evaluated.unwrap_or_default(), impls)
}

/// An enum whose variants are names.
///
/// ```text
/// static __NAMES: __flytekit::record::Names = __flytekit::record::Names { names: &["red"], … };
/// static __TYPE: __flytekit::EnumType = __flytekit::EnumType { values: &["red"], … };
/// fn __at(__place: usize) -> Result<Color, …> { Ok(match __place { 0 => Color::Red, … }) }
/// const fn __name_of(__value: &Color) -> &'static str { match __value { Color::Red => "red", … } }
/// struct __Constant;
/// impl __flytekit::ConstValue for Color { type Reader = __Constant; … }
/// ```
pub(crate) fn choice(name: &Ident, choices: &[Choice]) -> (TokenStream, Impls) {
    let (value, out, literal, place) = (
        names::local("value"),
        names::local("out"),
        names::local("literal"),
        names::local("place"),
    );
    let names: Vec<_> = choices.iter().map(|choice| &*choice.label.name).collect();
    let idents: Vec<_> = choices.iter().map(|choice| &choice.ident).collect();
    let places = (0..names.len()).map(Literal::usize_unsuffixed);
    let labels = choices.iter().map(|choice| &choice.label);
    let table = names_table(labels.map(|label| (&*label.name, &*label.aliases)));
    let fields = wire::literal(&wire::strings(1, names.iter().copied()));
    let items = quote! {
        static __NAMES: __flytekit::record::Names = #table;
        static __TYPE: __flytekit::EnumType = __flytekit::EnumType {
            values: __NAMES.names,
            encoded: #fields,
        };

        fn __at(
            #place: ::core::primitive::usize,
        ) -> ::core::result::Result<#name, __flytekit::ValueError> {
            ::core::result::Result::Ok(match #place {
                #(#places => #name::#idents,)*
                _ => return ::core::result::Result::Err(__flytekit::choice::lost()),
            })
        }

        const fn __name_of(#value: &#name) -> &'static ::core::primitive::str {
            match #value {
                #(#name::#idents => #names,)*
            }
        }

        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #[allow(missing_docs, missing_debug_implementations)]
        pub struct __Constant;

        impl __Constant {
            #[allow(missing_docs)]
            pub const fn constant(self, #value: &#name) -> __flytekit::Constant<'static> {
                __flytekit::Constant::String(__name_of(#value))
            }
        }

        #[automatically_derived]
        impl __flytekit::ConstValue for #name {
            type Input = Self;
            type Reader = __Constant;
            const READER: __Constant = __Constant;
        }
    };
    let default = choices
        .iter()
        .find(|choice| choice.is_default)
        .map(|choice| {
            let name = &choice.label.name;
            quote!(const DEFAULT: __flytekit::Json<'static> = __flytekit::Json::String(#name);)
        });
    let schema = wire::literal(&wire::member("enum", &wire::texts(names.iter().copied())));
    let impls = Impls {
        schema: quote!(__flytekit::Json::Encoded(#schema)),
        field_type: own_type(),
        others: quote!(#default),
        unpack: quote!(__flytekit::choice::unpack(#value, &__NAMES).and_then(__at)),
        pack: quote!(::core::result::Result::Ok(#out.str(__name_of(self)))),
        literal_type: quote!(__flytekit::LiteralType::Enum(&__TYPE)),
        tag: quote!("DefaultEnumTransformer"),
        decode: quote!(__flytekit::choice::decode(#literal, &__NAMES, __at)),
        encode: quote!(::core::result::Result::Ok(#out.string(__name_of(self)))),
    };
    (items, impls)
}

/// The table of names, each with its aliases:
///
/// ```text
/// __flytekit::record::Names { names: &["b", "a"], sorted: &[1, 0], aliases: &[("c", 0)] }
/// ```
fn names_table<'a>(labels: impl IntoIterator<Item = (&'a str, &'a [LitStr])>) -> TokenStream {
    let (names, aliases): (Vec<_>, Vec<_>) = labels.into_iter().unzip();
    let sorted = wire::sorted(&names);
    let aliases = aliases.iter().enumerate().flat_map(|(place, aliases)| {
        let values = aliases.iter().map(LitStr::value);
        values.map(move |alias| (alias, place))
    });
    let mut aliases: Vec<_> = aliases.collect();
    aliases.sort();
    let aliases = aliases.into_iter().map(|(alias, place)| {
        let place = Literal::usize_unsuffixed(place);
        quote!((#alias, #place))
    });
    quote! {
        __flytekit::record::Names {
            names: &[#(#names),*],
            sorted: &[#(#sorted),*],
            aliases: &[#(#aliases),*],
        }
    }
}
