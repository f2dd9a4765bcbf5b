//! The protobuf wire format: what templates and values are read from and written to.

pub use flytekit_grammar::wire::Writer;
pub use flytekit_proto::Error as MessageError;
pub use flytekit_proto::wire::{Payload, ReadError, Reader};
