//! Known objects in MessagePack: the bytes that `FlyteData::pack` writes for the same values.

use super::super::{Binding, Constant};
use crate::declare::interface::Dataclass;
use crate::declare::sorted::{Descending, Keys, compare};
use crate::declare::{LiteralType, Variant};
use crate::wire::Writer;

/// Whether the fields are those of the dataclass, and their values of its types.
pub(super) const fn fits(dataclass: &Dataclass, fields: &[(&str, Binding<'_>)]) -> bool {
    if fields.len() != dataclass.names.len() {
        return false;
    }
    let mut rest = fields;
    while let [(name, value), more @ ..] = rest {
        match dataclass.member(name) {
            (_, Some(field)) if value.fits(&field.literal_type) => rest = more,
            _ => return false,
        }
    }
    true
}

/// Writes an object, with its fields in the order of the dataclass.
pub(super) const fn object(
    w: &mut Writer<'_>,
    dataclass: &Dataclass,
    fields: &[(&str, Binding<'_>)],
) {
    let mut place = dataclass.names.len();
    while place > 0 {
        place -= 1;
        let name = dataclass.names[place];
        let (Some(value), Some(Variant { literal_type, .. })) =
            (named(dataclass, fields, name), &dataclass.types[place])
        else {
            panic!("a task must build a struct with such fields")
        };
        packed(w, literal_type, value);
        text(w, name);
    }
    length(w, dataclass.names.len(), &MAP);
}

/// The value of the field that has this name in Flyte.
const fn named<'f>(
    dataclass: &Dataclass,
    fields: &'f [(&str, Binding<'f>)],
    name: &str,
) -> Option<&'f Binding<'f>> {
    let mut rest = fields;
    while let [(in_rust, value), more @ ..] = rest {
        if compare(dataclass.member(in_rust).0, name).is_eq() {
            return Some(value);
        }
        rest = more;
    }
    None
}

/// Writes a value inside an object, which has no tag of a union.
const fn packed(w: &mut Writer<'_>, literal_type: &LiteralType, value: &Binding<'_>) {
    match (value, literal_type) {
        (_, LiteralType::Union(union)) => match value.variant_of(union) {
            Some(chosen) => packed(w, &chosen.literal_type, value),
            None => panic!("a constant has none of the types of its field"),
        },
        (Binding::Constant(constant), _) => primitive(w, constant),
        (Binding::List(values), LiteralType::Collection(element)) => {
            let mut rest = *values;
            while let [before @ .., last] = rest {
                packed(w, element, last);
                rest = before;
            }
            length(w, values.len(), &ARRAY);
        }
        (Binding::Map(entries), LiteralType::Map(member)) => {
            let keys = Keys::Entries(entries);
            let mut order = Descending::of(&keys);
            while let Some(index) = order.next(&keys) {
                let (key, value) = &entries[index];
                packed(w, member, value);
                text(w, key);
            }
            length(w, entries.len(), &MAP);
        }
        (Binding::Object(fields), LiteralType::Dataclass(dataclass)) => {
            object(w, dataclass, fields);
        }
        _ => panic!("a constant does not have the type of its field"),
    }
}

const fn primitive(w: &mut Writer<'_>, constant: &Constant<'_>) {
    match *constant {
        Constant::None => w.raw(&[0xc0]),
        Constant::Boolean(truth) => w.raw(&[0xc2 | truth as u8]),
        Constant::Integer(value) => integer(w, value),
        Constant::Float(value) => {
            w.raw(&value.to_be_bytes());
            w.raw(&[0xcb]);
        }
        Constant::String(value) => text(w, value),
        _ => panic!("a task must build a struct that holds a time"),
    }
}

/// Writes an integer in its shortest form.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "as far as it fits"
)]
const fn integer(w: &mut Writer<'_>, value: i64) {
    let tag = match value {
        -32..0x80 => return w.raw(&[value as u8]),
        0x80..0x100 => {
            w.raw(&[value as u8]);
            0xcc
        }
        0x100..0x1_0000 => {
            w.raw(&(value as u16).to_be_bytes());
            0xcd
        }
        0x1_0000..0x1_0000_0000 => {
            w.raw(&(value as u32).to_be_bytes());
            0xce
        }
        0x1_0000_0000.. => {
            w.raw(&value.to_be_bytes());
            0xcf
        }
        -0x80..-32 => {
            w.raw(&[value as u8]);
            0xd0
        }
        -0x8000..-0x80 => {
            w.raw(&(value as u16).to_be_bytes());
            0xd1
        }
        -0x8000_0000..-0x8000 => {
            w.raw(&(value as u32).to_be_bytes());
            0xd2
        }
        _ => {
            w.raw(&value.to_be_bytes());
            0xd3
        }
    };
    w.raw(&[tag]);
}

