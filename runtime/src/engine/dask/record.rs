//! The encoding of arguments and results.
//!
//! A value is MessagePack in serde's encoding, with the names of fields: every serde attribute that works
//! with JSON works here. An argument is a record, and so is a result, which may be the argument of another
//! call:
//!
//! ```text
//! seconds that the call took: f64, little-endian; 0 for a value of the job runner
//! length of the values: u64, little-endian
//! length of the worker's address: u16, little-endian
//! the worker's address
//! the values: one, or those of a batch
//! large parts of the values, each after zeros up to a multiple of 16 bytes, and the last before such zeros
//! ```

use bytes::Bytes;
use rmp_serde::Deserializer;
use rmp_serde::decode::{Error as DecodeError, ReadRefReader};
use rmp_serde::encode::Error as EncodeError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::attached::{ALIGNMENT, Attached, while_reading};

/// Encodes a value at the end of `out`.
pub(super) fn encode(out: &mut Vec<u8>, value: &impl Serialize) -> Result<(), EncodeError> {
    rmp_serde::encode::write_named(out, value)
}

/// Decodes a single value.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    rmp_serde::from_slice(bytes)
}

/// The positions of a record's fields.
const SECONDS: usize = 8;
const VALUES: usize = SECONDS + 8;
const WORKER: usize = VALUES + 2;

/// A record that is being written. Its memory is used again for the next.
#[derive(Debug, Default)]
pub(super) struct RecordBuf {
    bytes: Vec<u8>,
    /// The position of the values.
    values: usize,
    attached: Attached,
}

impl RecordBuf {
    /// A record of values of this process.
    pub(super) fn local() -> Self {
        let mut record = RecordBuf::default();
        record.begin("");
        record
    }

    /// Begins a record of a call on this worker. Nothing is left of the last record but its memory.
    pub(super) fn begin(&mut self, worker: &str) {
        let len = u16::try_from(worker.len()).unwrap_or(0);
        self.clear(usize::MAX);
        self.bytes.extend([0; VALUES]);
        self.bytes.extend(len.to_le_bytes());
        self.bytes.extend(&worker.as_bytes()[..len.into()]);
        self.values = self.bytes.len();
    }

    /// Adds a value.
    pub(super) fn push(&mut self, value: &impl Serialize) -> Result<(), EncodeError> {
        let RecordBuf {
            bytes, attached, ..
        } = self;
        attached.while_writing(|| encode(bytes, value))?;
        let len = (self.bytes.len() - self.values) as u64;
        self.bytes[SECONDS..VALUES].copy_from_slice(&len.to_le_bytes());
        Ok(())
    }

    /// Sets the duration of the call.
    pub(super) fn finish(&mut self, seconds: f64) {
        self.bytes[..SECONDS].copy_from_slice(&seconds.to_le_bytes());
    }

    /// Forgets the record, and keeps at most this much of its memory.
    pub(super) fn clear(&mut self, kept: usize) {
        self.attached = Attached::default();
        self.bytes.clear();
        self.bytes.shrink_to(kept);
    }

    /// The number of the record's bytes.
    pub(super) fn len(&self) -> usize {
        match self.attached.len {
            0 => self.bytes.len(),
            len => self.bytes.len().next_multiple_of(ALIGNMENT) + len,
        }
    }

    /// The record's bytes, which are not all in one place.
    pub(super) fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let attached = self.attached.parts.iter();
        let parts = [&*self.bytes]
            .into_iter()
            .chain(attached.map(|part| &**part));
        parts.flat_map(|part| [part, self.zeros_after(part)])
    }

    /// The record's bytes in one place.
    pub(super) fn to_bytes(&self) -> Bytes {
        let mut bytes = Vec::with_capacity(self.len());
        self.parts().for_each(|part| bytes.extend_from_slice(part));
        bytes.into()
    }

    /// Only parts need an alignment.
    fn zeros_after(&self, part: &[u8]) -> &'static [u8] {
        let len = part.len().next_multiple_of(ALIGNMENT) - part.len();
        match self.attached.len {
            0 => &[],
            _ => &[0; ALIGNMENT][..len],
        }
    }
}

