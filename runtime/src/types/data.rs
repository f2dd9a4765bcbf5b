//! Values inside objects, and literals that contain such values.

use std::borrow::Cow;

use super::{
    Content, FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter,
    OffloadedRef, ValueError, Written, generic, msgpack,
};
use crate::declare::{Json, LiteralType, Variant};
use crate::store;

/// Reads a `T` from a literal that contains it as MessagePack or as a generic struct, or that is offloaded.
///
/// Every Flyte type is also read from such literals: the backend makes them from parts that a workflow takes
/// out of a dataclass, older SDKs and the console write generic structs, and large outputs are offloaded.
/// flytekit reads them all, too.
///
/// # Errors
///
/// If the literal is malformed, cannot be fetched, or contains another type. The message then names
/// `expected`.
pub fn decode<T: FlyteType>(
    literal: LiteralRef<'_>,
    expected: impl Into<Cow<'static, str>>,
) -> Result<T, ValueError> {
    if let Some(data) = literal.plain_msgpack() {
        return read_whole(data, T::unpack);
    }
    let content = literal.content()?;
    if let Content::Offloaded(offloaded) = content {
        return T::decode(LiteralRef::new(&fetch_offloaded(offloaded)?));
    }
    let data = data_of(content, literal, expected.into())?;
    read_whole(&data, T::unpack)
}

/// Reads exactly one value from these bytes.
fn read_whole<T>(
    data: &[u8],
    unpack: impl FnOnce(&mut MsgpackReader<'_>) -> Result<T, ValueError>,
) -> Result<T, ValueError> {
    let mut value = MsgpackReader::new(data);
    let read = unpack(&mut value)?;
    value.finish()?;
    Ok(read)
}

/// Reads the MessagePack or the generic struct of a literal with `unpack`.
pub(super) fn decode_with<T>(
    literal: LiteralRef<'_>,
    expected: &'static str,
    unpack: impl FnOnce(&mut MsgpackReader<'_>) -> Result<T, ValueError>,
) -> Result<T, ValueError> {
    let data = data_of(literal.content()?, literal, expected.into())?;
    read_whole(&data, unpack)
}

/// Fetches the content of an offloaded literal.
pub(crate) fn fetch_offloaded(offloaded: OffloadedRef<'_>) -> Result<Vec<u8>, ValueError> {
    let bytes = store::read(offloaded.uri()).map_err(|error| {
        ValueError::other(format!("its offloaded literal cannot be fetched: {error}"))
            .with_source(error)
    })?;
    let literal = LiteralRef::new(&bytes);
    if matches!(literal.content()?, Content::Offloaded(_)) {
        return Err(ValueError::unexpected(
            format!("a value in the offloaded literal {}", offloaded.uri()),
            literal,
        ));
    }
    Ok(bytes)
}

/// The MessagePack of a literal whose content was already read, because reading it has a cost.
fn data_of<'a>(
    content: Content<'a>,
    literal: LiteralRef<'_>,
    expected: Cow<'static, str>,
) -> Result<Cow<'a, [u8]>, ValueError> {
    match content {
        Content::Binary(binary) if binary.tag() == msgpack::TAG => Ok(binary.value().into()),
        Content::Generic(object) => Ok(generic::to_msgpack(object)?.into()),
        _ => Err(ValueError::unexpected(expected, literal)),
    }
}

/// Writes a value as a literal of MessagePack.
///
/// # Errors
///
/// The errors of [`FlyteData::pack`].
pub fn encode<T: FlyteData>(value: &T, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
    out.msgpack(|out| value.pack(out))
}

/// The schema of a field with a default, if a constant can express the default.
#[doc(hidden)]
pub const fn with_default(
    schema: &'static Json<'static>,
    default: &'static Json<'static>,
) -> Json<'static> {
    match default {
        Json::Absent => *schema,
        _ => Json::WithDefault(schema, default),
    }
}

/// The type of a field, if it is a type of Flyte: see [`Variant::sound`].
#[doc(hidden)]
#[must_use]
pub const fn sound(field: Option<Variant>) -> Option<Variant> {
    match field {
        Some(variant) => Some(variant.sound()),
        None => None,
    }
}

/// Both traits of a type as one, for generated code: a type with neither causes only one error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that Flyte can pass between tasks",
    label = "not a Flyte type",
    note = "for a struct or an enum of your own: `#[derive(FlyteData)]`",
    note = "others are integers, floats, `bool`, `String`, `()`, `Bytes`, times of `std`, `jiff` and `chrono`, `FlyteFile`, `FlyteDirectory`, JSON objects, `Vec<T>`, `Option<T>`, `Hashed<T>`, and maps from `String` or an integer to `T`, where `T` is one too; with the feature `arrow` also `StructuredDataset`, with `spark` also `DataFrame` and `Dataset<S>`",
    note = "instead of a reference, a `Box` or an `Arc`, write the type inside; instead of a slice, an array or a set, `Vec<T>`; instead of a tuple, a struct that derives `FlyteData`; instead of a path, `FlyteFile`"
)]
pub trait FlyteValue: Sized {
    const SCHEMA: Json<'static>;
    const FIELD_TYPE: Option<Variant>;
    const LITERAL_TYPE: LiteralType;
    const TAG: &'static str;
    const VARIANT: Variant;

    fn missing() -> Option<Self>;

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError>;

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError>;

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError>;

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError>;
}

impl<T: FlyteType> FlyteValue for T {
    const SCHEMA: Json<'static> = <T as FlyteData>::SCHEMA;
    const FIELD_TYPE: Option<Variant> = <T as FlyteData>::FIELD_TYPE;
    const LITERAL_TYPE: LiteralType = <T as FlyteType>::LITERAL_TYPE;
    const TAG: &'static str = <T as FlyteType>::TAG;
    const VARIANT: Variant = Variant::of::<T>();

    fn missing() -> Option<Self> {
        <T as FlyteData>::missing()
    }

    #[inline]
    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        <T as FlyteData>::unpack(value)
    }

    #[inline]
    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        <T as FlyteData>::pack(self, out)
    }

    #[inline]
    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        <T as FlyteType>::decode(literal)
    }

    #[inline]
    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        <T as FlyteType>::encode(self, out)
    }
}
