//! Conversion of values to and from the wire format: one trait, and one file per family of types.

mod bytes;
#[doc(hidden)]
pub mod choice;
mod collections;
pub mod data;
mod dataset;
mod directory;
mod error;
mod file;
mod flyte_error;
pub mod format;
mod generic;
mod hashed;
pub(crate) mod json;
mod literal;
mod msgpack;
mod option;
mod outputs;
mod pickle;
mod place;
mod primitives;
#[doc(hidden)]
pub mod record;
#[cfg(feature = "arrow")]
mod table;
pub(crate) mod time;
mod tuples;
#[doc(hidden)]
pub mod union;
mod writer;

pub use ::bytes::Bytes;
pub use collections::MapKey;
pub(crate) use data::fetch_offloaded;
pub use dataset::{Columns, StructuredDatasetRef};
pub use directory::FlyteDirectory;
pub use error::ValueError;
pub use file::{FileWriter, FlyteFile};
pub use flyte_error::FlyteError;
pub(crate) use generic::to_msgpack as object_as_msgpack;
pub use hashed::Hashed;
pub use literal::{
    BinaryRef, BlobRef, CollectionRef, Content, Elements, Entries, ErrorRef, GenericRef,
    LiteralMapRef, LiteralRef, OffloadedRef, SecondsNanos, UnionRef,
};
pub use msgpack::{MsgpackKind, MsgpackReader, MsgpackWriter, ObjectReader, ObjectWriter};
pub use outputs::{Declared, Outputs, OutputsReader, OutputsWriter, Returns, WorkflowReturns};
pub(crate) use outputs::{EncodedLiteral, EncodedOutputs};
#[doc(hidden)]
pub use outputs::{Fallible, Named, Single, Tuple, Unfailing};
#[cfg(feature = "register")]
pub(crate) use pickle::pickled;
#[cfg(feature = "arrow")]
pub use table::{AnyColumns, Batches, DatasetWriter, StructuredDataset};
pub use writer::{LiteralWriter, Written};

use crate::declare::{Json, LiteralType, Variant};

/// A Rust type whose values can be inside an object, like fields of Python's dataclasses.
///
/// Derive it, together with [`FlyteType`], for structs and enums of such types. Implement it by hand for
/// other types:
///
/// ```
/// use flytekit::declare::{Json, LiteralType, Variant};
/// use flytekit::types::{
///     FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter, ValueError,
///     Written,
/// };
///
/// /// Passed as text, such as `21.5 °C`.
/// struct Celsius(f64);
///
/// impl FlyteData for Celsius {
///     const SCHEMA: Json<'static> = String::SCHEMA;
///     const FIELD_TYPE: Option<Variant> = String::FIELD_TYPE;
///
///     fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
///         let text = value.str()?;
///         let degrees = text.strip_suffix(" °C").and_then(|number| number.parse().ok());
///         degrees
///             .map(Celsius)
///             .ok_or_else(|| ValueError::mismatch("a temperature such as `21.5 °C`", text))
///     }
///
///     fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
///         Ok(out.str(&format!("{} °C", self.0)))
///     }
/// }
///
/// impl FlyteType for Celsius {
///     const LITERAL_TYPE: LiteralType = String::LITERAL_TYPE;
///     const TAG: &'static str = String::TAG;
///
///     fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
///         // A literal and a value inside an object have the same text.
///         let text = MsgpackWriter::to_bytes(|out| String::decode(literal)?.pack(out))?;
///         Self::unpack(&mut MsgpackReader::new(&text))
///     }
///
///     fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
///         Ok(out.string(&format!("{} °C", self.0)))
///     }
/// }
///
/// let literal = LiteralWriter::to_bytes(|out| Celsius(21.5).encode(out))?;
/// assert_eq!(Celsius::decode(LiteralRef::new(&literal))?.0, 21.5);
/// # Ok::<(), ValueError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a part of a Flyte object",
    label = "not a type of Flyte's objects",
    note = "for a struct or an enum of your own: `#[derive(FlyteData)]`",
    note = "others are integers, floats, `bool`, `String`, `Bytes`, times of `std`, `jiff` and `chrono`, `FlyteFile`, `FlyteDirectory`, JSON objects, `Vec<T>`, `Option<T>`, tuples, and maps from `String` or an integer to `T`",
    note = "instead of a reference, a `Box` or an `Arc`, write the type inside; instead of a slice, an array or a set, `Vec<T>`; instead of a path, `FlyteFile`"
)]
pub trait FlyteData: Sized {
    /// The JSON schema of the values, as flytekit writes it for the matching Python type.
    const SCHEMA: Json<'static>;

    /// The literal type: [`Variant::of`] a [`FlyteType`]; None for types without a literal, such as tuples.
    const FIELD_TYPE: Option<Variant>;

    /// The value of `Default::default()`, if a constant can express it. It is part of the schema of a field.
    const DEFAULT: Json<'static> = Json::Absent;

    /// The value of a field that is not given; None if the field is required.
    fn missing() -> Option<Self> {
        None
    }

    /// Reads a value from MessagePack.
    ///
    /// # Errors
    ///
    /// If the bytes are malformed, or have another type.
    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError>;

    /// Writes the value as MessagePack.
    ///
    /// # Errors
    ///
    /// If Flyte's type cannot represent the value.
    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError>;
}

/// A Rust type whose values are Flyte literals.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that Flyte can pass between tasks",
    label = "not a Flyte type",
    note = "for a struct or an enum of your own: `#[derive(FlyteData)]`",
    note = "others are integers, floats, `bool`, `String`, `()`, `Bytes`, times of `std`, `jiff` and `chrono`, `FlyteFile`, `FlyteDirectory`, JSON objects, `Vec<T>`, `Option<T>`, `Hashed<T>`, and maps from `String` or an integer to `T`, where `T` is one too; with the feature `arrow` also `StructuredDataset`, with `spark` also `DataFrame` and `Dataset<S>`",
    note = "instead of a reference, a `Box` or an `Arc`, write the type inside; instead of a slice, an array or a set, `Vec<T>`; instead of a tuple, a struct that derives `FlyteData`; instead of a path, `FlyteFile`"
)]
pub trait FlyteType: FlyteData {
    /// The type in a task's interface.
    const LITERAL_TYPE: LiteralType;

    /// The tag under which a value of this type is stored in a union: the name of flytekit's
    /// transformer for the matching Python type.
    const TAG: &'static str;

    /// Reads a value from the bytes of a literal.
    ///
    /// # Errors
    ///
    /// If the literal is malformed, or has another type.
    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError>;

    /// Writes the value as one literal.
    ///
    /// # Errors
    ///
    /// If Flyte's type cannot represent the value, such as a `u64` above `i64::MAX`.
    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError>;
}

impl Variant {
    /// The type `T` with its tag.
    pub const fn of<T: FlyteType>() -> Self {
        Variant {
            literal_type: T::LITERAL_TYPE,
            tag: T::TAG,
        }
    }
}
