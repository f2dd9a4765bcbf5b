//! Selects the columns of a table, and checks that the table has them.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema, SchemaRef};

use super::cast::{arrow_type, cast, casts};
use crate::declare::DatasetColumn;
use crate::types::ValueError;

/// The indexes of the columns to read in the table's schema; None for all of them.
pub(super) type Selection = Option<Vec<usize>>;

/// The columns that a type declares, or the columns that the table's literal names.
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

/// Reports all missing columns and wrong types together.
pub(super) fn check(columns: &[DatasetColumn<'_>], schema: &Schema) -> Result<(), ValueError> {
    let mistakes: Vec<String> = columns
        .iter()
        .filter_map(|column| match schema.field_with_name(column.name) {
            Err(_) => Some(format!("there is no column `{}`", column.name)),
            Ok(field) if holds(field, column) => None,
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
        .filter_map(|it| Some(format!("`{}` {}", it.name, arrow_type(&it.literal_type)?)));
    Err(ValueError::other(format!(
        "{}; expected {}, the table has {}",
        mistakes.join(", "),
        expected.collect::<Vec<_>>().join(", "),
        described(schema)
    )))
}

fn holds(field: &Field, column: &DatasetColumn<'_>) -> bool {
    let declared = arrow_type(&column.literal_type);
    declared.is_some_and(|declared| casts(field.data_type(), &declared))
}

/// The schema in which a table is read: the declared columns, or else the selected columns as they are
/// stored.
pub(super) fn read_schema(
    declared: &[DatasetColumn<'_>],
    selection: &Selection,
    stored: &SchemaRef,
) -> SchemaRef {
    if !declared.is_empty() {
        let fields = declared.iter().filter_map(|column| {
            let data_type = arrow_type(&column.literal_type)?;
            Some(Field::new(column.name, data_type, true))
        });
        return Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    }
    match selection {
        None => Arc::clone(stored),
        Some(places) => {
            let fields = places.iter().map(|place| stored.field(*place).clone());
            Arc::new(Schema::new(fields.collect::<Vec<_>>()))
        }
    }
}

/// Converts a batch to this schema. The batch must have the schema's columns, but may have them in another
/// layout or width; other properties of the schemas are not compared.
pub(super) fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ValueError> {
    check_same(schema, batch.schema_ref())?;
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| {
        cast(column, field.data_type()).map_err(|why| {
            ValueError::other(format!(
                "column `{}` is of type {} and cannot be read as {}: {why}; declare another type \
                 for it, or cast it where the table is written",
                field.name(),
                column.data_type(),
                field.data_type()
            ))
        })
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &rows)
        .map_err(|error| ValueError::other(error.to_string()))
}

/// Checks that all columns have the same names, and types that differ at most in layout and width.
pub(super) fn check_same(expected: &Schema, found: &Schema) -> Result<(), ValueError> {
    let (left, right) = (expected.fields(), found.fields());
    let same = left.len() == right.len()
        && left.iter().zip(right).all(|(left, right)| {
            left.name() == right.name() && casts(right.data_type(), left.data_type())
        });
    if same {
        return Ok(());
    }
    Err(ValueError::other(format!(
        "the table has {}, but this part of it has {}",
        described(expected),
        described(found)
    )))
}

/// `` `id` Int64, `amount` Float64 ``
fn described(schema: &Schema) -> String {
    let fields = schema.fields().iter();
    let described = fields.map(|field| format!("`{}` {}", field.name(), field.data_type()));
    described.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array, NullArray, RecordBatch, UInt64Array};
    use arrow_schema::{DataType, Field, Schema};

    use super::{check, conform, read_schema, select};
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
    fn a_value_that_does_not_fit_is_named_by_its_column() {
        let columns = [DatasetColumn::of::<i64>("id")];
        let read = |ids: ArrayRef| {
            let batch = RecordBatch::try_from_iter([("id", ids)]).unwrap();
            select(&columns, &[], batch.schema_ref()).unwrap();
            conform(&batch, &read_schema(&columns, &None, &batch.schema()))
        };
        let fits = read(Arc::new(UInt64Array::from(vec![7]))).unwrap();
        assert_eq!(**fits.column(0), Int64Array::from(vec![7]));
        let missing = read(Arc::new(NullArray::new(2))).unwrap();
        assert_eq!(**missing.column(0), Int64Array::from(vec![None, None]));
        let error = read(Arc::new(UInt64Array::from(vec![u64::MAX]))).unwrap_err();
        let error = error.to_string();
        assert!(
            error.starts_with("column `id` is of type UInt64 and cannot be read as Int64: ")
                && error.contains("18446744073709551615")
                && error.ends_with("or cast it where the table is written"),
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
