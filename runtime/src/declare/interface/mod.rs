//! What an entity takes and gives: variables and their types, `flyteidl.core.TypedInterface`.

mod blob;
mod dataset;
mod decode;
mod literal_type;
pub(crate) mod words;

pub use blob::BlobType;
pub use dataset::{DatasetColumn, StructuredDatasetType};
pub use literal_type::{Dataclass, LiteralType, SimpleType, Union, Variant};

/// One input or output.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its name in the interface.
    pub name: &'static str,
    /// Its type on the wire.
    pub literal_type: LiteralType,
    /// What it is, for people; its name stands in when this is empty.
    pub description: &'static str,
    /// The source text of its default, for help texts.
    pub default: Option<&'static str>,
}
