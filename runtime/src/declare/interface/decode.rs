//! From the message `flyteidl.core.LiteralType` back to the constant: what is known of a task that
//! this program does not have, be it one in a file or in Flyte.

use std::collections::{BTreeMap, BTreeSet};

use flytekit_proto::flyteidl::core::blob_type::BlobDimensionality;
use flytekit_proto::flyteidl::core::literal_type::Type;
use flytekit_proto::flyteidl::core::{self, schema_type};
use prost::Message as _;
use prost_types::Struct;
use prost_types::value::Kind;

use super::{
    BlobType, Dataclass, DatasetColumn, EnumType, LiteralType, Record, SimpleType,
    StructuredDatasetType, Union, Variant,
};
use crate::wire::Writer;

impl LiteralType {
    /// The type that a message says, or nothing where this crate has no values of it: of protobuf
    /// messages, of errors, and of what a newer Flyte knows.
    ///
    /// It encodes to an equal message, if flytekit or this crate wrote that. What more there may be is
    /// left out: annotations of a user's, a table's schema in a form of Arrow's. An older table
    /// (`schema`) is taken for a dataset in Parquet, which Flyte and flytekit let stand in for one.
    /// Where a union has types without values here, it is one of the others.
    ///
    /// The parts of the type live as long as the process: this is for a command line, which reads the
    /// types of few tasks and ends.
    ///
    /// ```
    /// use flytekit::declare::{LiteralType, SimpleType};
    /// use flytekit_proto::flyteidl::core::{self, literal_type::Type};
    ///
    /// let integer = core::LiteralType {
    ///     r#type: Some(Type::Simple(core::SimpleType::Integer.into())),
    ///     ..Default::default()
    /// };
    /// let found = LiteralType::from_proto(&integer);
    /// assert_eq!(found, Some(LiteralType::Simple(SimpleType::Integer)));
    /// ```
    pub fn from_proto(message: &core::LiteralType) -> Option<Self> {
        Some(match message.r#type.as_ref()? {
            Type::Simple(number) => simple(message, *number)?,
            Type::Schema(schema) => LiteralType::StructuredDataset(older_table(schema)),
            Type::CollectionType(element) => {
                LiteralType::Collection(kept(LiteralType::from_proto(element)?))
            }
            Type::MapValueType(value) => LiteralType::Map(kept(LiteralType::from_proto(value)?)),
            Type::Blob(blob) => blob_or_pickle(message, blob),
            Type::EnumType(choices) => LiteralType::Enum(kept(EnumType {
                values: all(choices.values.iter().map(|value| text(value))),
                encoded: &[],
            })),
            Type::StructuredDatasetType(dataset) => LiteralType::StructuredDataset(table(dataset)),
            Type::UnionType(union) => LiteralType::Union(one_of(&union.variants)?),
        })
    }
}

/// The process keeps it.
fn kept<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn all<T>(values: impl IntoIterator<Item = T>) -> &'static [T] {
    values.into_iter().collect::<Vec<_>>().leak()
}

fn text(value: &str) -> &'static str {
    value.to_owned().leak()
}

fn simple(message: &core::LiteralType, number: i32) -> Option<LiteralType> {
    let simple = match core::SimpleType::try_from(number).ok()? {
        core::SimpleType::None => SimpleType::None,
        core::SimpleType::Integer => SimpleType::Integer,
        core::SimpleType::Float => SimpleType::Float,
        core::SimpleType::String => SimpleType::String,
        core::SimpleType::Boolean => SimpleType::Boolean,
        core::SimpleType::Datetime => SimpleType::Datetime,
        core::SimpleType::Duration => SimpleType::Duration,
        core::SimpleType::Struct => return object(message),
        core::SimpleType::Binary | core::SimpleType::Error => return None,
    };
    Some(LiteralType::Simple(simple))
}

/// A `dict`, or an object whose schema is in the metadata.
fn object(message: &core::LiteralType) -> Option<LiteralType> {
    /// By which flytekit knows a protobuf message; a value of it is in another form.
    const MESSAGE: &str = "pb_type";
    let Some(schema) = message.metadata.as_ref().filter(|it| !it.fields.is_empty()) else {
        return Some(LiteralType::Dict);
    };
    (!schema.fields.contains_key(MESSAGE)).then(|| {
        let types = message.structure.as_ref().map(|it| &it.dataclass_type);
        let (names, types) = fields(schema, types.unwrap_or(&BTreeMap::new()));
        LiteralType::Dataclass(kept(Dataclass {
            title: match kind(schema, "title") {
                Some(Kind::StringValue(title)) => text(title),
                _ => "",
            },
            names,
            types,
            schema: schema.encode_to_vec().leak(),
            structure: structure(names, types),
        }))
    })
}

