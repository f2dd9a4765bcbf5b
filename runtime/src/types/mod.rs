//! How a value crosses the wire: one trait, and one file a family of types.

mod collections;
mod dataset;
mod error;
mod literal;
mod option;
mod outputs;
mod primitives;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tree;
mod writer;

pub use dataset::{Columns, StructuredDatasetRef};
pub use error::ValueError;
pub use literal::{
    BinaryRef, CollectionRef, Content, Elements, Entries, LiteralMapRef, LiteralRef, UnionRef,
};
pub use outputs::{Fallible, Named, Outputs, OutputsWriter, Plain, Returns, Single, Tuple};
pub use writer::{LiteralWriter, Written};

use crate::template::LiteralType;

/// A Rust type whose values are Flyte literals.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that Flyte can pass between tasks",
    label = "not a Flyte type",
    note = "Flyte types are integers, floats, `bool`, `String`, `()`, `Vec<T>`, `Option<T>` and maps from `String` to `T`, where `T` is one too; with the feature `spark` also `DataFrame` and `Dataset<S>`"
)]
pub trait FlyteType: Sized {
    /// The type in a task's interface.
    const LITERAL_TYPE: LiteralType;

    /// The tag under which a value of this type is stored in a union: the name of flytekit's
    /// transformer for the matching Python type.
    const TAG: &'static str;

    /// Reads a value from the bytes of a literal.
    ///
    /// # Errors
    ///
    /// When the literal is malformed, or holds something else.
    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError>;

    /// Writes the value as one literal.
    ///
    /// # Errors
    ///
    /// When Flyte's type cannot hold the value, such as a `u64` above `i64::MAX`.
    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError>;
}
