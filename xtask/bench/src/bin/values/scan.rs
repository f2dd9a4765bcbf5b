//! A hand-written loop that relies on the literal being a list of integers and nothing else.

use anyhow::{Result, bail};

use super::Way;

pub(super) const INTEGERS: Way<Vec<i64>> = Way {
    name: "scan",
    decode: |bytes| {
        let mut values = Vec::with_capacity(bytes.len() / 9);
        let [0x12, rest @ ..] = bytes else {
            bail!("not a list");
        };
        let (length, mut rest) = varint(rest)?;
        if length != rest.len() as u64 {
            bail!("not one list");
        }
        while let [0x0a, _, 0x0a, _, 0x0a, _, 0x08, element @ ..] = rest {
            let value;
            (value, rest) = varint(element)?;
            values.push(value.cast_signed());
        }
        Ok(values)
    },
    encode: |values| {
        let mut list = Vec::with_capacity(values.len() * 17);
        for value in values {
            let start = list.len();
            list.extend([0x0a, 0, 0x0a, 0, 0x0a, 0, 0x08]);
            push_varint(&mut list, value.cast_unsigned());
            let length = u8::try_from(list.len() - start)?;
            list[start + 1] = length - 2;
            list[start + 3] = length - 4;
            list[start + 5] = length - 6;
        }
        let mut literal = Vec::with_capacity(list.len() + 11);
        literal.push(0x12);
        push_varint(&mut literal, list.len() as u64);
        literal.extend(list);
        Ok(literal)
    },
};

fn varint(bytes: &[u8]) -> Result<(u64, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if *byte < 0x80 {
            return Ok((value, &bytes[index + 1..]));
        }
    }
    bail!("not a varint")
}

fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}