/// The fields that the schema names, with the types that are beside it; both sorted by name.
fn fields(
    schema: &Struct,
    types: &BTreeMap<String, core::LiteralType>,
) -> (&'static [&'static str], &'static [Option<Variant>]) {
    let properties = properties(schema).into_iter().flatten();
    let names: BTreeSet<_> = properties.chain(types.keys()).collect();
    let variant = |name: &&String| {
        let literal_type = types.get(*name).and_then(LiteralType::from_proto);
        literal_type.map(|literal_type| Variant {
            literal_type,
            tag: "",
        })
    };
    let types = all(names.iter().map(variant));
    (all(names.into_iter().map(|name| text(name))), types)
}

/// The types that have values here, encoded.
fn structure(names: &[&str], types: &[Option<Variant>]) -> &'static [u8] {
    let record = Record {
        names,
        types,
        schemas: &[],
        sorted: &Vec::from_iter(0..names.len()),
        closing: &[],
    };
    let mut measure = Writer::counting();
    record.encode_structure(&mut measure);
    let mut bytes = vec![0; measure.len()];
    record.encode_structure(&mut Writer::new(&mut bytes));
    bytes.leak()
}

/// The names of an object's members; an older schema is the name of a definition in it.
fn properties(schema: &Struct) -> Option<impl Iterator<Item = &String>> {
    let referred = || match kind(schema, "$ref")? {
        Kind::StringValue(path) => path.strip_prefix("#/")?.split('/').try_fold(schema, member),
        _ => None,
    };
    let properties = member(schema, "properties").or_else(|| member(referred()?, "properties"));
    properties.map(|properties| properties.fields.keys())
}

fn kind<'a>(object: &'a Struct, name: &str) -> Option<&'a Kind> {
    object.fields.get(name)?.kind.as_ref()
}

fn member<'a>(object: &'a Struct, name: &str) -> Option<&'a Struct> {
    match kind(object, name)? {
        Kind::StructValue(member) => Some(member),
        _ => None,
    }
}

fn blob_or_pickle(message: &core::LiteralType, blob: &core::BlobType) -> LiteralType {
    let class = message.metadata.as_ref();
    let class = class.and_then(|metadata| kind(metadata, "python_class_name"));
    let blob = BlobType {
        format: text(&blob.format),
        multipart: blob.dimensionality() == BlobDimensionality::Multipart,
    };
    match class {
        Some(Kind::StringValue(class)) if blob == BlobType::PICKLE => LiteralType::Pickle {
            python_class: text(class),
        },
        _ => LiteralType::Blob(blob),
    }
}

/// Columns of other types are more than what is known of the table.
fn table(dataset: &core::StructuredDatasetType) -> StructuredDatasetType<'static> {
    let columns = dataset.columns.iter().filter_map(|column| {
        Some(DatasetColumn {
            name: text(&column.name),
            literal_type: LiteralType::from_proto(column.literal_type.as_ref()?)?,
        })
    });
    StructuredDatasetType {
        columns: all(columns),
        encoded: &[],
        format: text(&dataset.format),
    }
}

fn older_table(schema: &core::SchemaType) -> StructuredDatasetType<'static> {
    use schema_type::schema_column::SchemaColumnType as Column;
    let columns = schema.columns.iter().map(|column| DatasetColumn {
        name: text(&column.name),
        literal_type: LiteralType::Simple(match column.r#type() {
            Column::Integer => SimpleType::Integer,
            Column::Float => SimpleType::Float,
            Column::String => SimpleType::String,
            Column::Boolean => SimpleType::Boolean,
            Column::Datetime => SimpleType::Datetime,
            Column::Duration => SimpleType::Duration,
        }),
    });
    StructuredDatasetType {
        columns: all(columns),
        encoded: &[],
        format: "parquet",
    }
}

