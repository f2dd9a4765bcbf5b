//! The protobuf wire format: what templates and values are read from and written to.

mod writer;

pub use flytekit_proto::wire::{Payload, ReadError, Reader};
pub(crate) use writer::PREFIX_ROOM;
pub use writer::Writer;
