//! The protobuf wire format: what templates and values are read from and written to.

mod writer;

pub use writer::Writer;