const fn text(w: &mut Writer<'_>, text: &str) {
    w.raw(text.as_bytes());
    length(w, text.len(), &TEXT);
}

/// The tags of a kind of value with a length.
struct Lengths {
    /// The bits of a tag that holds the length, and the first length that does not fit.
    short: (u8, usize),
    /// The tag before a length of one byte, if there is such a tag.
    one: Option<u8>,
    /// The tag before a length of two bytes.
    two: u8,
    /// The tag before a length of four bytes.
    four: u8,
}

const TEXT: Lengths = Lengths {
    short: (0xa0, 32),
    one: Some(0xd9),
    two: 0xda,
    four: 0xdb,
};
const ARRAY: Lengths = Lengths {
    short: (0x90, 16),
    one: None,
    two: 0xdc,
    four: 0xdd,
};
const MAP: Lengths = Lengths {
    short: (0x80, 16),
    one: None,
    two: 0xde,
    four: 0xdf,
};

#[expect(clippy::cast_possible_truncation, reason = "as far as it fits")]
const fn length(w: &mut Writer<'_>, length: usize, lengths: &Lengths) {
    let (bits, end) = lengths.short;
    if length < end {
        return w.raw(&[bits | length as u8]);
    }
    match lengths.one {
        Some(tag) if length < 0x100 => w.raw(&[tag, length as u8]),
        _ if length < 0x1_0000 => {
            w.raw(&(length as u16).to_be_bytes());
            w.raw(&[lengths.two]);
        }
        _ => {
            w.raw(&(length as u32).to_be_bytes());
            w.raw(&[lengths.four]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{integer, length, text};
    use crate::types::{FlyteData as _, MsgpackWriter};
    use crate::wire::Writer;

    fn packed(write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
        Writer::to_bytes(write)
    }

    #[test]
    fn numbers_and_texts_are_written_as_at_run_time() {
        let edges = [0, 5, 7, 8, 15, 16, 31, 32, 62].map(|bits| 1_i64 << bits);
        for edge in edges {
            for number in [edge - 1, edge, edge + 1, -edge - 1, -edge, 1 - edge] {
                let expected = MsgpackWriter::to_bytes(|out| number.pack(out)).unwrap();
                assert_eq!(packed(|w| integer(w, number)), expected, "{number}");
            }
        }
        for number in [i64::MIN, i64::MAX] {
            let expected = MsgpackWriter::to_bytes(|out| number.pack(out)).unwrap();
            assert_eq!(packed(|w| integer(w, number)), expected, "{number}");
        }
        for len in [0, 31, 32, 255, 256, 65_535, 65_536] {
            let value = "x".repeat(len);
            let expected = MsgpackWriter::to_bytes(|out| value.pack(out)).unwrap();
            assert_eq!(packed(|w| text(w, &value)), expected, "{len}");
            let items = vec![(); len];
            let expected =
                MsgpackWriter::to_bytes(|out| out.array(&items, |out, ()| Ok(out.nil())));
            let written = packed(|w| {
                w.raw(&vec![0xc0; len]);
                length(w, len, &super::ARRAY);
            });
            assert_eq!(written, expected.unwrap(), "{len}");
        }
    }
}
