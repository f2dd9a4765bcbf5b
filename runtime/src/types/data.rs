//! Values inside objects, and literals that hold a value in the form of those.

use std::borrow::Cow;

use super::{Content, FlyteData, LiteralRef, MsgpackReader, ValueError, msgpack};
use crate::template::Json;

/// Reads a `T` from a literal that holds it as MessagePack.
///
/// Every Flyte type is read so where it meets something else than its own literal: the backend makes
/// such literals of what a workflow takes out of a dataclass, and flytekit takes them too.
///
/// # Errors
///
/// When the literal is malformed, or holds something else; `expected` is then in the message.
pub fn decode<T: FlyteData>(
    literal: LiteralRef<'_>,
    expected: impl Into<Cow<'static, str>>,
) -> Result<T, ValueError> {
    match literal.content()? {
        Content::Binary(binary) if binary.tag() == msgpack::TAG => unpack_whole(binary.msgpack()),
        _ => Err(ValueError::unexpected(expected, literal)),
    }
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
