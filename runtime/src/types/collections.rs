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

/// Written sorted by key, so that equal maps are equal bytes. Of several entries with one key the
/// last counts, as protobuf has it; the others must hold a `T` all the same.
impl<T: FlyteType, S: BuildHasher + Default> FlyteType for HashMap<String, T, S> {
    const LITERAL_TYPE: LiteralType = LiteralType::Map(&T::LITERAL_TYPE);
    const TAG: &'static str = "Typed Dict";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        let entries = entries_of(literal)?;
        let mut map =
            HashMap::with_capacity_and_hasher(entries.capacity::<(String, T)>(), S::default());
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

/// Read and written as a [`HashMap`] is.
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

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use crate::types::{FlyteType, LiteralRef, LiteralWriter};

    fn bytes<T: FlyteType>(value: &T) -> Vec<u8> {
        LiteralWriter::to_bytes(|out| value.encode(out)).unwrap()
    }

    #[test]
    fn an_empty_list_or_map_is_there() {
        assert_eq!(bytes(&Vec::<i64>::new()), [0x12, 0]);
        assert_eq!(bytes(&BTreeMap::<String, i64>::new()), [0x1a, 0]);
        assert!(
            Vec::<i64>::decode(LiteralRef::new(&[0x12, 0]))
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn equal_maps_are_equal_bytes() {
        let sorted: BTreeMap<String, i64> =
            (0..100).map(|value| (value.to_string(), value)).collect();
        let hashed: HashMap<String, i64> = sorted.clone().into_iter().collect();
        assert_eq!(bytes(&hashed), bytes(&sorted));
    }

    #[test]
    fn an_empty_key_is_a_key() {
        let map = BTreeMap::from([(String::new(), 1_i64)]);
        assert_eq!(
            BTreeMap::decode(LiteralRef::new(&bytes(&map))).unwrap(),
            map
        );
    }

    #[test]
    fn of_equal_keys_the_last_counts() {
        let entries = LiteralWriter::to_bytes(|out| {
            out.map([("a", 1), ("a", 2)], |out, value| Ok(out.integer(value)))
        });
        let map = HashMap::<String, i64>::decode(LiteralRef::new(&entries.unwrap())).unwrap();
        assert_eq!(map, HashMap::from([("a".to_owned(), 2)]));
    }

    #[test]
    fn errors_name_the_place() {
        let stats = bytes(&vec![HashMap::from([(
            "mean".to_owned(),
            "high".to_owned(),
        )])]);
        let error = Vec::<HashMap<String, f64>>::decode(LiteralRef::new(&stats))
            .unwrap_err()
            .in_variable("stats");
        assert_eq!(
            error.to_string(),
            r#"stats[0]["mean"]: expected a float, found string "high""#
        );

        let error = LiteralWriter::to_bytes(|out| vec![1, 2, u64::MAX, 4].encode(out)).unwrap_err();
        assert!(
            error.to_string().starts_with("[2]: expected an integer"),
            "{error}"
        );
        let map = BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), u64::MAX)]);
        let error = LiteralWriter::to_bytes(|out| map.encode(out)).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with(r#"["b"]: expected an integer"#),
            "{error}"
        );
    }

    #[test]
    fn a_list_is_no_map() {
        let error = Vec::<i64>::decode(LiteralRef::new(&[0x1a, 0])).unwrap_err();
        assert_eq!(error.to_string(), "expected a list, found a map");
        let error = BTreeMap::<String, i64>::decode(LiteralRef::new(&[0x12, 0])).unwrap_err();
        assert_eq!(error.to_string(), "expected a map, found a list");
    }

    #[test]
    fn a_msgpack_value_is_named() {
        // scalar { binary { value: "\x90" tag: "msgpack" } }
        let literal = b"\x0a\x0e\x1a\x0c\x0a\x01\x90\x12\x07msgpack";
        let error = Vec::<i64>::decode(LiteralRef::new(literal)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected a list, found a msgpack value, which this type is not read from"
        );
    }
}
