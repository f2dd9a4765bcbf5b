//! Which columns of a table are wanted, and whether it has them.

use std::fmt;
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};

use crate::declare::{DatasetColumn, LiteralType, SimpleType};
use crate::types::ValueError;

/// The columns that are read of a table, by their places in its schema; nothing for all of them.
pub(super) type Selection = Option<Vec<usize>>;

/// The columns that a type declares, or those that the table's literal names.
pub(super) fn select(
    declared: &[DatasetColumn<'_>],
    literals: &[String],
    schema: &Schema,
) -> Result<Selection, ValueError> {
    check(declared, schema)?;
    let mut names: Vec<&str> = declared.iter().map(|column| column.name).collect();
    if names.is_empty() {
        names = literals.iter().map(String::as_str).collect();
    }
    if names.is_empty() {
        return Ok(None);
    }
    let indices = names.iter().map(|name| {
        schema.index_of(name).map_err(|_| {
            ValueError::other(format!(
                "there is no column `{name}`, which the table's literal names; the table has {}",
                described(schema)
            ))
        })
    });
    indices.collect::<Result<_, _>>().map(Some)
}

/// All that the table lacks, at once.
pub(super) fn check(columns: &[DatasetColumn<'_>], schema: &Schema) -> Result<(), ValueError> {
    let mistakes: Vec<String> = columns
        .iter()
        .filter_map(|column| match schema.field_with_name(column.name) {
            Err(_) => Some(format!("there is no column `{}`", column.name)),
            Ok(field) if holds(field.data_type(), &column.literal_type) => None,
            Ok(field) => Some(format!(
                "column `{}` is of type {}",
                column.name,
                field.data_type()
            )),
        })
        .collect();
    if mistakes.is_empty() {
        return Ok(());
    }
    let expected = columns
        .iter()
        .map(|column| format!("`{}` {}", column.name, Described(&column.literal_type)));
    Err(ValueError::other(format!(
        "{}; expected {}, the table has {}",
        mistakes.join(", "),
        expected.collect::<Vec<_>>().join(", "),
        described(schema)
    )))
}

/// The batch as one of this schema, whose columns it must have; what else schemas say is not compared.
pub(super) fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    check_same(schema, batch.schema_ref())?;
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), batch.columns().to_vec(), &rows)
}

/// Whether all columns have the same names and types.
pub(super) fn check_same(expected: &Schema, found: &Schema) -> Result<(), ArrowError> {
    let (left, right) = (expected.fields(), found.fields());
    let same = left.len() == right.len()
        && left.iter().zip(right).all(|(left, right)| {
            left.name() == right.name() && left.data_type() == right.data_type()
        });
    if same {
        return Ok(());
    }
    Err(ArrowError::SchemaError(format!(
        "the table has {}, this part of it {}",
        described(expected),
        described(found)
    )))
}

