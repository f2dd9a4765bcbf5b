//! Tables of values, of Arrow batches and of data frames.

use serde_json::Value;

use super::html::{escaped, shortened};
use crate::console::redacted;
use crate::typed;
use crate::types::{FlyteData, MsgpackKind, MsgpackReader, MsgpackWriter, ValueError};

/// The maximum number of rows that people look at.
const ROWS: usize = 100;

/// The maximum number of bytes of a cell.
const CELL: usize = 2_000;

/// The rows to show, and the number of all rows.
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
    of: Option<usize>,
}

/// A cell's text; numbers are aligned to the right.
struct Cell {
    text: String,
    is_number: bool,
}

/// The table of these values: each field is a column; a value without fields is a single column.
pub(super) fn of_values<T: FlyteData>(rows: &[T]) -> String {
    let shown = rows.iter().take(ROWS).map(row);
    let shown = match shown.collect::<Result<Vec<_>, _>>() {
        Ok(shown) => shown,
        Err(error) => return failed(&error),
    };
    let mut columns: Vec<String> = Vec::new();
    for (name, _) in shown.iter().flatten() {
        if !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    let value = |row: &Row, column: &String| {
        let field = row.iter().find(|(name, _)| name == column);
        Cell::of(field.map(|(_, value)| value))
    };
    let cells = |row: &Row| columns.iter().map(|column| value(row, column)).collect();
    Table {
        rows: shown.iter().map(cells).collect(),
        columns,
        of: Some(rows.len()),
    }
    .html()
}

/// A value's fields, in their order.
type Row = Vec<(String, Value)>;

fn row<T: FlyteData>(value: &T) -> Result<Row, ValueError> {
    let packed = MsgpackWriter::to_bytes(|out| value.pack(out))?;
    let mut reader = MsgpackReader::new(&packed);
    if !matches!(reader.kind()?, MsgpackKind::Map) {
        return Ok(vec![("value".to_owned(), typed::packed(&mut reader)?)]);
    }
    let mut fields = Vec::new();
    for _ in 0..reader.map()? {
        let name = match typed::packed(&mut reader)? {
            Value::String(name) => name,
            other => other.to_string(),
        };
        fields.push((name, typed::packed(&mut reader)?));
    }
    Ok(fields)
}

/// A table of names and values.
pub(super) fn of_members<'a>(members: impl Iterator<Item = (&'a String, &'a Value)>) -> String {
    let rows = members.map(|(name, value)| {
        let name = Value::String(name.clone());
        vec![Cell::of(Some(&name)), Cell::of(Some(value))]
    });
    Table {
        columns: vec!["name".to_owned(), "value".to_owned()],
        rows: rows.collect(),
        of: Some(0),
    }
    .html()
}

/// A table of texts in columns of these names.
pub(super) fn of_texts<const N: usize>(columns: [&str; N], rows: Vec<[String; N]>) -> String {
    let rows = rows.into_iter().map(|row| {
        let cells = row.map(|text| Cell {
            text,
            is_number: false,
        });
        cells.into()
    });
    Table {
        columns: columns.map(str::to_owned).into(),
        rows: rows.collect(),
        of: Some(0),
    }
    .html()
}

pub(super) fn failed(error: &dyn std::fmt::Display) -> String {
    let text = format!("This cannot be shown: {error}");
    format!("<p class=\"failed\">{}</p>", escaped(&redacted(&text)))
}

impl Cell {
    fn of(value: Option<&Value>) -> Self {
        let text = match value {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        Cell {
            text,
            is_number: matches!(value, Some(Value::Number(_))),
        }
    }
}

impl Table {
    fn html(&self) -> String {
        let mut html = String::from("<div class=\"table\"><table><thead><tr>");
        for (number, column) in self.columns.iter().enumerate() {
            let first = self.rows.first().and_then(|row| row.get(number));
            html.push_str(match first {
                Some(cell) if cell.is_number => "<th scope=\"col\" class=\"number\">",
                _ => "<th scope=\"col\">",
            });
            html.push_str(&escaped(&redacted(column)));
            html.push_str("</th>");
        }
        html.push_str("</tr></thead><tbody>");
        for row in &self.rows {
            html.push_str("<tr>");
            for cell in row {
                html.push_str(if cell.is_number {
                    "<td class=\"number\">"
                } else {
                    "<td>"
                });
                let text = redacted(&cell.text);
                html.push_str(&escaped(&shortened(&text, CELL)));
                html.push_str("</td>");
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table></div>");
        let shown = self.rows.len();
        let more = match self.of {
            Some(all) if all > shown => Some(format!("{shown} of {all} rows")),
            None if shown == ROWS => Some(format!("the first {shown} rows")),
            _ => None,
        };
        if let Some(more) = more {
            html.extend(["<p class=\"more\">", &more, "</p>"]);
        }
        html
    }
}

#[cfg(feature = "arrow")]
pub(super) use arrow::of_batches;
#[cfg(all(feature = "arrow", feature = "spark"))]
pub(super) use arrow::of_frame;

#[cfg(feature = "arrow")]
mod arrow {
    use arrow_array::RecordBatch;
    use arrow_cast::display::{ArrayFormatter, FormatOptions};
    use arrow_schema::ArrowError;

    use super::{Cell, ROWS, Table, failed};

    /// The first rows of these batches, which have one schema.
    pub(in crate::deck) fn of_batches(batches: &[RecordBatch]) -> String {
        let all = batches.iter().map(RecordBatch::num_rows).sum();
        shown(batches, Some(all)).unwrap_or_else(|error| failed(&error))
    }

    /// The first rows of a data frame.
    #[cfg(feature = "spark")]
    pub(in crate::deck) fn of_frame(frame: &crate::spark::DataFrame) -> crate::Result<String> {
        let most = i32::try_from(ROWS).unwrap_or(i32::MAX);
        let batches = frame.limit(most).collect_record_batches()?;
        Ok(shown(&batches, None).unwrap_or_else(|error| failed(&error)))
    }

    fn shown(batches: &[RecordBatch], of: Option<usize>) -> Result<String, ArrowError> {
        let columns = batches.first().map(|batch| {
            let schema = batch.schema();
            schema
                .fields()
                .iter()
                .map(|field| field.name().clone())
                .collect()
        });
        let mut rows = Vec::new();
        for batch in batches {
            let left = (ROWS - rows.len()).min(batch.num_rows());
            rows.extend(cells(&batch.slice(0, left))?);
        }
        let columns = columns.unwrap_or_default();
        Ok(Table { columns, rows, of }.html())
    }

    fn cells(batch: &RecordBatch) -> Result<Vec<Vec<Cell>>, ArrowError> {
        let options = FormatOptions::default();
        let columns = batch.columns().iter();
        let formatters = columns
            .map(|column| {
                let is_number = column.data_type().is_numeric();
                Ok((ArrayFormatter::try_new(column, &options)?, is_number))
            })
            .collect::<Result<Vec<_>, ArrowError>>()?;
        let row = |row| {
            let cell = |(formatter, is_number): &(ArrayFormatter<'_>, bool)| Cell {
                text: formatter.value(row).to_string(),
                is_number: *is_number,
            };
            formatters.iter().map(cell).collect()
        };
        Ok((0..batch.num_rows()).map(row).collect())
    }
}
