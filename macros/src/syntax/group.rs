//! Lists of named options: `requests(cpu = "1", mem = "2Gi")`.

use darling::ast::NestedMeta;
use darling::{Error, FromMeta};
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, Meta, Path};

use crate::syntax::error::{Sink, at, list, unknown};
use crate::syntax::items;
use crate::syntax::value::ungrouped;

/// A struct with one field per option, declared with [`options!`].
pub(crate) trait Options: Default {
    /// The names, in the order of the documentation.
    fn names() -> Vec<&'static str>;

    /// Parses one option.
    fn set(&mut self, name: &str, item: &NestedMeta) -> Result<(), Error>;
}

/// Declares the raw form of a list of options. All are optional here; required options are checked where they
/// are needed.
///
/// ```text
/// options! {
///     /// `cache(version = "1.0", serialize)`
///     pub(crate) struct CacheOptions {
///         version: Text,
///         serialize: Flag,
///     }
/// }
/// ```
///
/// Each `+ part: Part` adds the options of `Part`, as if they were declared directly. A part is asked to set
/// every option, and takes its own only.
macro_rules! options {
    (
        $(#[$attr:meta])*
        pub(crate) struct $options:ident {
            $($(#[$field_attr:meta])* $field:ident $(as $name:literal)?: $value:ty,)*
            $(
                + $part:ident: $part_options:ty,
                $($last:ident $(as $last_name:literal)?: $last_value:ty,)*
            )*
        }
    ) => {
        $(#[$attr])*
        #[derive(Debug, Default)]
        pub(crate) struct $options {
            $($(#[$field_attr])* pub(crate) $field: Option<$value>,)*
            $(
                pub(crate) $part: $part_options,
                $(pub(crate) $last: Option<$last_value>,)*
            )*
        }

        impl $crate::syntax::group::Options for $options {
            fn names() -> Vec<&'static str> {
                let names = vec![$(options!(@name $field $($name)?)),*];
                $(
                    let part = <$part_options as $crate::syntax::group::Options>::names();
                    let last = vec![$(options!(@name $last $($last_name)?)),*];
                    let names = [names, part, last].concat();
                )*
                names
            }

            fn set(
                &mut self,
                name: &str,
                item: &darling::ast::NestedMeta,
            ) -> Result<(), darling::Error> {
                $(if name == options!(@name $field $($name)?) {
                    self.$field = Some(darling::FromMeta::from_nested_meta(item)?);
                })*
                $(
                    $(if name == options!(@name $last $($last_name)?) {
                        self.$last = Some(darling::FromMeta::from_nested_meta(item)?);
                    })*
                    $crate::syntax::group::Options::set(&mut self.$part, name, item)?;
                )*
                Ok(())
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };
}
pub(crate) use options;

/// A list of options, parsed as far as possible, so that a mistake in it does not hide mistakes elsewhere.
#[derive(Debug)]
pub(crate) struct Group<T> {
    /// The span of the list's own name.
    pub(crate) span: Span,
    options: T,
    mistakes: Vec<Error>,
}

impl<T: Options> Group<T> {
    /// Parses each item that is an option of `T`; each may occur once.
    fn read(span: Span, items: &[NestedMeta]) -> Self {
        let mut group = Group {
            span,
            options: T::default(),
            mistakes: Vec::new(),
        };
        let mut seen = Vec::new();
        for item in items {
            if let Err(mistake) = group.read_item(item, &mut seen) {
                group.mistakes.push(mistake);
            }
        }
        group
    }

    fn read_item(&mut self, item: &NestedMeta, seen: &mut Vec<String>) -> Result<(), Error> {
        let Some(path) = path_of(item) else {
            let choices = list(&T::names());
            return Err(at(
                item.span(),
                format!("expected an option, one of {choices}"),
            ));
        };
        let name = path.to_token_stream().to_string().replace(' ', "");
        if !T::names().contains(&name.as_str()) {
            return Err(unknown("option", &name, path.span(), &T::names()));
        }
        if seen.contains(&name) {
            return Err(at(path.span(), format!("option `{name}` is given twice")));
        }
        seen.push(name.clone());
        self.options.set(&name, item)
    }

    /// Whether all items could be parsed: otherwise a missing option may be among the mistakes.
    pub(crate) fn is_whole(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// The options, as far as they could be read.
    pub(crate) fn options(&self) -> &T {
        &self.options
    }

    /// The options; their mistakes go to the sink.
    pub(crate) fn open(self, sink: &mut Sink) -> T {
        sink.extend(self.mistakes);
        self.options
    }
}

impl<T: Options> FromMeta for Group<T> {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        match item {
            Meta::Path(path) => Ok(Group::read(path.span(), &[])),
            Meta::List(meta) => {
                let items = items::parse(meta.tokens.clone())?;
                Ok(Group::read(meta.path.span(), &items))
            }
            Meta::NameValue(pair) => Err(not_a_list::<T>(&pair.path)),
        }
    }
}

/// Parses an attribute's arguments, and returns whether all of them could be parsed.
pub(crate) fn read<T: Options>(arguments: TokenStream, sink: &mut Sink) -> (T, bool) {
    let items = sink.handle(items::parse(arguments));
    let group = Group::read(Span::call_site(), items.as_deref().unwrap_or_default());
    let whole = items.is_some() && group.is_whole();
    (group.open(sink), whole)
}

/// A list of options, or a const expression in place of the list: `requests = SMALL`.
#[derive(Debug)]
pub(crate) enum GroupOrConst<T> {
    Group(Group<T>),
    Const(Expr),
}

impl<T: Options> FromMeta for GroupOrConst<T> {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        match item {
            Meta::NameValue(pair) => match ungrouped(&pair.value) {
                Expr::Lit(_) => Err(not_a_list::<T>(&pair.path)),
                constant => Ok(GroupOrConst::Const(constant.clone())),
            },
            Meta::Path(_) | Meta::List(_) => Group::from_meta(item).map(GroupOrConst::Group),
        }
    }
}

/// ```text
/// #[task(spark = "x")]   `spark` is written `spark(…)`, with `conf`, `hadoop_conf`, …
/// ```
fn not_a_list<T: Options>(path: &Path) -> Error {
    let name = path.to_token_stream();
    at(
        path.span(),
        format!(
            "`{name}` is written `{name}(…)`, with {}",
            list(&T::names())
        ),
    )
}

/// The name of an item, unless it is a bare literal.
pub(crate) fn path_of(item: &NestedMeta) -> Option<&Path> {
    match item {
        NestedMeta::Meta(meta) => Some(meta.path()),
        NestedMeta::NameValueInvalidExpr(pair) => Some(&pair.path),
        NestedMeta::Lit(_) => None,
    }
}