/// Whether values of Arrow's type are of Flyte's type.
fn holds(arrow: &DataType, flyte: &LiteralType) -> bool {
    use DataType as Arrow;
    // A dictionary, or runs, are only another way to lay the same values out.
    match arrow {
        Arrow::Dictionary(_, values) => return holds(values, flyte),
        Arrow::RunEndEncoded(_, values) => return holds(values.data_type(), flyte),
        _ => {}
    }
    match flyte {
        LiteralType::Simple(SimpleType::Integer) => arrow.is_integer(),
        LiteralType::Simple(SimpleType::Float) => arrow.is_floating(),
        LiteralType::Simple(SimpleType::String) => arrow.is_string(),
        LiteralType::Simple(SimpleType::Boolean) => matches!(arrow, Arrow::Boolean),
        LiteralType::Simple(SimpleType::Datetime) => {
            matches!(arrow, Arrow::Timestamp(..) | Arrow::Date32 | Arrow::Date64)
        }
        LiteralType::Simple(SimpleType::Duration) => matches!(arrow, Arrow::Duration(_)),
        LiteralType::Collection(element) => match arrow {
            Arrow::List(field)
            | Arrow::LargeList(field)
            | Arrow::ListView(field)
            | Arrow::LargeListView(field)
            | Arrow::FixedSizeList(field, _) => holds(field.data_type(), element),
            _ => false,
        },
        LiteralType::Map(value) => match arrow {
            Arrow::Map(entries, _) => match entries.data_type() {
                Arrow::Struct(fields) => match &**fields {
                    [key, field] => key.data_type().is_string() && holds(field.data_type(), value),
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

/// `` `id` Int64, `amount` Float64 ``
fn described(schema: &Schema) -> String {
    let fields = schema.fields().iter();
    let described = fields.map(|field| format!("`{}` {}", field.name(), field.data_type()));
    described.collect::<Vec<_>>().join(", ")
}

/// A column's type, as Arrow calls the widest of those that it may be.
struct Described<'a>(&'a LiteralType);

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            LiteralType::Simple(SimpleType::Integer) => f.write_str("Int64"),
            LiteralType::Simple(SimpleType::Float) => f.write_str("Float64"),
            LiteralType::Simple(SimpleType::String) => f.write_str("Utf8"),
            LiteralType::Simple(SimpleType::Boolean) => f.write_str("Boolean"),
            LiteralType::Simple(SimpleType::Datetime) => f.write_str("Timestamp(ns)"),
            LiteralType::Simple(SimpleType::Duration) => f.write_str("Duration(ns)"),
            LiteralType::Collection(element) => write!(f, "List({})", Described(element)),
            LiteralType::Map(value) => write!(f, "Map(Utf8, {})", Described(value)),
            other => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use arrow_schema::{DataType, Field, Schema};

    use super::{check, select};
    use crate::declare::DatasetColumn;

    fn schema(fields: &[(&str, DataType)]) -> Schema {
        let fields = fields.iter();
        let fields = fields.map(|(name, ty)| Field::new(*name, ty.clone(), true));
        Schema::new(fields.collect::<Vec<_>>())
    }

    fn list(element: DataType) -> DataType {
        DataType::List(Arc::new(Field::new("item", element, true)))
    }

    fn map(value: DataType) -> DataType {
        let entries = [
            Field::new("keys", DataType::Utf8, false),
            Field::new("values", value, true),
        ];
        let entries = DataType::Struct(entries.into_iter().collect());
        DataType::Map(Arc::new(Field::new("entries", entries, false)), false)
    }

    #[test]
    fn columns_may_be_of_every_width() {
        let columns = [
            DatasetColumn::of::<i64>("id"),
            DatasetColumn::of::<f64>("amount"),
            DatasetColumn::of::<Option<String>>("name"),
            DatasetColumn::of::<Vec<i64>>("parts"),
            DatasetColumn::of::<BTreeMap<String, bool>>("flags"),
        ];
        let category = DataType::Dictionary(DataType::Int32.into(), DataType::LargeUtf8.into());
        for (id, amount, name) in [
            (DataType::Int64, DataType::Float64, DataType::Utf8),
            (DataType::Int8, DataType::Float32, DataType::LargeUtf8),
            (DataType::UInt32, DataType::Float16, category),
        ] {
            let schema = schema(&[
                ("more", DataType::Date32),
                ("amount", amount),
                ("name", name),
                ("id", id.clone()),
                ("parts", list(id)),
                ("flags", map(DataType::Boolean)),
            ]);
            let selected = select(&columns, &["more".to_owned()], &schema).unwrap();
            assert_eq!(selected, Some(vec![3, 1, 2, 4, 5]));
        }
    }

    #[test]
    fn all_that_is_wrong_with_columns_is_said_at_once() {
        let columns = [
            DatasetColumn::of::<i64>("id"),
            DatasetColumn::of::<f64>("amount"),
            DatasetColumn::of::<Vec<f64>>("parts"),
        ];
        let schema = schema(&[
            ("ID", DataType::Int64),
            ("amount", DataType::Utf8),
            ("parts", list(DataType::Float64)),
        ]);
        let error = check(&columns, &schema).unwrap_err().to_string();
        assert!(
            error.starts_with(
                "there is no column `id`, column `amount` is of type Utf8; expected `id` Int64, \
                 `amount` Float64, `parts` List(Float64), the table has `ID` Int64, `amount` Utf8, "
            ),
            "{error}"
        );
    }

    #[test]
    fn columns_of_the_literal_are_those_that_are_read() {
        let schema = schema(&[("a", DataType::Int64), ("b", DataType::Utf8)]);
        assert_eq!(select(&[], &[], &schema).unwrap(), None);
        assert_eq!(
            select(&[], &["b".to_owned()], &schema).unwrap(),
            Some(vec![1])
        );
        let error = select(&[], &["c".to_owned()], &schema).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no column `c`, which the table's literal names; the table has `a` Int64, \
             `b` Utf8"
        );
    }
}
