//! Lists, and maps from strings and integers.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{BuildHasher, Hash};

use super::msgpack::MsgpackKind;
use super::{
    Content, FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter,
    ValueError, Written, data,
};
use crate::declare::{Json, LiteralType, Short, Variant};

/// The names of flytekit's transformers.
const LIST: &str = "Typed List";
const MAP: &str = "Typed Dict";

/// The schema of a list.
struct ListSchema<T>(T);

impl<T: FlyteData> ListSchema<T> {
    const WHOLE: Json<'static> =
        Json::Object(&[("items", T::SCHEMA), ("type", Json::String("array"))]);
    const SHORT: Short = Short::object(&Self::WHOLE);
}

impl<T: FlyteData> FlyteData for Vec<T> {
    const SCHEMA: Json<'static> = match ListSchema::<T>::SHORT.bytes() {
        Some(schema) => Json::Encoded(schema),
        None => ListSchema::<T>::WHOLE,
    };
    const FIELD_TYPE: Option<Variant> = match Inner::<T>::LITERAL_TYPE {
        Some(element) => Some(Variant {
            literal_type: element.listed(),
            tag: LIST,
        }),
        None => None,
    };

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        let length = value.array()?;
        let mut values = Vec::with_capacity(capacity::<T>(length, *value));
        for index in 0..length {
            values.push(T::unpack(value).map_err(|error| error.at_index(index))?);
        }
        Ok(values)
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        out.array(self, |out, value| value.pack(out))
    }
}

impl<T: FlyteType> FlyteType for Vec<T> {
    const LITERAL_TYPE: LiteralType = LiteralType::listed(&T::LITERAL_TYPE);
    const TAG: &'static str = LIST;

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        let Content::Collection(elements) = literal.content()? else {
            return data::decode(literal, "a list");
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

/// The type of the elements of a list or a map, as a constant that can be referred to.
struct Inner<T>(T);

impl<T: FlyteData> Inner<T> {
    const LITERAL_TYPE: Option<&'static LiteralType> = match &T::FIELD_TYPE {
        Some(variant) => Some(&variant.literal_type),
        None => None,
    };
}

/// The number of values of type `T` for which to reserve memory, if `length` values follow: at most eight
/// times the size of the remaining bytes, so that hostile input cannot get more than that.
fn capacity<T>(length: usize, rest: MsgpackReader<'_>) -> usize {
    length.min(rest.remaining().saturating_mul(8) / size_of::<T>().max(1))
}

/// The types that keys of a map can have: strings and integers.
///
/// A map with string keys is a type of Flyte. Flyte has no types for other maps: they are Python's untyped
/// `dict`, stored as MessagePack.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key of a map in Flyte",
    label = "its keys are not `String`s or integers",
    note = "write `HashMap<String, V>` with the keys as texts, or a `Vec` of a struct with key and value that derives `FlyteData`"
)]
pub trait MapKey: FlyteData + fmt::Display + Eq + Hash + Ord {
    /// The key, if it is a string.
    fn as_text(&self) -> Option<&str>;

    /// Parses a string as a key, if keys are strings.
    fn from_text(text: &str) -> Option<Self>;

    /// Whether keys are strings.
    const IS_TEXT: bool;

    /// Reads a key from MessagePack.
    ///
    /// # Errors
    ///
    /// If the key has another type.
    fn unpack_key(key: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        Self::unpack(key)
    }
}

impl MapKey for String {
    const IS_TEXT: bool = true;

