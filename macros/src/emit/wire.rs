//! Encodes protobuf bytes in the macro, so that the compiler need not evaluate the encoding.

use proc_macro2::{Literal, Span};
use syn::LitByteStr;

/// A length-delimited field.
pub(crate) fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    let mut length = content.len();
    while length >= 0x80 {
        bytes.push(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap_or_default());
    bytes.extend(content);
    bytes
}

/// A member of a `google.protobuf.Struct`, whose value is a `Value`.
pub(crate) fn member(name: &str, value: &[u8]) -> Vec<u8> {
    field(1, &[field(1, name.as_bytes()), field(2, value)].concat())
}

/// A `google.protobuf.Value` that is text.
pub(crate) fn text(text: &str) -> Vec<u8> {
    field(3, text.as_bytes())
}

/// A `google.protobuf.Value` that is a list of texts.
pub(crate) fn texts<'a>(items: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let items = items.into_iter().map(|item| field(1, &text(item)));
    field(6, &items.collect::<Vec<_>>().concat())
}

/// A `repeated string`.
pub(crate) fn strings<'a>(number: u8, items: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let items = items.into_iter().map(|item| field(number, item.as_bytes()));
    items.collect::<Vec<_>>().concat()
}

/// The bytes as a token: `b"…"`.
pub(crate) fn literal(bytes: &[u8]) -> LitByteStr {
    LitByteStr::new(bytes, Span::call_site())
}

/// The indexes of the names in ascending order.
pub(crate) fn sorted(names: &[&str]) -> Vec<Literal> {
    let mut places: Vec<usize> = (0..names.len()).collect();
    places.sort_by_key(|place| names[*place]);
    places.into_iter().map(Literal::usize_unsuffixed).collect()
}
