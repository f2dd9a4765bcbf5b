//! Converts the layouts and widths that writers choose to the one type of each declared column.
//!
//! For the same text, pandas, polars, Spark and databases write `Utf8`, `LargeUtf8`, `Utf8View` or a
//! dictionary; for the same number they write any width, and for a column without any value Arrow's `Null`.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_cast::{CastOptions, can_cast_types, cast_with_options};
use arrow_schema::{DataType, Field, TimeUnit};

use crate::declare::{LiteralType, SimpleType};

/// A value that does not fit is an error, not null.
const STRICT: CastOptions<'_> = CastOptions {
    safe: false,
    format_options: arrow_cast::display::FormatOptions::new(),
};

/// Arrow's type of a declared column.
pub(super) fn arrow_type(flyte: &LiteralType) -> Option<DataType> {
    Some(match flyte {
        LiteralType::Simple(SimpleType::Integer) => DataType::Int64,
        LiteralType::Simple(SimpleType::Float) => DataType::Float64,
        LiteralType::Simple(SimpleType::String) => DataType::Utf8,
        LiteralType::Simple(SimpleType::Boolean) => DataType::Boolean,
        // A name such as UTC would need the whole database of time zones.
        LiteralType::Simple(SimpleType::Datetime) => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into()))
        }
        LiteralType::Simple(SimpleType::Duration) => DataType::Duration(TimeUnit::Nanosecond),
        LiteralType::Collection(element) => {
            DataType::List(Arc::new(Field::new("item", arrow_type(element)?, true)))
        }
        LiteralType::Map(value) => {
            let entries = [
                Field::new("key", DataType::Utf8, false),
                Field::new("value", arrow_type(value)?, true),
            ];
            let entries = DataType::Struct(entries.into_iter().collect());
            DataType::Map(Arc::new(Field::new("key_value", entries, false)), false)
        }
        _ => return None,
    })
}

/// Whether values of one type are values of the other, as far as the types tell.
///
/// ```text
/// Int32, UInt64, Decimal(9, 0) -> Int64      some may be too large
/// Int64 -> Float64                           some may not be exact
/// Float64 -> Int64, Utf8 -> Int64            no: these are other values
/// ```
pub(super) fn casts(from: &DataType, to: &DataType) -> bool {
    use DataType as Arrow;
    if from == to || matches!(from, Arrow::Null) {
        return true;
    }
    let alike = match (from, to) {
        (Arrow::Dictionary(_, values), _) => casts(values, to),
        (Arrow::RunEndEncoded(_, values), _) => casts(values.data_type(), to),
        (_, Arrow::Dictionary(_, values)) => casts(from, values),
        (Arrow::Decimal128(_, 0) | Arrow::Decimal256(_, 0), _) if to.is_integer() => true,
        (Arrow::Date32 | Arrow::Date64, Arrow::Timestamp(..) | Arrow::Date32 | Arrow::Date64)
        | (Arrow::Timestamp(..), Arrow::Timestamp(..))
        | (Arrow::Duration(_), Arrow::Duration(_))
        | (Arrow::Decimal128(..), Arrow::Decimal128(..) | Arrow::Decimal256(..)) => true,
        (Arrow::Map(from, _), Arrow::Map(to, _)) => match (from.data_type(), to.data_type()) {
            (Arrow::Struct(from), Arrow::Struct(to)) => {
                let mut entries = from.iter().zip(to);
                entries.all(|(from, to)| casts(from.data_type(), to.data_type()))
            }
            _ => false,
        },
        _ => match (element(from), element(to)) {
            (Some(from), Some(to)) => casts(from, to),
            _ => {
                (from.is_integer() && (to.is_integer() || to.is_floating()))
                    || (from.is_floating() && to.is_floating())
                    || (from.is_string() && to.is_string())
                    || (from.is_binary() && to.is_binary())
            }
        },
    };
    alike && can_cast_types(from, to)
}

/// The type of a list's elements.
fn element(list: &DataType) -> Option<&DataType> {
    match list {
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::FixedSizeList(field, _) => Some(field.data_type()),
        _ => None,
    }
}

/// A column in another layout or width, with the same values.
///
/// # Errors
///
/// Why the cast is impossible: a value is too large, or would be rounded.
pub(super) fn cast(column: &ArrayRef, to: &DataType) -> Result<ArrayRef, String> {
    let from = column.data_type();
    if from == to {
        return Ok(Arc::clone(column));
    }
    let cast = cast_with_options(column, to, &STRICT).map_err(|error| error.to_string())?;
    if rounds(from, to) {
        let back = cast_with_options(&cast, from, &STRICT).map_err(|error| error.to_string())?;
        if *back != **column {
            return Err("some of its values would be rounded".to_owned());
        }
    }
    Ok(cast)
}

