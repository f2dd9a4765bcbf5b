//! The protobuf wire format, in which templates and values are read and written.

pub use flytekit_grammar::wire::Writer;
pub use flytekit_proto::Error as MessageError;
pub use flytekit_proto::wire::{Payload, ReadError, Reader};
