//! Converts values of `SQLite`, each of which has its own type, to columns, each of which has one type.

use std::sync::Arc;

use flytekit::arrow_array::builder::{BinaryBuilder, Float64Builder, Int64Builder, StringBuilder};
use flytekit::arrow_array::{ArrayRef, NullArray};
use flytekit::arrow_schema::DataType;
use rusqlite::types::ValueRef;

/// The type of a column, as its values so far determine it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// There was no value yet.
    Null,
    Integer,
    Float,
    Text,
    Blob,
}

impl Kind {
    pub(crate) fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Kind::Null,
            ValueRef::Integer(_) => Kind::Integer,
            ValueRef::Real(_) => Kind::Float,
            ValueRef::Text(_) => Kind::Text,
            ValueRef::Blob(_) => Kind::Blob,
        }
    }

    /// The type that can represent values of both, if there is one.
    pub(crate) fn with(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Kind::Null, kind) | (kind, Kind::Null) => Some(kind),
            (Kind::Integer | Kind::Float, Kind::Float) | (Kind::Float, Kind::Integer) => {
                Some(Kind::Float)
            }
            (Kind::Text | Kind::Blob, Kind::Blob) | (Kind::Blob, Kind::Text) => Some(Kind::Blob),
            _ => (self == other).then_some(self),
        }
    }

    pub(crate) fn data_type(self) -> DataType {
        match self {
            Kind::Null => DataType::Null,
            Kind::Integer => DataType::Int64,
            Kind::Float => DataType::Float64,
            Kind::Text => DataType::Utf8,
            Kind::Blob => DataType::Binary,
        }
    }

    pub(crate) fn plural(self) -> &'static str {
        match self {
            Kind::Null => "nothing",
            Kind::Integer => "integers",
            Kind::Float => "floats",
            Kind::Text => "text",
            Kind::Blob => "binary data",
        }
    }
}

/// The values of a column that is being built.
#[derive(Debug)]
pub(crate) enum Column {
    Null(usize),
    Integer(Int64Builder),
    Float(Float64Builder),
    Text(StringBuilder),
    Blob(BinaryBuilder),
}

impl Column {
    pub(crate) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Null => Column::Null(0),
            Kind::Integer => Column::Integer(Int64Builder::new()),
            Kind::Float => Column::Float(Float64Builder::new()),
            Kind::Text => Column::Text(StringBuilder::new()),
            Kind::Blob => Column::Blob(BinaryBuilder::new()),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Column::Null(_) => Kind::Null,
            Column::Integer(_) => Kind::Integer,
            Column::Float(_) => Kind::Float,
            Column::Text(_) => Kind::Text,
            Column::Blob(_) => Kind::Blob,
        }
    }

    /// Adds a value, and returns its size in bytes outside of the column itself.
    pub(crate) fn push(&mut self, value: ValueRef<'_>) -> Result<usize, Misfit> {
        self.widen(Kind::of(value))?;
        match (self, value) {
            (Column::Null(count), _) => *count += 1,
            (Column::Integer(column), ValueRef::Integer(value)) => column.append_value(value),
            (Column::Float(column), ValueRef::Real(value)) => column.append_value(value),
            #[expect(clippy::cast_precision_loss, reason = "as pandas does it")]
            (Column::Float(column), ValueRef::Integer(value)) => column.append_value(value as f64),
            (Column::Text(column), ValueRef::Text(bytes)) => {
                let text = str::from_utf8(bytes).map_err(|_| Misfit::NoText)?;
                column.append_value(text);
                return Ok(bytes.len());
            }
            (Column::Blob(column), ValueRef::Blob(bytes) | ValueRef::Text(bytes)) => {
                column.append_value(bytes);
                return Ok(bytes.len());
            }
            (Column::Integer(column), _) => column.append_null(),
            (Column::Float(column), _) => column.append_null(),
            (Column::Text(column), _) => column.append_null(),
            (Column::Blob(column), _) => column.append_null(),
        }
        Ok(0)
    }

    /// Widens the column so that it can represent values of a kind.
    fn widen(&mut self, value: Kind) -> Result<(), Misfit> {
        let kind = self.kind();
        let wanted = kind.with(value).ok_or(Misfit::Clash(kind, value))?;
        if wanted == kind {
            return Ok(());
        }
        let mut wide = Column::new(wanted);
        match self {
            Column::Integer(column) => {
                for value in &column.finish() {
                    wide.push(value.map_or(ValueRef::Null, ValueRef::Integer))?;
                }
            }
            Column::Null(count) => {
                for _ in 0..*count {
                    wide.push(ValueRef::Null)?;
                }
            }
            Column::Text(column) => {
                for value in &column.finish() {
                    let text = value.map(|text| ValueRef::Text(text.as_bytes()));
                    wide.push(text.unwrap_or(ValueRef::Null))?;
                }
            }
            Column::Float(_) | Column::Blob(_) => {}
        }
        *self = wide;
        Ok(())
    }

    /// The values so far; the column is then empty, with the same kind.
    pub(crate) fn take(&mut self) -> ArrayRef {
        match self {
            Column::Null(count) => Arc::new(NullArray::new(std::mem::take(count))),
            Column::Integer(column) => Arc::new(column.finish()),
            Column::Float(column) => Arc::new(column.finish()),
            Column::Text(column) => Arc::new(column.finish()),
            Column::Blob(column) => Arc::new(column.finish()),
        }
    }
}

/// The reason why a value does not fit into a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// The value is of the second kind, and the values before it are of the first.
    Clash(Kind, Kind),
    /// The value is text that is not UTF-8.
    NoText,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_widens_as_in_pandas() {
        let mut column = Column::new(Kind::Null);
        for value in [
            ValueRef::Null,
            ValueRef::Integer(1),
            ValueRef::Null,
            ValueRef::Real(0.5),
        ] {
            column.push(value).expect("a place");
        }
        let values = column.take();
        let values: Vec<_> = flytekit::arrow_array::cast::AsArray::as_primitive::<
            flytekit::arrow_array::types::Float64Type,
        >(&values)
        .iter()
        .collect();
        assert_eq!(values, [None, Some(1.0), None, Some(0.5)]);
        assert_eq!(column.kind(), Kind::Float);
    }

    #[test]
    fn what_has_no_common_type_is_refused() {
        let mut column = Column::new(Kind::Null);
        column.push(ValueRef::Integer(1)).expect("a place");
        assert_eq!(
            column.push(ValueRef::Text(b"x")),
            Err(Misfit::Clash(Kind::Integer, Kind::Text))
        );
        let mut column = Column::new(Kind::Text);
        assert_eq!(column.push(ValueRef::Text(b"\xff")), Err(Misfit::NoText));
        assert!(column.push(ValueRef::Integer(1)).is_err());
    }
}
