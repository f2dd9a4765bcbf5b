use super::{Buffer, varint_len};
use crate::types::{Content, FlyteType, LiteralRef, LiteralWriter, Written};

#[test]
fn varints_take_the_bytes_they_need() {
    for (value, length) in [
        (0, 1),
        (0x7f, 1),
        (0x80, 2),
        (0x3fff, 2),
        (0x4000, 3),
        (u64::MAX >> 1, 9),
        (u64::MAX, 10),
    ] {
        assert_eq!(varint_len(value), length);
        let mut buffer = Buffer::default();
        assert_eq!(buffer.varint(value), length);
        assert_eq!(
            crate::wire::Reader::new(&buffer.to_vec()).varint(),
            Ok(value)
        );
    }
}

#[test]
fn literals_of_any_length_are_prefixed() {
    for length in [0, 1, 119, 120, 121, 127, 128, 16_383, 16_384, 100_000] {
        let text = "x".repeat(length);
        let literal = LiteralWriter::to_bytes(|out| Ok(out.string(&text))).unwrap();
        let Ok(Content::String(read)) = LiteralRef::new(&literal).content() else {
            panic!("a string")
        };
        assert_eq!(read, text);
    }
}

#[test]
fn what_is_long_is_not_copied() {
    let texts = vec!["x".repeat(100_000); 50];
    let mut buffer = Buffer::default();
    let writer = LiteralWriter::new(&mut buffer);
    let written = writer.collection(&texts, |out, text| Ok(out.string(text)));
    let _written: Written = written.expect("a list");
    let taken: usize = std::iter::once(&buffer.piece)
        .chain(&buffer.full)
        .map(|piece| piece.bytes.len())
        .sum();
    assert!(
        taken < buffer.len() + buffer.len() / 5,
        "{taken} for {}",
        buffer.len()
    );
    let bytes = buffer.to_vec();
    assert_eq!(
        Vec::<String>::decode(LiteralRef::new(&bytes)).expect("a list"),
        texts
    );
    assert!(buffer.pieces().count() > 2);
}

#[test]
fn types_of_unions_are_whole_in_pieces() {
    let texts = [Some("x".repeat(1000)), None, Some(String::new())];
    let texts = vec![texts; 500].concat();
    let bytes = LiteralWriter::to_bytes(|out| texts.encode(out)).expect("a list");
    let read = Vec::<Option<String>>::decode(LiteralRef::new(&bytes));
    assert_eq!(read.expect("a list"), texts);
}

#[test]
fn a_map_is_sorted_whatever_its_order() {
    let write = |keys: [&'static str; 3]| {
        LiteralWriter::to_bytes(|out| {
            out.map(keys.map(|key| (key, key)), |out, value| {
                Ok(out.string(value))
            })
        })
    };
    assert_eq!(
        write(["b", "a", "c"]).unwrap(),
        write(["c", "b", "a"]).unwrap()
    );
}
