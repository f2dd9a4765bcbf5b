//! The interface of an entity: variables and their types, `flyteidl.core.TypedInterface`.

mod blob;
mod dataclass;
mod dataset;
mod decode;
mod literal_type;
mod same;
mod variable;
pub(crate) mod words;

pub use blob::BlobType;
pub use dataclass::{Dataclass, Record, RecordBytes};
pub use dataset::{DatasetColumn, StructuredDatasetType};
pub use literal_type::{EnumType, LiteralType, SimpleType, Union, Variant};
pub use variable::Variable;
pub(crate) use variable::encode_interface;
