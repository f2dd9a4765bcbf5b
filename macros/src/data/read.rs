//! Parses `#[serde(…)]`: the options that matter to Flyte, so that a type is the same to serde and to Flyte.

use darling::ast::NestedMeta;
use darling::{Error, FromMeta};
use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, ExprPath, Lit, LitStr, Meta};

use super::case::Case;
use crate::syntax::error::{Sink, at, list, unknown};
use crate::syntax::group::{Options, options, path_of};
use crate::syntax::items;
use crate::syntax::value::{name_of, span_of, ungrouped};

options! {
    /// `#[serde(…)]` on a struct
    pub(crate) struct StructOptions {
        rename: Name,
        rename_all: Rule,
        default: DefaultBy,
        deny_unknown_fields: Word,
        transparent: Word,
    }
}

options! {
    /// `#[serde(…)]` on an enum
    pub(crate) struct EnumOptions {
        rename: Name,
        rename_all: Rule,
        rename_all_fields: Rule,
        tag: Name,
        untagged: Word,
        deny_unknown_fields: Word,
    }
}

options! {
    /// `#[serde(…)]` on a variant
    pub(crate) struct VariantOptions {
        rename: Name,
        rename_all: Rule,
    }
}

options! {
    /// `#[serde(…)]` on a field
    pub(crate) struct FieldOptions {
        rename: Name,
        default: DefaultBy,
        skip: Word,
    }
}

/// Options that do not affect the data.
const IGNORED: [&str; 4] = ["bound", "borrow", "crate", "expecting"];

const CONVERSION: &str = "Flyte's type is written from the fields: give the field a type that is \
    `FlyteData`, such as a newtype that derives it, and convert in the task";
const ONE_WAY: &str = "Flyte has one type for reading and writing: use `skip`, or remove it";

/// Options that Flyte's data cannot have, and what to do instead.
const UNSUPPORTED: [(&str, &str); 14] = [
    (
        "flatten",
        "a dataclass contains another one under a name: remove `flatten`",
    ),
    (
        "skip_serializing_if",
        "a dataclass has all of its fields: remove it, and let an `Option` be none",
    ),
    ("skip_serializing", ONE_WAY),
    ("skip_deserializing", ONE_WAY),
    ("with", CONVERSION),
    ("serialize_with", CONVERSION),
    ("deserialize_with", CONVERSION),
    ("from", CONVERSION),
    ("try_from", CONVERSION),
    ("into", CONVERSION),
    ("remote", CONVERSION),
    ("getter", CONVERSION),
    (
        "content",
        "a dataclass has its tag among its fields: remove `content`, and keep `tag`",
    ),
    (
        "other",
        "Flyte knows all variants, and refuses others: remove `other`",
    ),
];

/// Reads all `#[serde(…)]` on a type.
pub(crate) fn read<T: Options>(attrs: &[Attribute], sink: &mut Sink) -> T {
    let mut reader = Reader::<T>::new(T::names());
    reader.read(attrs, sink);
    reader.options
}

/// Reads all `#[serde(…)]` on an item with a name and aliases: `alias` is the only option that may be
/// repeated.
pub(crate) fn read_named<T: Options>(attrs: &[Attribute], sink: &mut Sink) -> (T, Vec<LitStr>) {
    let mut reader = Reader::<T>::new([T::names(), vec![ALIAS]].concat());
    reader.read(attrs, sink);
    (reader.options, reader.aliases)
}

const ALIAS: &str = "alias";

struct Reader<T> {
    choices: Vec<&'static str>,
    options: T,
    aliases: Vec<LitStr>,
    seen: Vec<String>,
}

impl<T: Options> Reader<T> {
    fn new(choices: Vec<&'static str>) -> Self {
        Reader {
            choices,
            options: T::default(),
            aliases: Vec::new(),
            seen: Vec::new(),
        }
    }

    fn read(&mut self, attrs: &[Attribute], sink: &mut Sink) {
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
            let Meta::List(written) = &attr.meta else {
                let choices = list(&self.choices);
                let message = format!("`serde` is written `serde(…)`, with {choices}");
                sink.push(at(attr.path().span(), message));
                continue;
            };
            let items = sink.handle(items::parse(written.tokens.clone()));
            for item in items.into_iter().flatten() {
                let _ = sink.handle(self.read_item(&item));
            }
        }
    }

    fn read_item(&mut self, item: &NestedMeta) -> Result<(), Error> {
        let Some(path) = path_of(item) else {
            let choices = list(&self.choices);
            let message = format!("expected an option, one of {choices}");
            return Err(at(item.span(), message));
        };
        let name = path.to_token_stream().to_string();
        if IGNORED.contains(&name.as_str()) {
            return Ok(());
        }
        if let Some((_, instead)) = UNSUPPORTED.iter().find(|(known, _)| *known == name) {
            return Err(at(path.span(), instead));
        }
        if !self.choices.contains(&name.as_str()) {
            return Err(unknown("option", &name, path.span(), &self.choices));
        }
        if name == ALIAS {
            self.aliases.push(Name::from_nested_meta(item)?.0);
            return Ok(());
        }
        if self.seen.contains(&name) {
            return Err(at(path.span(), format!("option `{name}` is given twice")));
        }
        self.seen.push(name.clone());
        self.options.set(&name, item)
    }
}

/// A name in the data: `rename = "customer name"`.
#[derive(Debug)]
pub(crate) struct Name(pub(crate) LitStr);

impl FromMeta for Name {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let name = name_of(item);
        let example = if name == "tag" { "kind" } else { "other name" };
        text(
            item,
            &format!("one name for reading and writing: `{name} = \"{example}\"`"),
        )
        .map(Name)
    }
}

/// The case of all names: `rename_all = "camelCase"`.
#[derive(Debug)]
pub(crate) struct Rule(pub(crate) Case);

impl FromMeta for Rule {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let name = name_of(item);
        let case = text(
            item,
            &format!("one case for reading and writing: `{name} = \"camelCase\"`"),
        )?;
        Case::named(&case).map(Rule)
    }
}

/// The value of a missing field: `default`, `default = "path"`.
#[derive(Debug)]
pub(crate) enum DefaultBy {
    Trait,
    Function(ExprPath),
}

impl FromMeta for DefaultBy {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        if let Meta::Path(_) = item {
            return Ok(DefaultBy::Trait);
        }
        let expected = "nothing, or the path of a function: `default = \"path::to::it\"`";
        let path = text(item, expected)?;
        let parsed = path.parse::<ExprPath>();
        parsed.map(DefaultBy::Function).map_err(|_| {
            let message = format!("`{}` is not the path of a function", path.value());
            at(path.span(), message)
        })
    }
}

/// An option without a value: `skip`.
#[derive(Debug)]
pub(crate) struct Word(pub(crate) Span);

impl FromMeta for Word {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        match item {
            Meta::Path(path) => Ok(Word(path.span())),
            Meta::List(_) | Meta::NameValue(_) => {
                let name = name_of(item);
                let message = format!("`{name}` takes nothing: write `{name}`");
                Err(at(span_of(item), message))
            }
        }
    }
}

/// The text of `name = "text"`.
fn text(item: &Meta, expected: &str) -> Result<LitStr, Error> {
    if let Meta::NameValue(pair) = item
        && let Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) = ungrouped(&pair.value)
    {
        return Ok(text.clone());
    }
    let name = name_of(item);
    Err(at(span_of(item), format!("`{name}` takes {expected}")))
}