fn one_of(variants: &[core::LiteralType]) -> Option<Union> {
    let variant = |message: &core::LiteralType| {
        let structure = message.structure.as_ref();
        Some(Variant {
            literal_type: LiteralType::from_proto(message)?,
            tag: structure.map_or("", |structure| text(&structure.tag)),
        })
    };
    let mut known: Vec<_> = variants.iter().filter_map(variant).collect();
    let or_none = known.pop_if(|last| *last == Variant::NONE).is_some();
    (or_none || !known.is_empty()).then(|| Union {
        variants: known.leak(),
        or_none,
        encoded: &[],
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use flytekit_proto::flyteidl::core::literal_type::Type;
    use flytekit_proto::flyteidl::core::schema_type::{SchemaColumn, schema_column};
    use flytekit_proto::flyteidl::core::{self, SchemaType, SimpleType, TypeStructure, UnionType};
    use prost_types::value::Kind;
    use prost_types::{Struct, Value};

    use super::LiteralType;
    use crate::declare;

    fn message(of: Type) -> core::LiteralType {
        core::LiteralType {
            r#type: Some(of),
            ..Default::default()
        }
    }

    fn simple(of: SimpleType) -> core::LiteralType {
        message(Type::Simple(of.into()))
    }

    fn object<const N: usize>(members: [(&str, Value); N]) -> Struct {
        Struct {
            fields: BTreeMap::from(members.map(|(name, value)| (name.to_owned(), value))),
        }
    }

    fn value(kind: Kind) -> Value {
        Value { kind: Some(kind) }
    }

    fn text(text: &str) -> Value {
        value(Kind::StringValue(text.to_owned()))
    }

    #[test]
    fn what_has_no_values_here_is_no_type() {
        for number in [7, 8, 99] {
            let unknown = message(Type::Simple(number));
            assert_eq!(LiteralType::from_proto(&unknown), None, "{number}");
            let listed = message(Type::CollectionType(Box::new(unknown)));
            assert_eq!(LiteralType::from_proto(&listed), None, "a list of {number}");
        }
        let metadata = object([("pb_type", text("flyteidl.core.errors_pb2.ContainerError"))]);
        let protobuf = core::LiteralType {
            metadata: Some(metadata),
            ..simple(SimpleType::Struct)
        };
        assert_eq!(LiteralType::from_proto(&protobuf), None);
        assert_eq!(LiteralType::from_proto(&core::LiteralType::default()), None);
    }

    #[test]
    fn a_union_keeps_the_types_that_have_values() {
        let union =
            |variants| LiteralType::from_proto(&message(Type::UnionType(UnionType { variants })));
        let error = simple(SimpleType::Error);
        assert_eq!(union(vec![error.clone()]), None);
        let Some(LiteralType::Union(found)) = union(vec![error, simple(SimpleType::None)]) else {
            panic!("a union")
        };
        // Without the tag it is not what flytekit calls none.
        assert_eq!((found.variants.len(), found.or_none), (1, false));
    }

    #[test]
    fn an_older_table_is_a_dataset() {
        let columns = vec![SchemaColumn {
            name: "id".to_owned(),
            r#type: schema_column::SchemaColumnType::Integer.into(),
        }];
        let found = LiteralType::from_proto(&message(Type::Schema(SchemaType { columns })));
        let Some(LiteralType::StructuredDataset(found)) = found else {
            panic!("a dataset")
        };
        assert_eq!((found.columns[0].name, found.format), ("id", "parquet"));
    }

    #[test]
    fn fields_are_those_of_the_schema_and_their_types_those_beside_it() {
        let structure = |members| value(Kind::StructValue(members));
        let properties = structure(object([("a", text("")), ("b", text(""))]));
        let inline = object([("properties", properties.clone())]);
        let definitions = structure(object([("Foo", structure(inline.clone()))]));
        let referring = object([
            ("$ref", text("#/definitions/Foo")),
            ("definitions", definitions),
        ]);
        let types = [("b", SimpleType::Float), ("c", SimpleType::Error)];
        for schema in [inline, referring] {
            let found = LiteralType::from_proto(&core::LiteralType {
                metadata: Some(schema),
                structure: Some(TypeStructure {
                    dataclass_type: types.map(|(name, of)| (name.to_owned(), simple(of))).into(),
                    ..Default::default()
                }),
                ..simple(SimpleType::Struct)
            });
            let Some(LiteralType::Dataclass(found)) = found else {
                panic!("a dataclass: {found:?}")
            };
            let fields: Vec<_> = found
                .fields()
                .map(|(name, field)| (name, field.map(|it| it.literal_type)))
                .collect();
            let float = LiteralType::Simple(declare::SimpleType::Float);
            assert_eq!(fields, [("a", None), ("b", Some(float)), ("c", None)]);
        }
    }
}
