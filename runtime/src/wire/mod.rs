//! The protobuf wire format: what templates and values are read from and written to.

mod reader;
mod writer;

pub use reader::{Payload, ReadError, Reader};
pub use writer::Writer;
