//! The encoding of arguments and results.
//!
//! A value is MessagePack in serde's encoding, with the names of fields: every serde attribute that works
//! with JSON works here. A batch is the concatenation of its values. A result, also one that is an argument,
//! begins with a description of its call:
//!
//! ```text
//! seconds that the call took: f64, little-endian
//! length of the worker's address: u16, little-endian
//! the worker's address
//! values
//! ```

use rmp_serde::Deserializer;
use rmp_serde::decode::{Error as DecodeError, ReadRefReader};
use rmp_serde::encode::Error as EncodeError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Encodes a value at the end of `out`.
pub(super) fn encode(out: &mut Vec<u8>, value: &impl Serialize) -> Result<(), EncodeError> {
    rmp_serde::encode::write_named(out, value)
}

/// Decodes the argument of a call, which is a [`Record`] of one value.
pub(super) fn decode_argument<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    let record = Record::read(bytes);
    let record = record.ok_or_else(|| DecodeError::Uncategorized("not an argument".to_owned()))?;
    decode(record.values)
}

/// Decodes a single value.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    rmp_serde::from_slice(bytes)
}

/// A sequence of encoded values.
pub struct Values<'a>(Deserializer<ReadRefReader<'a, [u8]>>);

impl<'a> Values<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Values(Deserializer::from_read_ref(bytes))
    }

    /// Decodes the next value.
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> Result<T, DecodeError> {
        T::deserialize(&mut self.0)
    }
}

/// The result of a call, and its description.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Record<'a> {
    /// The duration of the call on the worker, in seconds.
    pub(super) seconds: f64,
    /// The worker's address; empty in this process.
    pub(super) worker: &'a str,
    /// One value, or the values of a batch.
    pub(super) values: &'a [u8],
}

const SECONDS: usize = 8;
const WORKER: usize = SECONDS + 2;

impl<'a> Record<'a> {
    /// Writes the beginning of a record of a call on this worker. The values follow.
    pub(super) fn begin(record: &mut Vec<u8>, worker: &str) {
        let len = u16::try_from(worker.len()).unwrap_or(0);
        record.extend([0; SECONDS]);
        record.extend(len.to_le_bytes());
        record.extend(&worker.as_bytes()[..len.into()]);
    }

    /// Sets the duration of the call.
    pub(super) fn finish(record: &mut [u8], seconds: f64) {
        record[..SECONDS].copy_from_slice(&seconds.to_le_bytes());
    }

    /// Parses a record; None if the bytes are not one.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let seconds = f64::from_le_bytes(bytes.get(..SECONDS)?.try_into().ok()?);
        let len = u16::from_le_bytes(bytes.get(SECONDS..WORKER)?.try_into().ok()?);
        let (worker, values) = bytes.get(WORKER..)?.split_at_checked(len.into())?;
        Some(Record {
            seconds,
            worker: str::from_utf8(worker).ok()?,
            values,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Point {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
        x: f64,
        #[serde(flatten)]
        more: BTreeMap<String, i64>,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Nested(Vec<Either>),
    }

    fn points() -> impl Strategy<Value = Point> {
        let more = proptest::collection::btree_map("[a-w]{2}", any::<i64>(), 0..3);
        let label = proptest::option::of(".{0,9}");
        (label, any::<f64>(), more).prop_map(|(label, x, more)| Point { label, x, more })
    }

    proptest! {
        #[test]
        fn values_come_back(
            points in proptest::collection::vec(points(), 0..5),
            text in ".{0,40}",
            number in any::<i64>(),
        ) {
            prop_assume!(points.iter().all(|point| !point.x.is_nan()));
            let either = Either::Nested(vec![Either::Number(number), Either::Nested(vec![])]);
            let mut bytes = Vec::new();
            encode(&mut bytes, &points).unwrap();
            encode(&mut bytes, &text).unwrap();
            encode(&mut bytes, &either).unwrap();
            let mut values = Values::new(&bytes);
            prop_assert_eq!(values.next::<Vec<Point>>().unwrap(), points);
            prop_assert_eq!(values.next::<String>().unwrap(), text);
            prop_assert_eq!(values.next::<Either>().unwrap(), either);
            prop_assert!(values.next::<u8>().is_err());
        }

        #[test]
        fn records_come_back(seconds in 0.0..1e9, worker in ".{0,30}", values: Vec<u8>) {
            let mut record = Vec::new();
            Record::begin(&mut record, &worker);
            record.extend(&values);
            Record::finish(&mut record, seconds);
            let expected = Record { seconds, worker: &worker, values: &values };
            prop_assert_eq!(Record::read(&record), Some(expected));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            if let Some(record) = Record::read(&bytes) {
                let _ = decode::<Either>(record.values);
            }
            let _ = Values::new(&bytes).next::<Point>();
        }
    }
}