/// Whether a cast may change a value without an error.
fn rounds(from: &DataType, to: &DataType) -> bool {
    use DataType as Arrow;
    match (from, to) {
        (Arrow::Dictionary(_, values), _) => rounds(values, to),
        (Arrow::RunEndEncoded(_, values), _) => rounds(values.data_type(), to),
        (Arrow::Null, _)
        | (_, Arrow::Utf8 | Arrow::Int64)
        | (Arrow::Float16 | Arrow::Float32, Arrow::Float64) => false,
        _ => match (element(from), element(to)) {
            (Some(from), Some(to)) => rounds(from, to),
            _ => true,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::types::{Int8Type, Int32Type};
    use arrow_array::{
        Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array,
        Float64Array, Int32Array, Int64Array, LargeStringArray, ListArray, NullArray, StringArray,
        StringViewArray, TimestampMicrosecondArray, TimestampNanosecondArray, UInt8Array,
    };
    use arrow_schema::DataType;

    use super::{arrow_type, cast, casts};
    use crate::types::FlyteType;

    fn read<T: FlyteType>(column: impl Array + 'static) -> Result<ArrayRef, String> {
        let to = arrow_type(&T::LITERAL_TYPE).expect("a column's type");
        let column: ArrayRef = Arc::new(column);
        if !casts(column.data_type(), &to) {
            return Err(format!("{} is not {to}", column.data_type()));
        }
        cast(&column, &to)
    }

    #[test]
    fn text_is_read_from_every_layout() {
        let expected = StringArray::from(vec![Some("a"), None]);
        for column in [
            read::<String>(LargeStringArray::from(vec![Some("a"), None])),
            read::<String>(StringViewArray::from(vec![Some("a"), None])),
            read::<String>(
                [Some("a"), None]
                    .into_iter()
                    .collect::<DictionaryArray<Int8Type>>(),
            ),
        ] {
            assert_eq!(*column.unwrap(), expected);
        }
        assert!(read::<String>(Int32Array::from(vec![1])).is_err());
    }

    #[test]
    fn numbers_are_read_from_every_width_in_which_they_are_exact() {
        let expected = Int64Array::from(vec![1, 2]);
        let decimal = Decimal128Array::from(vec![1, 2]).with_precision_and_scale(9, 0);
        for column in [
            read::<i64>(Int32Array::from(vec![1, 2])),
            read::<i64>(UInt8Array::from(vec![1, 2])),
            read::<i64>(decimal.unwrap()),
        ] {
            assert_eq!(*column.unwrap(), expected);
        }
        let expected = Float64Array::from(vec![1.0, 2.0]);
        for column in [
            read::<f64>(Float32Array::from(vec![1.0, 2.0])),
            read::<f64>(Int64Array::from(vec![1, 2])),
        ] {
            assert_eq!(*column.unwrap(), expected);
        }
        let rounded = read::<f64>(Int64Array::from(vec![(1 << 53) + 1]));
        assert_eq!(rounded.unwrap_err(), "some of its values would be rounded");
        assert!(read::<i64>(Float64Array::from(vec![1.0])).is_err());
        assert!(read::<bool>(Int64Array::from(vec![1])).is_err());
    }

    #[test]
    fn a_column_without_values_is_of_every_type() {
        for column in [
            read::<i64>(NullArray::new(2)),
            read::<String>(NullArray::new(2)),
            read::<Vec<f64>>(NullArray::new(2)),
        ] {
            assert_eq!(column.unwrap().null_count(), 2);
        }
        let none = read::<bool>(NullArray::new(0)).unwrap();
        assert_eq!(*none, BooleanArray::from(Vec::<bool>::new()));
    }

    #[test]
    fn points_in_time_are_read_in_microseconds() {
        let expected = TimestampMicrosecondArray::from(vec![86_400_000_000]);
        let expected = expected.with_timezone("+00:00");
        let nanos = TimestampNanosecondArray::from(vec![86_400_000_000_000]);
        for column in [
            read::<std::time::SystemTime>(nanos.clone()),
            read::<std::time::SystemTime>(nanos.with_timezone("Europe/Berlin")),
            read::<std::time::SystemTime>(Date32Array::from(vec![1])),
        ] {
            assert_eq!(*column.unwrap(), expected);
        }
        let finer = read::<std::time::SystemTime>(TimestampNanosecondArray::from(vec![1]));
        assert_eq!(finer.unwrap_err(), "some of its values would be rounded");
    }

    #[test]
    fn lists_are_read_element_by_element() {
        let lists =
            || ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1), None]), None]);
        let read = read::<Vec<i64>>(lists()).unwrap();
        let list = read.as_any().downcast_ref::<ListArray>().unwrap();
        assert_eq!(list.value_type(), DataType::Int64);
        assert_eq!(*list.value(0), Int64Array::from(vec![Some(1), None]));
        assert!(list.is_null(1));
    }
}
