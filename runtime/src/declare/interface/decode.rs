//! Decodes the message `flyteidl.core.LiteralType` into the constant: for tasks of other programs, in a file
//! or in Flyte.

use std::collections::BTreeSet;

use flytekit_proto::tree::{Message, Value};

use super::{
    BlobType, Dataclass, DatasetColumn, EnumType, LiteralType, Record, SimpleType,
    StructuredDatasetType, Union, Variant,
};
use crate::declare::{Json, encode_object};
use crate::wire::{MessageError, Writer};

/// The fields of the message's oneof.
const TYPES: [&str; 8] = [
    "simple",
    "schema",
    "collection_type",
    "map_value_type",
    "blob",
    "enum_type",
    "structured_dataset_type",
    "union_type",
];

impl LiteralType {
    /// Decodes the bytes of a message. `None` if this crate has no values of the type: for protobuf messages,
    /// for errors, and for types of a newer Flyte.
    ///
    /// The result encodes to an equal message, if flytekit or this crate wrote that message. Other parts are
    /// dropped: a user's annotations, and a table's schema in Arrow's form. An older table (`schema`) becomes
    /// a dataset in Parquet, which Flyte and flytekit accept for one. In a union, types without values here
    /// are dropped.
    ///
    /// The parts of the type live as long as the process: this is for a command, which reads the types of a
    /// few tasks and ends.
    ///
    /// ```
    /// use flytekit::declare::{LiteralType, SimpleType};
    ///
    /// let simple_integer = [0x08, 1];
    /// let found = LiteralType::decode(&simple_integer)?;
    /// assert_eq!(found, Some(LiteralType::Simple(SimpleType::Integer)));
    /// # Ok::<(), flytekit::wire::MessageError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the bytes are not such a message.
    pub fn decode(bytes: &[u8]) -> Result<Option<Self>, MessageError> {
        let message = Message::decode("flyteidl.core.LiteralType", bytes)?;
        Ok(LiteralType::of(&message))
    }

    /// Like [`decode`](Self::decode), for a parsed message.
    pub(crate) fn of(message: &Message<'_>) -> Option<Self> {
        let mut types = TYPES.into_iter();
        let (name, of) = types.find_map(|name| Some((name, message.get(name)?)))?;
        Some(match (name, of) {
            ("simple", Value::Choice(choice)) => simple(message, choice.number)?,
            ("schema", Value::Message(schema)) => {
                LiteralType::StructuredDataset(older_table(schema))
            }
            ("collection_type", Value::Message(element)) => {
                LiteralType::Collection(kept(LiteralType::of(element)?))
            }
            ("map_value_type", Value::Message(value)) => {
                LiteralType::Map(kept(LiteralType::of(value)?))
            }
            ("blob", Value::Message(blob)) => blob_or_pickle(message, blob),
            ("enum_type", Value::Message(names)) => LiteralType::Enum(kept(EnumType {
                values: all(names.texts("values").map(text)),
                encoded: &[],
            })),
            ("structured_dataset_type", Value::Message(dataset)) => {
                LiteralType::StructuredDataset(table(dataset))
            }
            ("union_type", Value::Message(union)) => LiteralType::Union(one_of(union)?),
            _ => return None,
        })
    }
}

/// Leaks a value: it lives as long as the process.
fn kept<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn all<T>(values: impl IntoIterator<Item = T>) -> &'static [T] {
    values.into_iter().collect::<Vec<_>>().leak()
}

fn text(value: &str) -> &'static str {
    value.to_owned().leak()
}

fn simple(message: &Message<'_>, number: i32) -> Option<LiteralType> {
    let simple = match number {
        0 => SimpleType::None,
        1 => SimpleType::Integer,
        2 => SimpleType::Float,
        3 => SimpleType::String,
        4 => SimpleType::Boolean,
        5 => SimpleType::Datetime,
        6 => SimpleType::Duration,
        8 => SimpleType::Error,
        9 => return object(message),
        _ => return None,
    };
    Some(LiteralType::Simple(simple))
}

