//! Tuples inside objects.
//!
//! A tuple has no literal: a tuple as a task's result is several outputs, and flytekit refuses one as a
//! value.

use super::{FlyteData, MsgpackReader, MsgpackWriter, ValueError, Written};
use crate::declare::{Json, LiteralType, Variant};

macro_rules! tuples {
    ($($length:literal: $($type:ident $index:tt)+;)+) => {$(
        /// A list of this many values, each with its own type: Python's `Tuple[A, B]`.
        impl<$($type: FlyteData),+> FlyteData for ($($type,)+) {
            const SCHEMA: Json<'static> = Json::Object(&[
                ("maxItems", Json::Number($length as f64)),
                ("minItems", Json::Number($length as f64)),
                ("prefixItems", Json::Array(&[$($type::SCHEMA),+])),
                ("type", Json::String("array")),
            ]);
            const FIELD_TYPE: Option<Variant> = refused(&[$($type::FIELD_TYPE),+]);

            fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
                expect_length($length, value)?;
                Ok(($($type::unpack(value).map_err(|error| error.at_index($index))?,)+))
            }

            fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
                let parts: [&dyn Pack; $length] = [$(&self.$index),+];
                out.array(parts, |out, part| part.pack(out))
            }
        }
    )+};
}

tuples! {
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
    7: A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
    9: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
    10: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9;
    11: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10;
    12: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11;
}

/// None, unless a part is refused: then the whole is refused, too.
const fn refused(mut parts: &[Option<Variant>]) -> Option<Variant> {
    while let [part, rest @ ..] = parts {
        if let Some(part) = part
            && let LiteralType::Refused(_) = part.literal_type
        {
            return Some(*part);
        }
        parts = rest;
    }
    None
}

/// The method of a tuple's part of any type.
trait Pack {
    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError>;
}

impl<T: FlyteData> Pack for T {
    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        FlyteData::pack(self, out)
    }
}

fn expect_length(length: usize, value: &mut MsgpackReader<'_>) -> Result<(), ValueError> {
    let at = *value;
    if value.array()? == length {
        Ok(())
    } else {
        Err(at.unexpected(format!("a list of {length}")))
    }
}

#[cfg(test)]
mod tests {
    use crate::types::{FlyteData, MsgpackReader, MsgpackWriter};

    #[test]
    fn a_tuple_is_a_list_of_its_parts() {
        let pair = (7_i64, "x".to_owned());
        let bytes = MsgpackWriter::to_bytes(|out| pair.pack(out)).unwrap();
        assert_eq!(bytes, b"\x92\x07\xa1x");
        let read = <(i64, String)>::unpack(&mut MsgpackReader::new(&bytes)).unwrap();
        assert_eq!(read, pair);
        let error = <(i64, i64)>::unpack(&mut MsgpackReader::new(&bytes)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "[1]: expected an integer, found string \"x\""
        );
        let error = <(i64,)>::unpack(&mut MsgpackReader::new(&bytes)).unwrap_err();
        assert_eq!(error.to_string(), "expected a list of 1, found a list of 2");
    }
}