    fn as_text(&self) -> Option<&str> {
        Some(self)
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

macro_rules! integer_keys {
    ($($integer:ty)*) => {$(
        impl MapKey for $integer {
            const IS_TEXT: bool = false;

            fn as_text(&self) -> Option<&str> {
                None
            }

            fn from_text(_: &str) -> Option<Self> {
                None
            }

            /// Also parses an integer from a string: JSON has only string keys, and therefore so do
            /// Pydantic's models and generic structs.
            fn unpack_key(key: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
                let at = *key;
                if key.is_exact() || key.kind()? != MsgpackKind::String {
                    return Self::unpack(key);
                }
                let integer = key.str()?.parse();
                integer.map_err(|_| at.unexpected("an integer"))
            }
        }
    )*};
}

integer_keys! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

/// A map that is read entry by entry.
trait Entries<K, V> {
    fn with_room_for(entries: usize) -> Self;

    /// Inserts an entry, and returns whether the key is new.
    fn put(&mut self, key: K, value: V) -> bool;
}

impl<K: Eq + Hash, V, S: BuildHasher + Default> Entries<K, V> for HashMap<K, V, S> {
    fn with_room_for(entries: usize) -> Self {
        HashMap::with_capacity_and_hasher(entries, S::default())
    }

    #[inline]
    fn put(&mut self, key: K, value: V) -> bool {
        self.insert(key, value).is_none()
    }
}

impl<K: Ord, V> Entries<K, V> for BTreeMap<K, V> {
    fn with_room_for(_: usize) -> Self {
        BTreeMap::new()
    }

    #[inline]
    fn put(&mut self, key: K, value: V) -> bool {
        self.insert(key, value).is_none()
    }
}

fn decode_entries<K: MapKey, V: FlyteType, M: Entries<K, V> + FlyteType>(
    literal: LiteralRef<'_>,
) -> Result<M, ValueError> {
    let Content::Map(entries) = literal.content()? else {
        return data::decode(literal, "a map");
    };
    let mut map = M::with_room_for(entries.capacity::<(K, V)>());
    for entry in entries {
        let (text, value) = entry?;
        let key = K::from_text(text).ok_or_else(|| ValueError::unexpected("a dict", literal))?;
        let value = V::decode(value).map_err(|error| error.at_key(text))?;
        if !map.put(key, value) {
            return Err(twice().at_key(text));
        }
    }
    Ok(map)
}

fn unpack_entries<K: MapKey, V: FlyteData, M: Entries<K, V>>(
    value: &mut MsgpackReader<'_>,
) -> Result<M, ValueError> {
    let length = value.map()?;
    let mut map = M::with_room_for(capacity::<(K, V)>(length, *value));
    for _ in 0..length {
        let key_at = *value;
        let key =
            K::unpack_key(value).map_err(|error| ValueError::other(format!("a key: {error}")))?;
        let value = V::unpack(value).map_err(|error| at_entry::<K>(error, key_at))?;
        if !map.put(key, value) {
            return Err(at_entry::<K>(twice(), key_at));
        }
    }
    Ok(map)
}

#[cold]
fn twice() -> ValueError {
    ValueError::other("the key occurs twice")
}

/// The error with the key of the map's entry in its path; the key is the next value.
#[cold]
fn at_entry<K: MapKey>(error: ValueError, mut key: MsgpackReader<'_>) -> ValueError {
    match K::unpack_key(&mut key) {
        Ok(key) => error.in_entry(&key),
        Err(_) => error,
    }
}

/// Encodes entries sorted by key, so that equal maps have equal bytes.
fn encode_entries<'m, K: MapKey + 'm, V: FlyteType + 'm>(
    entries: impl Iterator<Item = (&'m K, &'m V)>,
    out: LiteralWriter<'_>,
) -> Result<Written, ValueError> {
    if K::IS_TEXT {
        let entries = entries.map(|(key, value)| (key.as_text().unwrap_or_default(), value));
        out.map(entries, |out, value| value.encode(out))
    } else {
        out.msgpack(|out| pack_entries(entries, out))
    }
}

fn pack_entries<'m, K: MapKey + 'm, V: FlyteData + 'm>(
    entries: impl Iterator<Item = (&'m K, &'m V)>,
    out: MsgpackWriter<'_>,
) -> Result<Written, ValueError> {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|(key, _)| *key);
    out.map(entries, |out, key, value| {
        value.pack(out).map_err(|error| error.in_entry(key))
    })
}

const fn literal_type<K: MapKey>(value: &'static LiteralType) -> LiteralType {
    match value {
        LiteralType::Refused(reason) => LiteralType::Refused(reason),
        value if K::IS_TEXT => value.mapped(),
        _ => LiteralType::Dict,
    }
}

/// The common parts of maps with these keys and values.
struct Schema<K, V>(K, V);

impl<K: MapKey, V: FlyteData> Schema<K, V> {
    const MAP: Json<'static> = Json::Object(&[
        ("additionalProperties", V::SCHEMA),
        ("propertyNames", K::SCHEMA),
        ("type", Json::String("object")),
    ]);
    const SHORT: Short = Short::object(&Self::MAP);
    const FIELD_TYPE: Option<Variant> = match Inner::<V>::LITERAL_TYPE {
        Some(value) => Some(Variant {
            literal_type: literal_type::<K>(value),
            tag: MAP,
        }),
        None if K::IS_TEXT => None,
        // A `dict` has the same type for all values.
        None => Some(Variant {
            literal_type: LiteralType::Dict,
            tag: MAP,
        }),
    };
}