/// A `dict`, or an object whose schema is in the metadata.
fn object(message: &Message<'_>) -> Option<LiteralType> {
    /// flytekit's mark of a protobuf message, whose values have another form.
    const MESSAGE: &str = "pb_type";
    let schema = message.message("metadata");
    let Some(schema) = schema.filter(|schema| schema.get("fields").is_some()) else {
        return Some(LiteralType::Dict);
    };
    member(schema, MESSAGE).is_none().then(|| {
        let (names, types) = fields(schema, message.message("structure"));
        let record = Record {
            names,
            types,
            schemas: &[],
            sorted: all(0..names.len()),
            closing: &[],
        };
        let schema_json = Json::Object(members(schema));
        LiteralType::Dataclass(kept(Dataclass {
            title: match member(schema, "title") {
                Some(Value::Text(title)) => text(title),
                _ => "",
            },
            names,
            renamed: &[],
            types,
            schema: Writer::to_bytes(|w| encode_object(w, &schema_json)).leak(),
            structure: Writer::to_bytes(|w| record.encode_structure(w)).leak(),
        }))
    })
}

/// The fields in the schema, with the types beside it; both are sorted by name.
fn fields(
    schema: &Message<'_>,
    structure: Option<&Message<'_>>,
) -> (&'static [&'static str], &'static [Option<Variant>]) {
    let types = || {
        structure
            .into_iter()
            .flat_map(|it| it.messages_by_name("dataclass_type"))
    };
    let properties = properties(schema).into_iter();
    let properties = properties.flat_map(|it| it.messages_by_name("fields"));
    let names = properties.map(|(name, _)| name);
    let mut known = BTreeSet::new();
    known.extend(names.chain(types().map(|(name, _)| name)));
    let variant = |name: &&str| {
        let literal_type = types().find(|(it, _)| it == name);
        let literal_type = literal_type.and_then(|(_, it)| LiteralType::of(it));
        literal_type.map(|literal_type| Variant {
            literal_type,
            tag: "",
        })
    };
    let variants = all(known.iter().map(variant));
    (all(known.into_iter().map(text)), variants)
}

/// The members of an object; an older schema refers to a definition in it.
fn properties<'m, 'b>(schema: &'m Message<'b>) -> Option<&'m Message<'b>> {
    let referred = || match member(schema, "$ref")? {
        Value::Text(path) => path.strip_prefix("#/")?.split('/').try_fold(schema, inner),
        _ => None,
    };
    inner(schema, "properties").or_else(|| inner(referred()?, "properties"))
}

/// A member of a `google.protobuf.Struct`; `None` if it is null.
fn member<'m, 'b>(object: &'m Message<'b>, name: &str) -> Option<&'m Value<'b>> {
    let mut members = object.messages_by_name("fields");
    let (_, value) = members.find(|(member, _)| *member == name)?;
    value.chosen().map(|(_, value)| value)
}

/// A member that is an object.
fn inner<'m, 'b>(object: &'m Message<'b>, name: &str) -> Option<&'m Message<'b>> {
    match member(object, name)? {
        Value::Message(inner) if inner.name() == "google.protobuf.Struct" => Some(inner),
        _ => None,
    }
}

