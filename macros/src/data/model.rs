//! The type in Flyte, with all options resolved.

use darling::Error;
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DataEnum, DataStruct, DeriveInput, ExprPath, Fields, Ident, LitStr, Member,
    Type,
};

use super::case::Case;
use super::read::{
    self, DefaultBy, EnumOptions, FieldOptions, Name, Rule, StructOptions, VariantOptions, Word,
};
use crate::syntax::error::{Sink, at};

/// A type that derives `FlyteData`.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A struct that is equal to its only field.
    Wrapper(Wrapper),
    /// A dataclass.
    Struct(Record),
    /// One of several names: also an enum in Python.
    Choice(Vec<Choice>),
    /// One of several types.
    Union(Union),
}

#[derive(Debug)]
pub(crate) struct Wrapper {
    pub(crate) member: Member,
    pub(crate) ty: Type,
    /// The other fields, which are not data.
    pub(crate) skipped: Vec<Member>,
}

/// Named fields: those of a struct, or of a variant.
#[derive(Debug)]
pub(crate) struct Record {
    /// The class's name in Python.
    pub(crate) title: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) denies_unknown: bool,
    /// The default of the whole struct, which provides missing fields.
    pub(crate) default: Option<DefaultBy>,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) label: Label,
    pub(crate) missing: Missing,
    /// Whether it is not data.
    pub(crate) skipped: bool,
}

/// The value of a missing field.
#[derive(Debug)]
pub(crate) enum Missing {
    /// An error, unless its type has a value for it.
    Error,
    Default,
    Function(ExprPath),
    /// The same field of the struct's default.
    OfStruct,
}

/// A name in the data.
#[derive(Debug)]
pub(crate) struct Label {
    pub(crate) name: String,
    /// Other names, which are only read.
    pub(crate) aliases: Vec<LitStr>,
    /// The span of the name.
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) ident: Ident,
    pub(crate) label: Label,
    /// Whether it is `Default::default()`.
    pub(crate) is_default: bool,
}

#[derive(Debug)]
pub(crate) struct Union {
    /// The field that distinguishes the variants.
    pub(crate) tag: Option<LitStr>,
    pub(crate) variants: Vec<Variant>,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// The tag's value.
    pub(crate) label: Label,
    pub(crate) payload: Payload,
}

#[derive(Debug)]
pub(crate) enum Payload {
    /// Python's `None`.
    None,
    /// A value of another type.
    Value(Type),
    /// A dataclass of its own.
    Record(Record),
}

impl Shape {
    /// Resolves the type, or reports the mistakes.
    pub(crate) fn resolve(input: &DeriveInput, sink: &mut Sink) -> Option<Self> {
        match &input.data {
            Data::Struct(data) => resolve_struct(input, data, sink),
            Data::Enum(data) => resolve_enum(input, data, sink),
            Data::Union(_) => {
                let message =
                    "data is a struct or an enum: the content of a `union` cannot be known";
                sink.push(at(input.ident.span(), message));
                None
            }
        }
    }
}

/// ```text
/// struct Nothing;                      a dataclass has named fields: write `struct Nothing {}`
/// struct Pair(i64, String);            a dataclass has named fields: name them
/// #[serde(transparent)] struct S { a: i64, b: i64 }   `transparent` is for a struct of one field
/// ```
fn resolve_struct(input: &DeriveInput, data: &DataStruct, sink: &mut Sink) -> Option<Shape> {
    let options: StructOptions = read::read(&input.attrs, sink);
    if let Fields::Unit = &data.fields {
        let message = format!(
            "a dataclass has named fields: for a dataclass without fields, write `struct {} {{}}`",
            input.ident
        );
        sink.push(at(input.ident.span(), message));
        return None;
    }
    let newtype = matches!(&data.fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1);
    if let Some(Word(span)) = options.transparent {
        return wrapper(&data.fields, span, sink);
    }
    if newtype {
        return wrapper(&data.fields, input.ident.span(), sink);
    }
    if let Fields::Unnamed(_) = &data.fields {
        let message = "a dataclass has named fields: name them, or wrap a tuple";
        sink.push(at(input.ident.span(), message));
        return None;
    }
    let names = Names {
        rule: options.rename_all,
        title: title(&input.ident, options.rename),
    };
    let mut record = names.record(&data.fields, sink);
    record.denies_unknown = options.deny_unknown_fields.is_some();
    if let Some(default) = options.default {
        let unsaid = record.fields.iter_mut();
        for field in unsaid.filter(|field| matches!(field.missing, Missing::Error)) {
            field.missing = Missing::OfStruct;
        }
        record.default = Some(default);
    }
    Some(Shape::Struct(record))
}

