//! A value with a hash that a cache uses to identify it.

use std::ops::{Deref, DerefMut};

use super::{
    FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter, ValueError,
    Written,
};
use crate::declare::{Json, LiteralType, Variant};

/// A value, and a hash that identifies it as an input of a cached task: flytekit's
/// `Annotated[T, HashMethod(…)]`.
///
/// Without a hash Flyte compares the literal: for a table or a file that is the location, which is new after
/// every run.
///
/// ```
/// use flytekit::prelude::*;
/// use flytekit::types::Hashed;
///
/// #[task(cache(version = "1.0"))]
/// fn normalize(text: String) -> Hashed<String> {
///     let hash = text.to_lowercase();
///     Hashed::new(text, hash)
/// }
/// ```
///
/// Each element of a list may have its own hash. Objects have no hashes: inside an object only the value is
/// kept. In a union flytekit keeps no hash, either.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hashed<T> {
    value: T,
    hash: String,
}

impl<T> Hashed<T> {
    /// The value with this hash; an empty hash means none.
    ///
    /// ```
    /// let model = flytekit::types::Hashed::new("weights", "v7");
    /// assert_eq!((model.len(), model.hash()), (7, "v7"));
    /// ```
    pub fn new(value: T, hash: impl Into<String>) -> Self {
        Hashed {
            value,
            hash: hash.into(),
        }
    }

    /// The hash; empty if the writer has set none.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The value without the hash.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Hashed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Hashed<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: FlyteData> FlyteData for Hashed<T> {
    const SCHEMA: Json<'static> = T::SCHEMA;
    const FIELD_TYPE: Option<Variant> = T::FIELD_TYPE;
    const DEFAULT: Json<'static> = T::DEFAULT;

    fn missing() -> Option<Self> {
        T::missing().map(|value| Hashed::new(value, ""))
    }

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        T::unpack(value).map(|value| Hashed::new(value, ""))
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        self.value.pack(out)
    }
}

impl<T: FlyteType> FlyteType for Hashed<T> {
    const LITERAL_TYPE: LiteralType = T::LITERAL_TYPE;
    const TAG: &'static str = T::TAG;

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        Ok(Hashed::new(T::decode(literal)?, literal.hash()?))
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        out.hashed(&self.hash, |out| self.value.encode(out))
    }
}

#[cfg(test)]
mod tests {
    use super::Hashed;
    use crate::types::{FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackWriter};

    #[test]
    fn the_hash_lies_beside_the_value() {
        let value = Hashed::new(5_i64, "h5");
        let bytes = LiteralWriter::to_bytes(|out| value.encode(out)).unwrap();
        // scalar { primitive { integer: 5 } } hash: "h5"
        assert_eq!(bytes, b"\x0a\x04\x0a\x02\x08\x05\x22\x02h5");
        let read = Hashed::<i64>::decode(LiteralRef::new(&bytes)).unwrap();
        assert_eq!((*read, read.hash()), (5, "h5"));
        assert_eq!(i64::decode(LiteralRef::new(&bytes)).unwrap(), 5);
    }

    #[test]
    fn elements_have_their_own() {
        let list = vec![Hashed::new(5_i64, "h5"), Hashed::new(6, "")];
        let bytes = LiteralWriter::to_bytes(|out| list.encode(out)).unwrap();
        let read = Vec::<Hashed<i64>>::decode(LiteralRef::new(&bytes)).unwrap();
        assert_eq!(read, list);
        assert_eq!(Vec::<i64>::decode(LiteralRef::new(&bytes)).unwrap(), [5, 6]);
    }

    #[test]
    fn inside_an_object_there_is_no_hash() {
        let bytes = MsgpackWriter::to_bytes(|out| Hashed::new(true, "h").pack(out)).unwrap();
        assert_eq!(bytes, b"\xc3");
    }
}
