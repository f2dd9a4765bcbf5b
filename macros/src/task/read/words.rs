//! Parses values that are words: GPUs, their partitions, mounts, shared memory.

use darling::{Error, FromMeta};
use proc_macro2::{Ident, Span};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr, Meta, Token};

use crate::syntax::error::{at, list, unknown};
use crate::syntax::group::Group;
use crate::syntax::lists::Readable;
use crate::syntax::value::{Text, span_of, ungrouped, value_of, word};
use crate::task::read::AcceleratorOptions;

/// The constants of the runtime's `Accelerator`.
const ACCELERATORS: &[&str] = &[
    "A10G",
    "A100",
    "A100_80GB",
    "H100",
    "H200",
    "K80",
    "L4",
    "L4_VWS",
    "L40S",
    "M60",
    "P4",
    "P100",
    "RTX_PRO_6000",
    "T4",
    "V100",
];

/// A kind of GPU: `A100`, `"nvidia-tesla-a100"`, or a const expression of type `Accelerator`.
#[derive(Clone, Debug)]
pub(crate) enum Device {
    Known(Ident),
    Label(LitStr),
    Const(Expr),
}

/// The GPU for a text that is not a label: `"T4"`, `"a100"`.
pub(crate) fn known_device(label: &str) -> Option<&'static str> {
    let same = |known: &&&str| {
        known
            .replace('_', "-")
            .eq_ignore_ascii_case(&label.replace('_', "-"))
    };
    ACCELERATORS.iter().find(same).copied()
}

impl Device {
    fn from_value(expr: &Expr) -> Option<Self> {
        match ungrouped(expr) {
            Expr::Lit(ExprLit {
                lit: Lit::Str(label),
                ..
            }) => Some(Device::Label(label.clone())),
            Expr::Lit(_) => None,
            other => match word(other) {
                Some(word) if ACCELERATORS.contains(&word.to_string().as_str()) => {
                    Some(Device::Known(word))
                }
                Some(word) if is_misspelt(&word) => None,
                _ => Some(Device::Const(other.clone())),
            },
        }
    }
}

impl FromMeta for Device {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let expected = format!("one of {}, a label in quotes", list(ACCELERATORS));
        value_of(item, Device::from_value, &expected, "A100")
    }
}

/// `accelerator = A100`, `accelerator(device = A100, partition = "2g.10gb")`.
#[derive(Debug)]
pub(crate) enum Accelerator {
    Device(Device),
    Group(Group<AcceleratorOptions>),
}

impl FromMeta for Accelerator {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        match item {
            Meta::NameValue(_) => Device::from_meta(item).map(Accelerator::Device),
            Meta::List(_) | Meta::Path(_) => Group::from_meta(item).map(Accelerator::Group),
        }
    }
}

/// The share of a GPU: `"2g.10gb"`, `unpartitioned`, or a const expression of type `Partition`.
#[derive(Clone, Debug)]
pub(crate) enum Partition {
    Size(LitStr),
    Unpartitioned,
    Const(Expr),
}

impl FromMeta for Partition {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let read = |expr: &Expr| match ungrouped(expr) {
            Expr::Lit(ExprLit {
                lit: Lit::Str(size),
                ..
            }) => Some(Partition::Size(size.clone())),
            Expr::Lit(_) => None,
            other => match word(other) {
                Some(word) if word == "unpartitioned" => Some(Partition::Unpartitioned),
                Some(word) if is_misspelt(&word) => None,
                _ => Some(Partition::Const(other.clone())),
            },
        };
        value_of(
            item,
            read,
            "a partition's size or `unpartitioned`",
            "\"2g.10gb\"",
        )
    }
}

/// How a secret is mounted: `any`, `env_var`, `file`, or a const expression of type `Mount`.
#[derive(Clone, Debug)]
pub(crate) enum Mount {
    Known { variant: &'static str, span: Span },
    Const(Expr),
}

impl FromMeta for Mount {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        const MOUNTS: &[&str] = &["any", "env_var", "file"];
        let Meta::NameValue(pair) = item else {
            return Err(at(
                span_of(item),
                "`mount` takes `any`, `env_var` or `file`",
            ));
        };
        let value = ungrouped(&pair.value);
        let Some(word) = word(value) else {
            return match value {
                Expr::Lit(_) => Err(at(
                    value.span(),
                    "`mount` takes `any`, `env_var` or `file`, without quotes",
                )),
                constant => Ok(Mount::Const(constant.clone())),
            };
        };
        let variant = match word.to_string().as_str() {
            "any" => "Any",
            "env_var" => "EnvVar",
            "file" => "File",
            other if is_misspelt(&word) => {
                return Err(unknown("mount", other, word.span(), MOUNTS));
            }
            _ => return Ok(Mount::Const(value.clone())),
        };
        Ok(Mount::Known {
            variant,
            span: word.span(),
        })
    }
}

/// The standard tabs of a deck: `deck_fields(input, output)`. Each is the written word, and the runtime's
/// constant.
#[derive(Debug)]
pub(crate) struct DeckFields(pub(crate) Vec<Ident>);

impl DeckFields {
    const KNOWN: &[&str] = &["timeline", "source_code", "dependencies", "input", "output"];

    /// The runtime's name of the tab.
    pub(crate) fn variant(word: &Ident) -> Ident {
        let name = match word.to_string().as_str() {
            "timeline" => "Timeline",
            "source_code" => "SourceCode",
            "dependencies" => "Dependencies",
            "input" => "Input",
            _ => "Output",
        };
        Ident::new(name, word.span())
    }
}

impl FromMeta for Readable<DeckFields> {
    /// ```text
    /// deck_fields(inputs)     unknown deck field `inputs`, expected one of …
    /// deck_fields("Input")    `deck_fields` takes words, such as …
    /// ```
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let no_words = |span| {
            at(
                span,
                "`deck_fields` takes words, such as `deck_fields(input, output)`",
            )
        };
        let Meta::List(list) = item else {
            return Err(no_words(span_of(item)));
        };
        let written =
            Punctuated::<Expr, Token![,]>::parse_terminated.parse2(list.tokens.clone())?;
        let read = |expr: &Expr| match word(ungrouped(expr)) {
            None => Err(no_words(expr.span())),
            Some(word) if DeckFields::KNOWN.contains(&word.to_string().as_str()) => Ok(word),
            Some(word) => {
                let name = word.to_string();
                Err(unknown("deck field", &name, word.span(), DeckFields::KNOWN))
            }
        };
        Ok(Readable::each(&written, read, DeckFields))
    }
}

/// `/dev/shm`: `shared_memory`, `shared_memory = "1Gi"`, `shared_memory = SIZE`.
#[derive(Clone, Debug)]
pub(crate) enum SharedMemory {
    Unlimited,
    Limit(Text),
}

impl FromMeta for SharedMemory {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let read = |expr: &Expr| match ungrouped(expr) {
            Expr::Lit(ExprLit {
                lit: Lit::Bool(yes),
                ..
            }) if yes.value => Some(SharedMemory::Unlimited),
            other => Text::from_value(other).map(SharedMemory::Limit),
        };
        match item {
            Meta::Path(_) => Ok(SharedMemory::Unlimited),
            Meta::List(_) | Meta::NameValue(_) => {
                value_of(item, read, "nothing or a quantity", "\"1Gi\"")
            }
        }
    }
}

/// Whether an unknown word is a misspelt known one, and not a constant, which is in upper case.
fn is_misspelt(word: &Ident) -> bool {
    word.to_string().chars().any(char::is_lowercase)
}
