//! Reads bytes as the fields of any message. There must be no panic, and every byte must be read exactly
//! once.

#![no_main]

use flytekit::wire::{Payload, Reader, Writer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut reader = Reader::new(bytes);
    let mut fields = Vec::new();
    let mut rest = reader.rest().len();
    while let Some(field) = reader.next() {
        let Ok(field) = field else {
            assert!(reader.next().is_none());
            return;
        };
        assert!(reader.rest().len() < rest);
        rest = reader.rest().len();
        fields.push(field);
    }
    let written = write(&fields);
    let again: Result<Vec<_>, _> = Reader::new(&written).collect();
    assert_eq!(again.as_ref(), Ok(&fields));
});

fn write(fields: &[(u32, Payload<'_>)]) -> Vec<u8> {
    let mut counter = Writer::counting();
    write_to(&mut counter, fields);
    let mut bytes = vec![0; counter.len()];
    write_to(&mut Writer::new(&mut bytes), fields);
    bytes
}

fn write_to(writer: &mut Writer<'_>, fields: &[(u32, Payload<'_>)]) {
    for (number, payload) in fields.iter().rev() {
        match payload {
            Payload::Varint(value) => writer.uint64(*number, *value),
            Payload::Fixed64(bits) => writer.double(*number, f64::from_bits(*bits)),
            Payload::Bytes(bytes) => writer.bytes(*number, bytes),
            Payload::Fixed32(bits) => {
                writer.raw(&bits.to_le_bytes());
                writer.varint(u64::from(*number << 3 | 5));
            }
        }
    }
}
