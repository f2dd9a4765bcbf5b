//! Values inside objects, and literals that hold a value in the form of those.

use std::borrow::Cow;

use super::{
    Content, FlyteData, FlyteType, LiteralRef, MsgpackReader, OffloadedRef, ValueError, generic,
    msgpack,
};
use crate::store;
use crate::template::Json;

/// Reads a `T` from a literal that holds it as MessagePack or as a generic struct, or that lies
/// elsewhere.
///
/// Every Flyte type is read so where it meets something else than its own literal: the backend makes
/// such literals of what a workflow takes out of a dataclass, older SDKs and the console write
/// generic structs, and large outputs are offloaded. flytekit takes them all too.
///
/// # Errors
///
/// When the literal is malformed, cannot be fetched, or holds something else; `expected` is then in
/// the message.
pub fn decode<T: FlyteType>(
    literal: LiteralRef<'_>,
    expected: impl Into<Cow<'static, str>>,
) -> Result<T, ValueError> {
    match literal.content()? {
        Content::Binary(binary) if binary.tag() == msgpack::TAG => unpack_whole(binary.msgpack()),
        Content::Generic(object) => unpack_whole(MsgpackReader::new(&generic::to_msgpack(object)?)),
        Content::Offloaded(offloaded) => decode_offloaded(offloaded),
        _ => Err(ValueError::unexpected(expected, literal)),
    }
}

/// Reads a `T` from the file that its literal is.
fn decode_offloaded<T: FlyteType>(offloaded: OffloadedRef<'_>) -> Result<T, ValueError> {
    let bytes = store::read(offloaded.uri()).map_err(|error| {
        ValueError::other(format!("its offloaded literal is out of reach: {error}"))
            .with_source(error)
    })?;
    let literal = LiteralRef::new(&bytes);
    if matches!(literal.content()?, Content::Offloaded(_)) {
        return Err(ValueError::unexpected(
            format!("a value in the offloaded literal {}", offloaded.uri()),
            literal,
        ));
    }
    T::decode(literal)
}

/// Reads a `T` that is all of the bytes.
fn unpack_whole<T: FlyteData>(mut value: MsgpackReader<'_>) -> Result<T, ValueError> {
    let read = T::unpack(&mut value)?;
    value.finish()?;
    Ok(read)
}

/// The value of the field `name`, which may do without one.
///
/// # Errors
///
/// When there is none, and its type needs one.
#[inline]
pub fn required<T: FlyteData>(name: &'static str, value: Option<T>) -> Result<T, ValueError> {
    value
        .or_else(T::missing)
        .ok_or_else(|| ValueError::missing(name))
}

/// The schema of a field that is `Default::default()` when it is not given.
pub const fn with_default<T: FlyteData>() -> Json<'static> {
    struct Schema<T>(T);

    impl<T: FlyteData> Schema<T> {
        const PARTS: (&'static Json<'static>, &'static Json<'static>) = (&T::SCHEMA, &T::DEFAULT);
    }

    if matches!(T::DEFAULT, Json::Absent) {
        T::SCHEMA
    } else {
        Json::WithDefault(Schema::<T>::PARTS.0, Schema::<T>::PARTS.1)
    }
}