fn members(object: &Message<'_>) -> &'static [(&'static str, Json<'static>)] {
    let members = object.messages_by_name("fields");
    all(members.map(|(name, value)| (text(name), json(value))))
}

/// A `google.protobuf.Value`.
fn json(value: &Message<'_>) -> Json<'static> {
    match value.chosen() {
        Some((_, Value::F64(number))) => Json::Number(*number),
        Some((_, Value::Text(value))) => Json::String(text(value)),
        Some((_, Value::Bool(truth))) => Json::Bool(*truth),
        Some(("struct_value", Value::Message(object))) => Json::Object(members(object)),
        Some((_, Value::Message(list))) => Json::Array(all(list.messages("values").map(json))),
        _ => Json::Null,
    }
}

fn blob_or_pickle(message: &Message<'_>, blob: &Message<'_>) -> LiteralType {
    const MULTIPART: i32 = 1;
    let class = message.message("metadata");
    let class = class.and_then(|metadata| member(metadata, "python_class_name"));
    let blob = BlobType {
        format: text(blob.text("format")),
        multipart: blob.number("dimensionality") == MULTIPART,
    };
    match class {
        Some(Value::Text(class)) if blob == BlobType::PICKLE => LiteralType::Pickle {
            python_class: text(class),
        },
        _ => LiteralType::Blob(blob),
    }
}

/// The type of a table, without columns of unknown types.
fn table(dataset: &Message<'_>) -> StructuredDatasetType<'static> {
    let columns = dataset.messages("columns").filter_map(|column| {
        Some(DatasetColumn {
            name: text(column.text("name")),
            literal_type: LiteralType::of(column.message("literal_type")?)?,
        })
    });
    StructuredDatasetType {
        columns: all(columns),
        encoded: &[],
        format: text(dataset.text("format")),
    }
}

fn older_table(schema: &Message<'_>) -> StructuredDatasetType<'static> {
    let columns = schema.messages("columns").map(|column| DatasetColumn {
        name: text(column.text("name")),
        literal_type: LiteralType::Simple(match column.number("type") {
            1 => SimpleType::Float,
            2 => SimpleType::String,
            3 => SimpleType::Boolean,
            4 => SimpleType::Datetime,
            5 => SimpleType::Duration,
            _ => SimpleType::Integer,
        }),
    });
    StructuredDatasetType {
        columns: all(columns),
        encoded: &[],
        format: "parquet",
    }
}

fn one_of(union: &Message<'_>) -> Option<Union> {
    let variant = |message: &Message<'_>| {
        let structure = message.message("structure");
        Some(Variant {
            literal_type: LiteralType::of(message)?,
            tag: structure.map_or("", |structure| text(structure.text("tag"))),
        })
    };
    let mut known: Vec<_> = union.messages("variants").filter_map(variant).collect();
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
    use prost::Message as _;
    use prost_types::value::Kind;
    use prost_types::{Struct, Value};

    use super::LiteralType;
    use crate::declare;

    fn read(message: &core::LiteralType) -> Option<LiteralType> {
        LiteralType::decode(&message.encode_to_vec()).expect("a whole message")
    }

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
        for number in [7, 99] {
            let unknown = message(Type::Simple(number));
            assert_eq!(read(&unknown), None, "{number}");
            let listed = message(Type::CollectionType(Box::new(unknown)));
            assert_eq!(read(&listed), None, "a list of {number}");
        }
        let metadata = object([("pb_type", text("flyteidl.core.errors_pb2.ContainerError"))]);
        let protobuf = core::LiteralType {
            metadata: Some(metadata),
            ..simple(SimpleType::Struct)
        };
        assert_eq!(read(&protobuf), None);
        assert_eq!(read(&core::LiteralType::default()), None);
    }

    #[test]
    fn a_union_keeps_the_types_that_have_values() {
        let union = |variants| read(&message(Type::UnionType(UnionType { variants })));
        let error = simple(SimpleType::Binary);
        assert_eq!(union(vec![error.clone()]), None);
        let Some(LiteralType::Union(found)) = union(vec![error, simple(SimpleType::None)]) else {
            panic!("a union")
        };
        // Without the tag, it is not flytekit's none.
        assert_eq!((found.variants.len(), found.or_none), (1, false));
    }

    #[test]
    fn an_older_table_is_a_dataset() {
        let columns = vec![SchemaColumn {
            name: "id".to_owned(),
            r#type: schema_column::SchemaColumnType::Integer.into(),
        }];
        let found = read(&message(Type::Schema(SchemaType { columns })));
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
        let types = [("b", SimpleType::Float), ("c", SimpleType::Binary)];
        for schema in [inline, referring] {
            let found = read(&core::LiteralType {
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
