//! The protobuf wire format: what templates and values are read from and written to.

mod writer;

pub use flytekit_proto::wire::{Payload, ReadError, Reader};
pub use writer::Writer;