fn wrapper(fields: &Fields, span: Span, sink: &mut Sink) -> Option<Shape> {
    let mut wrapped = Vec::new();
    let mut skipped = Vec::new();
    for (member, field) in fields.members().zip(fields) {
        let (options, _): (FieldOptions, _) = read::read_named(&field.attrs, sink);
        match options.skip {
            Some(_) => skipped.push(member),
            None => wrapped.push((member, field.ty.clone())),
        }
    }
    let [(member, ty)] = &wrapped[..] else {
        let found = wrapped.len();
        let message = format!("`transparent` is for a struct of one field, this one has {found}");
        sink.push(at(span, message));
        return None;
    };
    Some(Shape::Wrapper(Wrapper {
        member: member.clone(),
        ty: ty.clone(),
        skipped,
    }))
}

/// ```text
/// enum Never {}                                                   … has no values
/// #[serde(tag = "kind", untagged)] enum Shape { … }               … has a tag or none
/// #[serde(tag = "kind")] enum Shape { Circle(f64) }               a tag is a field …
/// enum Shape { Circle(f64, f64) }                                 … name them
/// ```
fn resolve_enum(input: &DeriveInput, data: &DataEnum, sink: &mut Sink) -> Option<Shape> {
    let options: EnumOptions = read::read(&input.attrs, sink);
    if data.variants.is_empty() {
        let message = "an enum without variants has no values";
        sink.push(at(input.ident.span(), message));
        return None;
    }
    if let (Some(_), Some(Word(span))) = (&options.tag, &options.untagged) {
        sink.push(at(*span, "an enum has a tag or none: remove one of them"));
    }
    let units = data.variants.iter().all(|it| it.fields == Fields::Unit);
    let plain = options.tag.is_none() && options.untagged.is_none();
    let rules = Rules::of(options);
    let variants = data.variants.iter();
    if units && plain {
        let choices = variants.map(|variant| rules.choice(variant, sink));
        return Some(Shape::Choice(choices.collect()));
    }
    let variants: Vec<_> = variants
        .filter_map(|variant| rules.variant(variant, sink))
        .collect();
    Some(Shape::Union(Union {
        tag: rules.tag,
        variants,
    }))
}

/// The options of an enum for its variants.
struct Rules {
    tag: Option<LitStr>,
    of_variants: Option<Case>,
    of_fields: Option<Case>,
    denies_unknown: bool,
}

impl Rules {
    fn of(options: EnumOptions) -> Self {
        Rules {
            tag: options.tag.map(|Name(tag)| tag),
            of_variants: options.rename_all.map(|Rule(case)| case),
            of_fields: options.rename_all_fields.map(|Rule(case)| case),
            denies_unknown: options.deny_unknown_fields.is_some(),
        }
    }

    fn label(&self, ident: &Ident, rename: Option<Name>, aliases: Vec<LitStr>) -> Label {
        let change = |name: &str| match self.of_variants {
            Some(case) => case.of_variant(name),
            None => name.to_owned(),
        };
        Label::of(ident, rename, aliases, change)
    }

    fn choice(&self, variant: &syn::Variant, sink: &mut Sink) -> Choice {
        let (options, aliases): (VariantOptions, _) = read::read_named(&variant.attrs, sink);
        Choice {
            ident: variant.ident.clone(),
            label: self.label(&variant.ident, options.rename, aliases),
            is_default: (variant.attrs.iter()).any(|attr| attr.path().is_ident("default")),
        }
    }

    fn variant(&self, variant: &syn::Variant, sink: &mut Sink) -> Option<Variant> {
        let (options, aliases): (VariantOptions, _) = read::read_named(&variant.attrs, sink);
        // Without a tag, only the class's name contains the variant's name.
        let title = match (&self.tag, &options.rename) {
            (None, Some(Name(rename))) => rename.value(),
            (Some(_), _) | (None, None) => variant.ident.unraw().to_string(),
        };
        let names = Names {
            rule: options.rename_all.or(self.of_fields.map(Rule)),
            title,
        };
        let payload = sink.handle(self.payload(variant))?;
        if let Some(Payload::Value(_)) = payload {
            refuse_skipped(&variant.fields, sink);
        }
        let payload = payload.unwrap_or_else(|| {
            let mut record = names.record(&variant.fields, sink);
            record.denies_unknown = self.denies_unknown;
            Payload::Record(record)
        });
        Some(Variant {
            ident: variant.ident.clone(),
            label: self.label(&variant.ident, options.rename, aliases),
            payload,
        })
    }

