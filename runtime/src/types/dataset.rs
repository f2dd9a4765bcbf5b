//! Tables: the description of their columns, and the reading of their literals.
//!
//! A table is passed by its location. An engine's own type opens the table there, such as the Spark client's
//! `DataFrame`; this module knows no such type.

use super::literal::{last_string, only};
use super::{FlyteType, MsgpackReader, MsgpackWriter, ValueError, Written};
use crate::declare::{
    DatasetColumn, Json, LiteralType, SimpleType, StructuredDatasetType, Union, schema,
};
use crate::wire::{ReadError, Reader};

/// The columns of a table, as a type: derive it for a struct whose fields are the columns.
///
/// ```
/// use flytekit::prelude::*;
/// use flytekit::types;
///
/// #[derive(Columns)]
/// struct Sale {
///     id: i64,
///     amount: f64,
///     #[column("customer name")]
///     customer: Option<String>,
/// }
///
/// let names: Vec<_> = <Sale as types::Columns>::COLUMNS.iter().map(|it| it.name).collect();
/// assert_eq!(names, ["id", "amount", "customer name"]);
/// ```
///
/// The trait corresponds to flytekit's `Annotated[DataFrame, kwtypes(id=int, amount=float, …)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe the columns of a table",
    label = "not a type of columns",
    note = "derive `Columns` for a struct whose fields are the columns"
)]
pub trait Columns {
    /// The columns, in the order of declaration.
    const COLUMNS: &'static [DatasetColumn<'static>];

    /// The columns as fields of a `flyteidl.core.StructuredDatasetType`, if they are already encoded.
    #[doc(hidden)]
    const ENCODED: &'static [u8] = &[];
}

impl<'a> StructuredDatasetType<'a> {
    /// A table with these columns in this format.
    pub const fn of<S: Columns>(format: &'a str) -> Self {
        StructuredDatasetType {
            columns: S::COLUMNS,
            encoded: S::ENCODED,
            format,
        }
    }
}

impl DatasetColumn<'static> {
    /// A column with values of type `T`.
    ///
    /// An `Option<T>` is the same as a `T` here, because any value of a column may be missing.
    ///
    /// # Panics
    ///
    /// If Flyte has no columns of this type. It has integers, floats, strings, booleans, and lists and maps
    /// of them. In a constant the panic is a compile error.
    pub const fn of<T: FlyteType>(name: &'static str) -> Self {
        let literal_type = match T::LITERAL_TYPE.sound() {
            LiteralType::Union(Union {
                variants: [value],
                or_none: true,
                ..
            }) => value.literal_type,
            literal_type => literal_type,
        };
        assert!(
            is_column_type(&literal_type),
            "not a column's type: columns are integers, floats, `bool`, `String`, an `Option` of \
             them, and lists and maps of them"
        );
        DatasetColumn { name, literal_type }
    }
}

const fn is_column_type(literal_type: &LiteralType) -> bool {
    match literal_type {
        LiteralType::Simple(simple) => !matches!(simple, SimpleType::None | SimpleType::Error),
        LiteralType::Collection(inner) | LiteralType::Map(inner) => is_column_type(inner),
        _ => false,
    }
}

/// The location of a table: a `flyteidl.core.StructuredDataset`.
#[derive(Clone, Copy, Debug)]
pub struct StructuredDatasetRef<'a> {
    uri: &'a str,
    format: &'a str,
    dataset_type: &'a [u8],
}

impl<'a> StructuredDatasetRef<'a> {
    pub(super) fn read(dataset: &'a [u8]) -> Result<Self, ReadError> {
        let metadata = only(dataset, 2)?.unwrap_or_default();
        let dataset_type = only(metadata, 1)?.unwrap_or_default();
        Ok(StructuredDatasetRef {
            uri: last_string(dataset, 1)?,
            format: last_string(dataset_type, 2)?,
            dataset_type,
        })
    }