macro_rules! maps {
    ($($(#[$docs:meta])* [$($parameters:tt)*] $map:ty;)+) => {$(
        impl<$($parameters)*> FlyteData for $map
        where
            V: FlyteData,
        {
            const SCHEMA: Json<'static> = match Schema::<K, V>::SHORT.bytes() {
                Some(schema) => Json::Encoded(schema),
                None => Schema::<K, V>::MAP,
            };
            const FIELD_TYPE: Option<Variant> = Schema::<K, V>::FIELD_TYPE;

            fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
                unpack_entries(value)
            }

            fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
                pack_entries(self.iter(), out)
            }
        }

        $(#[$docs])*
        impl<$($parameters)*> FlyteType for $map
        where
            V: FlyteType,
        {
            const LITERAL_TYPE: LiteralType = literal_type::<K>(&V::LITERAL_TYPE);
            const TAG: &'static str = MAP;

            fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
                decode_entries(literal)
            }

            fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
                encode_entries(self.iter(), out)
            }
        }
    )+};
}

maps! {
    /// Written sorted by key, so that equal maps have equal bytes. A duplicate key is refused.
    [K: MapKey, V, S: BuildHasher + Default] HashMap<K, V, S>;
    /// Read and written like a [`HashMap`].
    [K: MapKey, V] BTreeMap<K, V>;
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use crate::declare::LiteralType;
    use crate::types::{FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader};

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
    fn a_key_that_comes_twice_is_refused() {
        let entries = LiteralWriter::to_bytes(|out| {
            out.map([("a", 1), ("a", 2)], |out, value| Ok(out.integer(value)))
        });
        let entries = entries.unwrap();
        let error = HashMap::<String, i64>::decode(LiteralRef::new(&entries)).unwrap_err();
        assert_eq!(error.to_string(), r#"["a"]: the key occurs twice"#);
        let error = BTreeMap::<i8, bool>::unpack(&mut MsgpackReader::new(b"\x82\x07\xc2\x07\xc2"));
        assert_eq!(error.unwrap_err().to_string(), "[7]: the key occurs twice");
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
    fn a_whole_list_or_map_is_read_from_msgpack() {
        let packed = |bytes: &[u8]| {
            LiteralWriter::to_bytes(|out| {
                out.msgpack(|out| Vec::<i64>::unpack(&mut MsgpackReader::new(bytes))?.pack(out))
            })
            .unwrap()
        };
        let list = packed(b"\x92\x01\x02");
        assert_eq!(
            Vec::<f64>::decode(LiteralRef::new(&list)).unwrap(),
            [1.0, 2.0]
        );
        let error = Vec::<Vec<i64>>::decode(LiteralRef::new(&list)).unwrap_err();
        assert_eq!(error.to_string(), "[0]: expected a list, found integer 1");
        let error = BTreeMap::<String, i64>::decode(LiteralRef::new(&list)).unwrap_err();
        assert_eq!(error.to_string(), "expected a map, found a list of 2");
    }

    #[test]
    fn keys_that_are_no_strings_make_an_untyped_dict() {
        let map = BTreeMap::from([(-1_i64, "a".to_owned()), (300, "b".to_owned())]);
        assert_eq!(BTreeMap::<i64, String>::LITERAL_TYPE, LiteralType::Dict);
        // scalar { binary { value: {-1: "a", 300: "b"} tag: "msgpack" } }
        assert_eq!(
            bytes(&map),
            b"\x0a\x16\x1a\x14\x0a\x09\x82\xff\xa1a\xcd\x01\x2c\xa1b\x12\x07msgpack"
        );
        assert_eq!(
            BTreeMap::decode(LiteralRef::new(&bytes(&map))).unwrap(),
            map
        );
    }

    #[test]
    fn integer_keys_may_be_text() {
        let read = |bytes| BTreeMap::<u8, bool>::unpack(&mut MsgpackReader::new(bytes));
        assert_eq!(
            read(b"\x82\xa17\xc2\x08\xc3").unwrap(),
            BTreeMap::from([(7, false), (8, true)])
        );
        assert_eq!(
            read(b"\x81\xa3256\xc2").unwrap_err().to_string(),
            "a key: expected an integer, found string \"256\""
        );
        let exact = &mut MsgpackReader::new(b"\x81\xa17\xc2").exact();
        assert!(BTreeMap::<u8, bool>::unpack(exact).is_err());
    }
}
