//! Compares two types, in everything that the backend compares.

use super::{BlobType, LiteralType, StructuredDatasetType, Union, Variant};
use crate::declare::sorted::{compare, equal};

impl LiteralType {
    /// Whether this is the same type: the bytes on the wire would be equal, but are not written.
    ///
    /// # Panics
    ///
    /// If both are [`LiteralType::Refused`].
    pub(crate) const fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (LiteralType::Simple(one), LiteralType::Simple(other)) => *one as i64 == *other as i64,
            (LiteralType::Collection(one), LiteralType::Collection(other))
            | (LiteralType::Map(one), LiteralType::Map(other)) => one.is(other),
            (LiteralType::StructuredDataset(one), LiteralType::StructuredDataset(other)) => {
                one.is(other)
            }
            (LiteralType::Union(one), LiteralType::Union(other)) => one.is(other),
            (LiteralType::Blob(one), LiteralType::Blob(other)) => one.is(other),
            (
                LiteralType::Pickle { python_class: one },
                LiteralType::Pickle {
                    python_class: other,
                },
            ) => compare(one, other).is_eq(),
            (LiteralType::Enum(one), LiteralType::Enum(other)) => {
                are_equal(one.values, other.values)
            }
            (LiteralType::Dict, LiteralType::Dict) => true,
            (LiteralType::Dataclass(one), LiteralType::Dataclass(other)) => {
                equal(one.schema, other.schema) && equal(one.structure, other.structure)
            }
            (LiteralType::Refused(reason), LiteralType::Refused(_)) => panic!("{}", *reason),
            _ => false,
        }
    }
}

impl Union {
    const fn is(&self, other: &Self) -> bool {
        let len = self.len();
        if len != other.len() {
            return false;
        }
        let mut place = 0;
        while place < len {
            if !self.at(place).is(other.at(place)) {
                return false;
            }
            place += 1;
        }
        true
    }

    const fn len(&self) -> usize {
        self.variants.len() + self.or_none as usize
    }

    const fn at(&self, place: usize) -> &'static Variant {
        const NONE: &Variant = &Variant::NONE;
        if place < self.variants.len() {
            &self.variants[place]
        } else {
            NONE
        }
    }
}

impl Variant {
    /// Compares variants, whose tags take the place of a structure.
    const fn is(&self, other: &Self) -> bool {
        if !compare(self.tag, other.tag).is_eq() {
            return false;
        }
        match (&self.literal_type, &other.literal_type) {
            (LiteralType::Dataclass(one), LiteralType::Dataclass(other)) => {
                equal(one.schema, other.schema)
            }
            (one, other) => one.is(other),
        }
    }
}

impl BlobType<'_> {
    const fn is(&self, other: &BlobType<'_>) -> bool {
        self.multipart == other.multipart && compare(self.format, other.format).is_eq()
    }
}

impl StructuredDatasetType<'_> {
    const fn is(&self, other: &StructuredDatasetType<'_>) -> bool {
        if self.columns.len() != other.columns.len() || !compare(self.format, other.format).is_eq()
        {
            return false;
        }
        let mut place = 0;
        while place < self.columns.len() {
            let (one, other) = (&self.columns[place], &other.columns[place]);
            if !compare(one.name, other.name).is_eq() || !one.literal_type.is(&other.literal_type) {
                return false;
            }
            place += 1;
        }
        true
    }
}

const fn are_equal(one: &[&str], other: &[&str]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut place = 0;
    while place < one.len() {
        if !compare(one[place], other[place]).is_eq() {
            return false;
        }
        place += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{Dataclass, DatasetColumn, EnumType, SimpleType};
    use crate::types::{FlyteDirectory, FlyteFile, FlyteType};
    use crate::wire::Writer;

    const fn variant(literal_type: LiteralType, tag: &'static str) -> Variant {
        Variant { literal_type, tag }
    }

    const fn union(variants: &'static [Variant], or_none: bool) -> LiteralType {
        LiteralType::Union(Union {
            variants,
            or_none,
            encoded: &[],
        })
    }

    const fn table(
        columns: &'static [DatasetColumn<'static>],
        format: &'static str,
    ) -> LiteralType {
        LiteralType::StructuredDataset(StructuredDatasetType {
            columns,
            encoded: &[],
            format,
        })
    }

    const INTEGER: LiteralType = LiteralType::Simple(SimpleType::Integer);
    const TEXT: LiteralType = LiteralType::Simple(SimpleType::String);

    fn dataclass(schema: &'static [u8], structure: &'static [u8]) -> LiteralType {
        LiteralType::Dataclass(Box::leak(Box::new(Dataclass {
            title: "",
            names: &[],
            renamed: &[],
            types: &[],
            schema,
            structure,
        })))
    }

    #[test]
    fn types_are_the_same_whose_bytes_are() {
        const TYPES: [LiteralType; 21] = [
            INTEGER,
            TEXT,
            LiteralType::Collection(&INTEGER),
            LiteralType::Collection(&TEXT),
            LiteralType::Map(&INTEGER),
            union(&[variant(INTEGER, "int")], true),
            union(&[variant(INTEGER, "int")], false),
            union(&[variant(INTEGER, "int"), Variant::NONE], false),
            union(&[variant(INTEGER, "i64")], true),
            union(&[variant(TEXT, "str"), variant(INTEGER, "int")], true),
            <FlyteFile as FlyteType>::LITERAL_TYPE,
            <FlyteDirectory as FlyteType>::LITERAL_TYPE,
            LiteralType::Pickle { python_class: "a" },
            LiteralType::Pickle { python_class: "b" },
            LiteralType::Enum(&EnumType {
                values: &["a", "b"],
                encoded: &[],
            }),
            LiteralType::Enum(&EnumType {
                values: &["a"],
                encoded: &[],
            }),
            LiteralType::Dict,
            table(&[], "parquet"),
            table(&[], "csv"),
            table(&[DatasetColumn::of::<i64>("id")], "csv"),
            table(&[DatasetColumn::of::<String>("id")], "csv"),
        ];
        let (one, other) = (vec![7; 9000].leak(), vec![7; 9000].leak());
        other[100] = 8;
        let classes = [
            dataclass(one, b""),
            dataclass(other, b""),
            dataclass(one, b"\x08\x01"),
        ];
        let all: Vec<_> = TYPES.into_iter().chain(classes).collect();
        for one in &all {
            for other in &all {
                let bytes = |it: &LiteralType| Writer::to_bytes(|w| it.encode(w));
                assert_eq!(
                    one.is(other),
                    bytes(one) == bytes(other),
                    "{one:?} and {other:?}"
                );
            }
        }
    }

    #[test]
    fn a_variant_has_no_structure() {
        let of = |structure| {
            let variants = vec![variant(dataclass(b"", structure), "A")].leak();
            union(variants, false)
        };
        assert!(of(b"").is(&of(b"\x08\x01")));
    }
}
