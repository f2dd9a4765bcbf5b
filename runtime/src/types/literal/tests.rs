use super::{CollectionRef, Content, LiteralMapRef, LiteralRef};
use crate::types::{FlyteType, LiteralWriter};
use crate::wire::{ReadError, Writer};

fn written(write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
    let mut counter = Writer::counting();
    write(&mut counter);
    let mut bytes = vec![0; counter.len()];
    write(&mut Writer::new(&mut bytes));
    bytes
}

fn shown(literal: &[u8]) -> String {
    LiteralRef::new(literal)
        .content()
        .map_or_else(|error| error.to_string(), |content| content.to_string())
}

/// A literal whose member is an empty message; a second field number selects a member of a scalar.
fn empty(fields: &[u32]) -> Vec<u8> {
    written(|w| fields.iter().rev().for_each(|field| w.message(*field, 0)))
}

#[test]
fn everything_has_a_name() {
    for (fields, name) in [
        (&[][..], "an empty literal"),
        (&[1], "an empty scalar"),
        (&[1, 1], "an empty primitive"),
        (&[1, 1, 5], "a date-time"),
        (&[1, 1, 6], "a duration"),
        (&[1, 2], "a file at "),
        (&[1, 3], "binary data with tag \"\""),
        (&[1, 4], "a schema"),
        (&[1, 5], "none"),
        (&[1, 6], "an error"),
        (&[1, 7], "a generic struct"),
        (&[1, 8], "a structured dataset"),
        (&[1, 9], "a union without a tag"),
        (&[2], "a list"),
        (&[3], "a map"),
        (&[8], "an offloaded literal at "),
    ] {
        assert_eq!(shown(&empty(fields)), name);
    }
}

#[test]
fn a_layout_that_no_writer_chooses_is_read_too() {
    let surrounded = written(|w| {
        w.uint64(77, 1); // a field that no version has yet
        w.string(4, "hash");
        let end = w.len();
        w.uint64(1, 6);
        w.uint64(4, 1); // a boolean, replaced by the integer after it
        w.message(1, end);
        w.uint64(77, 1);
        w.message(1, end);
    });
    assert_eq!(i64::decode(LiteralRef::new(&surrounded)).unwrap(), 6);
    let long_varint = written(|w| {
        w.raw(&[0x08, 0x85, 0x00]); // 5, in a byte more than needed
        w.message(1, 0);
        w.message(1, 0);
    });
    assert_eq!(i64::decode(LiteralRef::new(&long_varint)).unwrap(), 5);
}

#[test]
fn a_oneof_holds_its_last_member() {
    let mut literal = LiteralWriter::to_bytes(|out| Ok(out.integer(7))).unwrap();
    literal.extend([0x12, 0]);
    assert_eq!(shown(&literal), "a list");
    literal.extend(LiteralWriter::to_bytes(|out| Ok(out.boolean(true))).unwrap());
    assert_eq!(shown(&literal), "boolean true");
}

#[test]
fn a_split_message_is_refused() {
    let split = [0x12, 0, 0x12, 0];
    assert_eq!(
        LiteralRef::new(&split).content().unwrap_err(),
        ReadError::Split
    );
    let entry_with_two_values = [0x0a, 4, 0x12, 0, 0x12, 0];
    assert_eq!(
        LiteralMapRef::new(&entry_with_two_values)
            .get("")
            .unwrap_err(),
        ReadError::Split
    );
}

#[test]
fn msgpack_is_found_where_all_writers_put_it() {
    for length in [0, 1, 100, 200, 20_000] {
        let value = vec![0xc0; length];
        let literal = written(|w| {
            w.string(2, "msgpack");
            w.bytes(1, &value);
            w.message(3, 0);
            w.message(1, 0);
        });
        assert_eq!(LiteralRef::new(&literal).plain_msgpack(), Some(&*value));
        for end in 0..literal.len() {
            assert_eq!(LiteralRef::new(&literal[..end]).plain_msgpack(), None);
        }
        let surrounded = [&literal[..], &[0x22, 0]].concat();
        assert_eq!(LiteralRef::new(&surrounded).plain_msgpack(), None);
    }
    let json = written(|w| {
        w.string(2, "json");
        w.bytes(1, b"{}");
        w.message(3, 0);
        w.message(1, 0);
    });
    assert_eq!(LiteralRef::new(&json).plain_msgpack(), None);
}

#[test]
fn iteration_ends_with_the_first_error() {
    let elements = CollectionRef::new(&[0x0a, 0, 0x0a, 9, 0x0a, 0]);
    assert_eq!(
        elements
            .iter()
            .map(|element| element.is_ok())
            .collect::<Vec<_>>(),
        [true, false]
    );
    let entries = LiteralMapRef::new(&[0x0a, 0, 0x0a, 3, 0x0a, 1, 0xff, 0x0a, 0]);
    assert_eq!(
        entries
            .iter()
            .map(|entry| entry.is_ok())
            .collect::<Vec<_>>(),
        [true, false]
    );
}

#[test]
fn memory_is_not_reserved_for_what_was_not_sent() {
    let empty_elements = [0x0a, 0].repeat(1000);
    let capacity = CollectionRef::new(&empty_elements).capacity::<[u64; 8]>();
    assert!(capacity * size_of::<[u64; 8]>() <= empty_elements.len());
    assert_eq!(
        CollectionRef::new(&empty_elements[..20]).capacity::<()>(),
        10
    );
    assert_eq!(CollectionRef::new(&[0xff; 2000]).capacity::<u64>(), 0);
}

#[test]
fn depth_costs_nothing() {
    let mut literal = Vec::new();
    for _ in 0..2_000 {
        literal = written(|w| {
            w.bytes(1, &literal);
            w.message(2, 0);
        });
    }
    let Ok(Content::Collection(_)) = LiteralRef::new(&literal).content() else {
        panic!("a list")
    };
    let error = Vec::<Vec<i64>>::decode(LiteralRef::new(&literal)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "[0][0]: expected an integer, found a list"
    );
}
