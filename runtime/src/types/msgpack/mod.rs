//! MessagePack, the encoding of values inside objects. It is read in place, and written from back to front,
//! like the literals around it.
//!
//! flytekit puts the value of a dataclass, and of an untyped `dict`, into a literal as
//! `binary { tag: "msgpack" }`. Like flytekit, this writer uses the shortest forms of integers, strings and
//! lengths, and 64 bits for floats. The reader accepts all of MessagePack.

mod reader;
mod writer;

pub(super) use reader::whole;
pub use reader::{MsgpackKind, MsgpackReader, ObjectReader};
pub use writer::{MsgpackWriter, ObjectWriter};

/// The tag of a literal's binary data in this form.
pub(super) const TAG: &str = "msgpack";

#[cfg(test)]
mod tests {
    use super::{MsgpackKind, MsgpackReader, MsgpackWriter};
    use crate::types::ValueError;

    fn read_all(bytes: &[u8]) -> Result<(), ValueError> {
        let mut reader = MsgpackReader::new(bytes);
        reader.skip()?;
        reader.finish()
    }

    #[test]
    fn the_shortest_forms_are_written() {
        for (value, bytes) in [
            (0, &b"\x00"[..]),
            (127, b"\x7f"),
            (128, b"\xcc\x80"),
            (256, b"\xcd\x01\x00"),
            (65_536, b"\xce\x00\x01\x00\x00"),
            (1 << 32, b"\xcf\x00\x00\x00\x01\x00\x00\x00\x00"),
            (-1, b"\xff"),
            (-32, b"\xe0"),
            (-33, b"\xd0\xdf"),
            (-129, b"\xd1\xff\x7f"),
            (-32_769, b"\xd2\xff\xff\x7f\xff"),
            (i64::MIN, b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00"),
        ] {
            let written = MsgpackWriter::to_bytes(|out| Ok(out.integer(value))).unwrap();
            assert_eq!(written, bytes, "{value}");
            assert_eq!(MsgpackReader::new(bytes).integer().unwrap(), value.into());
        }
        for (length, head) in [
            (0, &b"\xa0"[..]),
            (31, b"\xbf"),
            (32, b"\xd9\x20"),
            (256, b"\xda\x01\x00"),
            (65_536, b"\xdb\x00\x01\x00\x00"),
        ] {
            let text = "x".repeat(length);
            let written = MsgpackWriter::to_bytes(|out| Ok(out.str(&text))).unwrap();
            assert_eq!(written, [head, text.as_bytes()].concat());
            assert_eq!(MsgpackReader::new(&written).str().unwrap(), text);
        }
        for (length, head) in [
            (0, &b"\xc4\x00"[..]),
            (256, b"\xc5\x01\x00"),
            (65_536, b"\xc6\x00\x01\x00\x00"),
        ] {
            let data = vec![7; length];
            let written = MsgpackWriter::to_bytes(|out| Ok(out.bin(&data))).unwrap();
            assert_eq!(written, [head, &data].concat());
            assert_eq!(MsgpackReader::new(&written).bin().unwrap(), data);
        }
        for (length, head) in [
            (15, &b"\x9f"[..]),
            (16, b"\xdc\x00\x10"),
            (65_536, b"\xdd\x00\x01\x00\x00"),
        ] {
            let written =
                MsgpackWriter::to_bytes(|out| out.array(0..length, |out, _| Ok(out.nil())));
            assert!(written.unwrap().starts_with(head));
        }
    }

    #[test]
    fn an_object_is_read_by_its_names() {
        // Inner(x=1, y=2.0), as flytekit encodes it.
        let bytes = b"\x82\xa1x\x01\xa1y\xcb\x40\x00\x00\x00\x00\x00\x00\x00";
        let written = MsgpackWriter::to_bytes(|out| {
            out.object(|fields| {
                fields.field("y", |out| Ok(out.float(2.0)))?;
                fields.field("x", |out| Ok(out.integer(1)))
            })
        });
        assert_eq!(written.unwrap(), bytes);

        let mut reader = MsgpackReader::new(bytes);
        let mut fields = reader.object().unwrap();
        let (mut x, mut y) = (None, None);
        while let Some(name) = fields.next_name().unwrap() {
            match name {
                "x" => fields.take("x", &mut x, MsgpackReader::integer).unwrap(),
                _ => fields.take("y", &mut y, MsgpackReader::float).unwrap(),
            }
        }
        assert_eq!((x, y), (Some(1), Some(2.0)));
        reader.finish().unwrap();
    }

    #[test]
    fn hostile_bytes_are_refused() {
        for (bytes, message) in [
            (&b""[..], "malformed msgpack: it ends inside a value"),
            (b"\xcf\x00", "malformed msgpack: it ends inside a value"),
            (b"\xa5abc", "malformed msgpack: it ends inside a value"),
            (
                b"\xc6\xff\xff\xff\xff",
                "malformed msgpack: it ends inside a value",
            ),
            (
                b"\xdd\xff\xff\xff\xff\x00",
                "malformed msgpack: a list of 4294967295 does not fit into the 1 bytes that are left",
            ),
            (
                b"\xdf\x00\x00\x00\x02\x00\x00\x00",
                "malformed msgpack: a map of 2 does not fit into the 3 bytes that are left",
            ),
            (b"\xc1", "malformed msgpack: no value begins with 0xc1"),
            (b"\xa1\xff", "malformed msgpack: a string is not UTF-8"),
            (b"\x00\x00", "malformed msgpack: 1 bytes follow the value"),
        ] {
            assert_eq!(read_all(bytes).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn depth_costs_nothing() {
        let mut deep = vec![0x91; 1_000_000];
        deep.push(0xc0);
        read_all(&deep).unwrap();
    }

    #[test]
    fn every_kind_has_a_name() {
        for (bytes, kind, name) in [
            (&b"\xc0"[..], MsgpackKind::Nil, "none"),
            (b"\xc3", MsgpackKind::Boolean, "boolean true"),
            (b"\x07", MsgpackKind::Integer, "integer 7"),
            (b"\xca\x3f\x80\x00\x00", MsgpackKind::Float, "float 1.0"),
            (b"\xa1x", MsgpackKind::String, "string \"x\""),
            (b"\xc4\x02ab", MsgpackKind::Binary, "2 bytes of binary data"),
            (b"\x91\x00", MsgpackKind::Array, "a list of 1"),
            (b"\x80", MsgpackKind::Map, "a map of 0"),
            (
                b"\xd6\xff\x00\x00\x00\x00",
                MsgpackKind::Extension,
                "an extension of type -1",
            ),
        ] {
            assert_eq!(MsgpackReader::new(bytes).kind().unwrap(), kind);
            let error = MsgpackReader::new(bytes).unexpected("x");
            assert_eq!(error.to_string(), format!("expected x, found {name}"));
        }
    }
}
