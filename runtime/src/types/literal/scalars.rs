//! Scalars that are messages, and the metadata of an offloaded literal.

use super::{MsgpackReader, last_string, only};
use crate::wire::{ReadError, Reader};

/// Bytes and their encoding: a `flyteidl.core.Binary`.
#[derive(Clone, Copy, Debug)]
pub struct BinaryRef<'a> {
    value: &'a [u8],
    tag: &'a str,
}

impl<'a> BinaryRef<'a> {
    pub(super) fn read(binary: &'a [u8]) -> Result<Self, ReadError> {
        let mut found = BinaryRef {
            value: &[],
            tag: "",
        };
        for field in Reader::new(binary) {
            match field? {
                (1, payload) => found.value = payload.bytes()?,
                (2, payload) => found.tag = payload.str()?,
                _ => {}
            }
        }
        Ok(found)
    }

    /// The encoded value.
    pub const fn value(self) -> &'a [u8] {
        self.value
    }

    /// The encoding's name; flytekit writes `msgpack`.
    pub const fn tag(self) -> &'a str {
        self.tag
    }

    /// The value as MessagePack, which is only valid with the tag `msgpack`.
    pub const fn msgpack(self) -> MsgpackReader<'a> {
        MsgpackReader::new(self.value)
    }
}

/// The location of a file or a folder: a `flyteidl.core.Blob`.
#[derive(Clone, Copy, Debug)]
pub struct BlobRef<'a> {
    uri: &'a str,
    format: &'a str,
    multipart: bool,
}

impl<'a> BlobRef<'a> {
    pub(super) fn read(blob: &'a [u8]) -> Result<Self, ReadError> {
        let mut found = BlobRef {
            uri: last_string(blob, 3)?,
            format: "",
            multipart: false,
        };
        let metadata = only(blob, 1)?.unwrap_or_default();
        for field in Reader::new(only(metadata, 1)?.unwrap_or_default()) {
            match field? {
                (1, payload) => found.format = payload.str()?,
                (2, payload) => found.multipart = payload.varint()? == 1,
                _ => {}
            }
        }
        Ok(found)
    }

    /// The location.
    pub const fn uri(self) -> &'a str {
        self.uri
    }

    /// The format; empty if the writer has set none.
    pub const fn format(self) -> &'a str {
        self.format
    }

    /// Whether the blob is a folder.
    pub const fn is_multipart(self) -> bool {
        self.multipart
    }
}

/// The failure of a workflow: a `flyteidl.core.Error`.
#[derive(Clone, Copy, Debug)]
pub struct ErrorRef<'a> {
    failed_node_id: &'a str,
    message: &'a str,
}

impl<'a> ErrorRef<'a> {
    pub(super) fn read(error: &'a [u8]) -> Result<Self, ReadError> {
        Ok(ErrorRef {
            failed_node_id: last_string(error, 1)?,
            message: last_string(error, 2)?,
        })
    }

    /// The node that Flyte names.
    pub const fn failed_node_id(self) -> &'a str {
        self.failed_node_id
    }

    /// The failure in words.
    pub const fn message(self) -> &'a str {
        self.message
    }
}

/// A generic object: a `google.protobuf.Struct`.
#[derive(Clone, Copy, Debug)]
pub struct GenericRef<'a> {
    bytes: &'a [u8],
}

impl<'a> GenericRef<'a> {
    /// Views the encoded message; nothing is read yet.
    pub const fn new(bytes: &'a [u8]) -> Self {
        GenericRef { bytes }
    }

    /// The encoded message.
    pub const fn bytes(self) -> &'a [u8] {
        self.bytes
    }
}

/// An offloaded literal: a `flyteidl.core.LiteralOffloadedMetadata`.
#[derive(Clone, Copy, Debug)]
pub struct OffloadedRef<'a> {
    uri: &'a str,
    size_bytes: u64,
}

impl<'a> OffloadedRef<'a> {
    pub(super) fn read(offloaded: &'a [u8]) -> Result<Self, ReadError> {
        let mut found = OffloadedRef {
            uri: "",
            size_bytes: 0,
        };
        for field in Reader::new(offloaded) {
            match field? {
                (1, payload) => found.uri = payload.str()?,
                (2, payload) => found.size_bytes = payload.varint()?,
                _ => {}
            }
        }
        Ok(found)
    }

    /// The location of the bytes.
    pub const fn uri(self) -> &'a str {
        self.uri
    }

    /// The number of bytes, according to the writer.
    pub const fn size_bytes(self) -> u64 {
        self.size_bytes
    }
}
