//! Describes types in words.

use super::{Dataclass, LiteralType, SimpleType, StructuredDatasetType};

/// A type in words: `list of (integer or none)`, `map of Point`.
pub(crate) fn type_name(literal_type: &LiteralType) -> String {
    match literal_type {
        LiteralType::Simple(SimpleType::None) => "none".to_owned(),
        LiteralType::Simple(SimpleType::Integer) => "integer".to_owned(),
        LiteralType::Simple(SimpleType::Float) => "float".to_owned(),
        LiteralType::Simple(SimpleType::String) => "string".to_owned(),
        LiteralType::Simple(SimpleType::Boolean) => "boolean".to_owned(),
        LiteralType::Collection(element) => format!("list of {}", element_name(element)),
        LiteralType::Map(value) => format!("map of {}", element_name(value)),
        LiteralType::StructuredDataset(dataset) => dataset_name(dataset),
        LiteralType::Simple(SimpleType::Datetime) => "date-time".to_owned(),
        LiteralType::Simple(SimpleType::Duration) => "duration".to_owned(),
        LiteralType::Simple(SimpleType::Error) => "error".to_owned(),
        LiteralType::Blob(blob) => {
            let what = if blob.multipart { "folder" } else { "file" };
            let format = [" of ", blob.format].concat();
            [what, if blob.format.is_empty() { "" } else { &format }].concat()
        }
        LiteralType::Pickle {
            python_class: "<class 'bytes'>",
        } => "bytes".to_owned(),
        LiteralType::Pickle { python_class } => format!("pickle of {python_class}"),
        LiteralType::Enum(choices) => format!("one of {}", choices.values.join(", ")),
        LiteralType::Dict => "object".to_owned(),
        LiteralType::Refused(_) => "no type".to_owned(),
        LiteralType::Dataclass(dataclass) => title(dataclass).to_owned(),
        LiteralType::Union(union) => {
            let named = union.each().map(|variant| type_name(&variant.literal_type));
            named.collect::<Vec<_>>().join(" or ")
        }
    }
}

/// `dataset`, or `dataset (id: integer, amount: float)`.
fn dataset_name(dataset: &StructuredDatasetType<'_>) -> String {
    if dataset.columns.is_empty() {
        return "dataset".to_owned();
    }
    let columns = dataset.columns.iter();
    let columns = columns.map(|it| format!("{}: {}", it.name, type_name(&it.literal_type)));
    format!("dataset ({})", columns.collect::<Vec<_>>().join(", "))
}

/// The title in the schema.
fn title(dataclass: &Dataclass) -> &'static str {
    if dataclass.title.is_empty() {
        "object"
    } else {
        dataclass.title
    }
}

/// The objects that appear in a type's name, with their fields: `Point (x: integer, y: float)`, without
/// duplicates.
pub(crate) fn object_names(literal_type: &LiteralType) -> Vec<String> {
    let mut names = Vec::new();
    collect_objects(literal_type, &mut names);
    names
}

fn collect_objects(literal_type: &LiteralType, names: &mut Vec<String>) {
    match literal_type {
        LiteralType::Collection(inner) | LiteralType::Map(inner) => collect_objects(inner, names),
        LiteralType::Union(union) => {
            for variant in union.each() {
                collect_objects(&variant.literal_type, names);
            }
        }
        LiteralType::Dataclass(dataclass) => {
            let name = object_name(dataclass);
            if !names.contains(&name) {
                names.push(name);
                for (_, field) in dataclass.fields() {
                    if let Some(field) = field {
                        collect_objects(&field.literal_type, names);
                    }
                }
            }
        }
        _ => {}
    }
}

/// `Point (x: integer, y: float)`
fn object_name(dataclass: &Dataclass) -> String {
    let fields = dataclass.fields().map(|(name, field)| match field {
        Some(field) => format!("{name}: {}", type_name(&field.literal_type)),
        None => name.to_owned(),
    });
    let fields = fields.collect::<Vec<_>>().join(", ");
    format!("{} ({fields})", title(dataclass))
}

/// Like [`type_name`], with parentheses around an "or", which would otherwise be read as part of the whole.
fn element_name(literal_type: &LiteralType) -> String {
    match literal_type {
        LiteralType::Union(_) | LiteralType::Enum(_) => format!("({})", type_name(literal_type)),
        _ => type_name(literal_type),
    }
}