/// An argument, or the result of a call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record<'a> {
    /// The duration of the call on the worker, in seconds.
    pub(super) seconds: f64,
    /// The worker's address; empty in this process.
    pub(super) worker: &'a str,
    values: &'a [u8],
    /// The large parts of the values.
    attached: Bytes,
}

impl<'a> Record<'a> {
    /// Parses a record; None if the bytes are not one.
    pub(super) fn read(bytes: &'a Bytes) -> Option<Self> {
        let seconds = f64::from_le_bytes(bytes.get(..SECONDS)?.try_into().ok()?);
        let values = u64::from_le_bytes(bytes.get(SECONDS..VALUES)?.try_into().ok()?);
        let worker = u16::from_le_bytes(bytes.get(VALUES..WORKER)?.try_into().ok()?);
        let (worker, rest) = bytes.get(WORKER..)?.split_at_checked(worker.into())?;
        let (values, rest) = rest.split_at_checked(usize::try_from(values).ok()?)?;
        let end = bytes.len() - rest.len();
        let attached = end.next_multiple_of(ALIGNMENT).min(bytes.len());
        Some(Record {
            seconds,
            worker: str::from_utf8(worker).ok()?,
            values,
            attached: bytes.slice(attached..),
        })
    }

    /// The values.
    pub(super) fn values(self) -> Values<'a> {
        Values {
            values: Deserializer::from_read_ref(self.values),
            attached: self.attached,
        }
    }
}

/// Decodes the values of a record, one after the other.
pub struct Values<'a> {
    values: Deserializer<ReadRefReader<'a, [u8]>>,
    attached: Bytes,
}

impl<'a> Values<'a> {
    /// The values of an argument.
    pub(super) fn of_argument(bytes: &'a Bytes) -> Result<Self, DecodeError> {
        let record = Record::read(bytes);
        let record = record.ok_or_else(|| DecodeError::Uncategorized("not a record".to_owned()))?;
        Ok(record.values())
    }

    /// Decodes the next value.
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> Result<T, DecodeError> {
        if self.attached.is_empty() {
            return T::deserialize(&mut self.values);
        }
        while_reading(self.attached.clone(), || T::deserialize(&mut self.values))
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
        fn records_come_back(
            points in proptest::collection::vec(points(), 0..5),
            text in ".{0,40}",
            number in any::<i64>(),
            seconds in 0.0..1e9,
            worker in ".{0,30}",
        ) {
            prop_assume!(points.iter().all(|point| !point.x.is_nan()));
            let either = Either::Nested(vec![Either::Number(number), Either::Nested(vec![])]);
            let mut record = RecordBuf::default();
            record.begin("an earlier record");
            record.push(&text).unwrap();
            record.begin(&worker);
            record.push(&points).unwrap();
            record.push(&text).unwrap();
            record.push(&either).unwrap();
            record.finish(seconds);
            let bytes = record.to_bytes();
            prop_assert_eq!(bytes.len(), record.len());
            let record = Record::read(&bytes).unwrap();
            prop_assert_eq!((record.seconds, record.worker), (seconds, &*worker));
            let mut values = record.values();
            prop_assert_eq!(values.next::<Vec<Point>>().unwrap(), points);
            prop_assert_eq!(values.next::<String>().unwrap(), text);
            prop_assert_eq!(values.next::<Either>().unwrap(), either);
            prop_assert!(values.next::<u8>().is_err());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let bytes = Bytes::from(bytes);
            if let Ok(mut values) = Values::of_argument(&bytes) {
                let _ = values.next::<Either>();
            }
            let _ = decode::<Point>(&bytes);
        }
    }

    #[test]
    fn lengths_that_are_lies_make_no_record() {
        let mut record = RecordBuf::local();
        record.push(&"text").unwrap();
        let bytes = record.to_bytes();
        for len in 0..bytes.len() {
            assert_eq!(Record::read(&bytes.slice(..len)), None, "{len}");
        }
        let mut false_length = bytes.to_vec();
        false_length[SECONDS..VALUES].copy_from_slice(&u64::MAX.to_le_bytes());
        assert_eq!(Record::read(&false_length.into()), None);
    }
}
