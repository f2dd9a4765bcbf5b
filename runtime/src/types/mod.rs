//! How a value crosses the wire: one trait, and one file a family of types.

mod bytes;
#[doc(hidden)]
pub mod choice;
mod collections;
pub mod data;
mod dataset;
mod directory;
mod error;
mod file;
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
mod temporary;
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
pub(crate) use generic::to_msgpack as object_as_msgpack;
pub use hashed::Hashed;
pub use literal::{
    BinaryRef, BlobRef, CollectionRef, Content, Elements, Entries, GenericRef, LiteralMapRef,
    LiteralRef, OffloadedRef, SecondsNanos, UnionRef,
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

/// A Rust type whose values can stand inside an object, as fields of Python's dataclasses do.
///
/// Derive it, and [`FlyteType`] with it, for structs and enums of such types. What a derive cannot
/// know is written by hand:
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
///         // What reads a literal's text, and what is left for text inside an object, are the same.
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
    note = "instead of a reference, a `Box` or an `Arc` write what it holds; of a slice, an array or a set `Vec<T>`; of a path `FlyteFile`"
)]
pub trait FlyteData: Sized {
    /// The JSON schema of its values, as flytekit writes it for the matching Python type.
    const SCHEMA: Json<'static>;

    /// Its literal type, [`Variant::of`] a [`FlyteType`]; none for what can be no literal, such as
    /// a tuple.
    const FIELD_TYPE: Option<Variant>;

    /// What `Default::default()` gives, if a constant can say it: the schema of a field names it.
    const DEFAULT: Json<'static> = Json::Absent;

    /// What a field is that is not given; nothing where one is needed.
    fn missing() -> Option<Self> {
        None
    }

    /// Reads a value from MessagePack.
    ///
    /// # Errors
    ///
    /// When the bytes are malformed, or hold something else.
    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError>;

    /// Writes the value as MessagePack.
    ///
    /// # Errors
    ///
    /// When Flyte's type cannot hold the value.
    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError>;
}

/// A Rust type whose values are Flyte literals.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that Flyte can pass between tasks",
    label = "not a Flyte type",
    note = "for a struct or an enum of your own: `#[derive(FlyteData)]`",
    note = "others are integers, floats, `bool`, `String`, `()`, `Bytes`, times of `std`, `jiff` and `chrono`, `FlyteFile`, `FlyteDirectory`, JSON objects, `Vec<T>`, `Option<T>`, `Hashed<T>`, and maps from `String` or an integer to `T`, where `T` is one too; with the feature `arrow` also `StructuredDataset`, with `spark` also `DataFrame` and `Dataset<S>`",
    note = "instead of a reference, a `Box` or an `Arc` write what it holds; of a slice, an array or a set `Vec<T>`; of a tuple a struct that derives `FlyteData`; of a path `FlyteFile`"
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
    /// When the literal is malformed, or holds something else.
    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError>;

    /// Writes the value as one literal.
    ///
    /// # Errors
    ///
    /// When Flyte's type cannot hold the value, such as a `u64` above `i64::MAX`.
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
