//! The protobuf wire format: what templates and values are read from and written to.

mod reader;

pub use flytekit_grammar::wire::Writer;
pub use reader::{Payload, ReadError, Reader};
