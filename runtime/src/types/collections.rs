//! Lists, and maps from strings.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use super::{Content, FlyteType, LiteralMapRef, LiteralRef, LiteralWriter, ValueError, Written};
use crate::template::LiteralType;

impl<T: FlyteType> FlyteType for Vec<T> {
    const LITERAL_TYPE: LiteralType = LiteralType::Collection(&T::LITERAL_TYPE);
    const TAG: &'static str = "Typed List";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        let Content::Collection(elements) = literal.content()? else {
            return Err(ValueError::unexpected("a list", literal));
        };
        let mut values = Vec::with_capacity(elements.capacity::<T>());
        for element in elements {
            let value = T::decode(element?).map_err(|error| error.at_index(values.len()))?;
            values.push(value);
        }
        Ok(values)
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        out.collection(self, |out, value| value.encode(out))
    }
}

/// Written sorted by key, so that equal maps are equal bytes.
impl<T: FlyteType, S: BuildHasher + Default> FlyteType for HashMap<String, T, S> {
    const LITERAL_TYPE: LiteralType = LiteralType::Map(&T::LITERAL_TYPE);
    const TAG: &'static str = "Typed Dict";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        let entries = entries_of(literal)?;
        let mut map = HashMap::with_capacity_and_hasher(entries.capacity::<(String, T)>(), S::default());
        for entry in entries {
            let (key, value) = entry?;
            let value = T::decode(value).map_err(|error| error.at_key(key))?;
            map.insert(key.to_owned(), value);
        }
        Ok(map)
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        out.map(self, |out, value| value.encode(out))
    }
}

impl<T: FlyteType> FlyteType for BTreeMap<String, T> {
    const LITERAL_TYPE: LiteralType = LiteralType::Map(&T::LITERAL_TYPE);
    const TAG: &'static str = "Typed Dict";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        let mut map = BTreeMap::new();
        for entry in entries_of(literal)? {
            let (key, value) = entry?;
            let value = T::decode(value).map_err(|error| error.at_key(key))?;
            map.insert(key.to_owned(), value);
        }
        Ok(map)
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        out.map(self, |out, value| value.encode(out))
    }
}

fn entries_of(literal: LiteralRef<'_>) -> Result<LiteralMapRef<'_>, ValueError> {
    match literal.content()? {
        Content::Map(entries) => Ok(entries),
        _ => Err(ValueError::unexpected("a map", literal)),
    }
}