    /// The JSON schema of a table inside an object.
    pub const SCHEMA: Json<'static> = {
        const TEXT: Json<'static> = Json::AnyOf(&[Json::Strings(&[("type", "string")])], true);
        const URI: Json<'static> = Json::WithDefault(&TEXT, &Json::Null);
        const FORMAT: Json<'static> = Json::WithDefault(&TEXT, &Json::String(""));
        schema!(Json::Object(&[
            ("additionalProperties", Json::Bool(false)),
            (
                "properties",
                Json::Object(&[("file_format", FORMAT), ("uri", URI)]),
            ),
            ("title", Json::String("StructuredDataset")),
            ("type", Json::String("object")),
        ]))
    };

    /// Reads the location of a table inside an object: `{"uri": …, "file_format": …}`.
    ///
    /// # Errors
    ///
    /// If the value is something else.
    pub fn unpack(value: &mut MsgpackReader<'a>) -> Result<Self, ValueError> {
        let (mut uri, mut format) = (None, None);
        let mut fields = value.object()?;
        while let Some(name) = fields.next_name()? {
            match name {
                "uri" => fields.take("uri", &mut uri, MsgpackReader::str)?,
                "file_format" => fields.take("file_format", &mut format, |it| {
                    if it.nil() { Ok("") } else { it.str() }
                })?,
                _ => fields.skip()?,
            }
        }
        Ok(StructuredDatasetRef {
            uri: uri.ok_or_else(|| ValueError::missing("uri"))?,
            format: format.unwrap_or_default(),
            dataset_type: &[],
        })
    }

    /// Writes the location of a table in the form that [`unpack`](Self::unpack) reads.
    ///
    /// # Errors
    ///
    /// None; the result has the type of the function that writes a field.
    pub fn pack(uri: &str, format: &str, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        out.object(|fields| {
            fields.field("file_format", |out| Ok(out.str(format)))?;
            fields.field("uri", |out| Ok(out.str(uri)))
        })
    }

    /// The location of the table: a folder, or a prefix in an object store. All files there belong to the
    /// table, except those whose names begin with `_` or `.`.
    pub const fn uri(self) -> &'a str {
        self.uri
    }

    /// The storage format; empty if the writer has set none.
    pub const fn format(self) -> &'a str {
        self.format
    }

    /// The encoded type, which includes the format and the columns.
    #[cfg(feature = "arrow")]
    pub(super) const fn dataset_type(self) -> &'a [u8] {
        self.dataset_type
    }

    /// The names of the columns that are known.
    ///
    /// # Errors
    ///
    /// If the bytes of the type are malformed.
    pub fn columns(self) -> Result<Vec<&'a str>, ReadError> {
        let mut names = Vec::new();
        for field in Reader::new(self.dataset_type) {
            if let (1, payload) = field? {
                names.push(last_string(payload.bytes()?, 1)?);
            }
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use crate::declare::{DatasetColumn, LiteralType, SimpleType, StructuredDatasetType};
    use crate::types::{
        Content, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter, StructuredDatasetRef,
    };

    #[test]
    fn a_literal_is_as_flytekit_writes_it() {
        let columns = [
            DatasetColumn::of::<i64>("id"),
            DatasetColumn::of::<Option<String>>("customer name"),
        ];
        let dataset = StructuredDatasetType {
            columns: &columns,
            encoded: &[],
            format: "parquet",
        };
        let bytes = LiteralWriter::to_bytes(|out| Ok(out.structured_dataset("s3://b/x", &dataset)));
        let bytes = bytes.unwrap();
        // scalar { structured_dataset { uri: "s3://b/x" metadata { structured_dataset_type {
        //   columns { name: "id" literal_type { simple: INTEGER } }
        //   columns { name: "customer name" literal_type { simple: STRING } }
        //   format: "parquet" } } } }
        assert_eq!(
            bytes,
            b"\x0a\x38\x42\x36\x0a\x08s3://b/x\x12\x2a\x0a\x28\x0a\x08\x0a\x02id\x12\x02\x08\x01\
              \x0a\x13\x0a\x0dcustomer name\x12\x02\x08\x03\x12\x07parquet"
        );
        let Ok(Content::StructuredDataset(read)) = LiteralRef::new(&bytes).content() else {
            panic!("a structured dataset")
        };
        assert_eq!(read.uri(), "s3://b/x");
        assert_eq!(read.format(), "parquet");
        assert_eq!(read.columns(), Ok(vec!["id", "customer name"]));
    }

    #[test]
    fn inside_an_object_a_table_is_its_place() {
        let bytes =
            MsgpackWriter::to_bytes(|out| StructuredDatasetRef::pack("s3://b/x", "parquet", out));
        let bytes = bytes.unwrap();
        assert_eq!(bytes, b"\x82\xa3uri\xa8s3://b/x\xabfile_format\xa7parquet");
        let read = StructuredDatasetRef::unpack(&mut MsgpackReader::new(&bytes)).unwrap();
        assert_eq!((read.uri(), read.format()), ("s3://b/x", "parquet"));
    }

    #[test]
    fn a_column_is_what_its_values_are() {
        let literal_type = DatasetColumn::of::<Option<Vec<f64>>>("x").literal_type;
        let float = LiteralType::Simple(SimpleType::Float);
        assert!(matches!(literal_type, LiteralType::Collection(it) if *it == float));
    }

    #[test]
    #[should_panic(expected = "not a column's type")]
    fn what_flyte_has_no_columns_of_is_refused() {
        let _ = DatasetColumn::of::<Vec<Option<i64>>>("x");
    }
}