    /// The content of the variant, unless it is a dataclass of its own.
    fn payload(&self, variant: &syn::Variant) -> Result<Option<Payload>, Error> {
        match (&variant.fields, &self.tag) {
            (Fields::Named(_), _) | (Fields::Unit, Some(_)) => Ok(None),
            (Fields::Unit, None) => Ok(Some(Payload::None)),
            (Fields::Unnamed(fields), None) if fields.unnamed.len() == 1 => {
                Ok(Some(Payload::Value(fields.unnamed[0].ty.clone())))
            }
            (Fields::Unnamed(_), None) => {
                let message = "a dataclass has named fields: name them, or wrap a tuple";
                Err(at(variant.ident.span(), message))
            }
            (Fields::Unnamed(_), Some(tag)) => {
                let message = format!(
                    "the tag `{}` is a field, which a variant has beside others with names: name them",
                    tag.value()
                );
                Err(at(variant.ident.span(), message))
            }
        }
    }
}

/// ```text
/// enum Length { Metres(#[serde(skip)] f64) }   a skipped value cannot be the data …
/// ```
fn refuse_skipped(fields: &Fields, sink: &mut Sink) {
    for field in fields {
        let (options, _): (FieldOptions, _) = read::read_named(&field.attrs, sink);
        if let Some(Word(span)) = options.skip {
            sink.push(at(
                span,
                "a skipped value cannot be the data: remove `skip`",
            ));
        }
    }
}

/// The names of a struct or a variant, and of its fields.
struct Names {
    rule: Option<Rule>,
    title: String,
}

impl Names {
    fn record(self, fields: &Fields, sink: &mut Sink) -> Record {
        let fields = fields.iter().filter_map(|field| self.field(field, sink));
        Record {
            fields: fields.collect(),
            title: self.title,
            denies_unknown: false,
            default: None,
        }
    }

    fn field(&self, field: &syn::Field, sink: &mut Sink) -> Option<Field> {
        let (options, aliases): (FieldOptions, _) = read::read_named(&field.attrs, sink);
        let ident = field.ident.clone()?;
        let change = |name: &str| match &self.rule {
            Some(Rule(case)) => case.of_field(name),
            None => name.to_owned(),
        };
        Some(Field {
            label: Label::of(&ident, options.rename, aliases, change),
            ident,
            ty: field.ty.clone(),
            missing: match options.default {
                None => Missing::Error,
                Some(DefaultBy::Trait) => Missing::Default,
                Some(DefaultBy::Function(path)) => Missing::Function(path),
            },
            skipped: options.skip.is_some(),
        })
    }
}

impl Label {
    fn of(
        ident: &Ident,
        rename: Option<Name>,
        aliases: Vec<LitStr>,
        change: impl FnOnce(&str) -> String,
    ) -> Self {
        let (name, span) = match rename {
            Some(Name(name)) => (name.value(), name.span()),
            None => (change(&ident.unraw().to_string()), ident.span()),
        };
        Label {
            name,
            aliases,
            span,
        }
    }

    /// All names that are read, with their spans.
    pub(crate) fn all(&self) -> impl Iterator<Item = (String, Span)> {
        let aliases = self.aliases.iter();
        std::iter::once((self.name.clone(), self.span))
            .chain(aliases.map(|alias| (alias.value(), alias.span())))
    }
}

impl Record {
    /// The fields that are data.
    pub(crate) fn data(&self) -> impl DoubleEndedIterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.skipped)
    }
}

fn title(ident: &Ident, rename: Option<Name>) -> String {
    rename.map_or_else(|| ident.unraw().to_string(), |Name(name)| name.value())
}

/// ```text
/// #[flyte(crate = my::flytekit)] a: i64   `flyte(…)` belongs on the type
/// ```
pub(crate) fn refuse_flyte_inside(input: &DeriveInput, sink: &mut Sink) {
    let mut refuse = |attrs: &[Attribute]| {
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("flyte")) {
            sink.push(at(attr.path().span(), "`flyte(…)` belongs on the type"));
        }
    };
    match &input.data {
        Data::Struct(data) => data.fields.iter().for_each(|field| refuse(&field.attrs)),
        Data::Enum(data) => {
            for variant in &data.variants {
                refuse(&variant.attrs);
                variant.fields.iter().for_each(|field| refuse(&field.attrs));
            }
        }
        Data::Union(_) => {}
    }
}
