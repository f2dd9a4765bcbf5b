//! Runs a query on its database, with record batches as the result.

use std::collections::BTreeSet;
use std::panic::Location;
use std::sync::Arc;

use flytekit::arrow_array::{RecordBatch, RecordBatchOptions};
use flytekit::arrow_schema::{Field, Schema, SchemaRef};
use flytekit::types::FlyteType;
use flytekit::types::{DatasetWriter, LiteralRef, LiteralWriter, StructuredDataset};
use flytekit::{Error, Result};
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::types::ValueRef;
use rusqlite::{Batch, Connection, Rows, Statement};

use crate::columns::{Column, Kind, Misfit};
use crate::database::Database;
use crate::template::{Input, interpolate};

/// The numbers of values, and of bytes of texts and binary data, that are buffered before they are written.
const MOST_VALUES: usize = 1 << 17;
const MOST_BYTES: usize = 16 << 20;

/// The number of characters of a query that are shown around a mistake.
const SHOWN: usize = 40;

/// A query of a `SQLite` database, like flytekit's `SQLite3Task`: see the [crate](crate)'s page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteQuery {
    template: String,
    uri: String,
    compressed: bool,
}

impl SqliteQuery {
    /// A query on the database at a URI, in one of flytekit's [stores](flytekit::store).
    ///
    /// ```
    /// use flytekit_sqlite::SqliteQuery;
    ///
    /// let query = SqliteQuery::new("s3://music/chinook.db", "select count(*) as n from tracks");
    /// ```
    pub fn new(uri: impl Into<String>, template: impl Into<String>) -> Self {
        SqliteQuery {
            template: template.into(),
            uri: uri.into(),
            compressed: false,
        }
    }

    /// A query on a database that is the only file of an archive: zip, or tar, which may be compressed by
    /// gzip, bzip2 or xz. The first bytes determine the format; flytekit uses the file name.
    ///
    /// ```
    /// use flytekit_sqlite::SqliteQuery;
    ///
    /// let query = SqliteQuery::new("https://example.org/chinook.zip", "select * from tracks").compressed();
    /// ```
    #[must_use]
    pub fn compressed(self) -> Self {
        SqliteQuery {
            compressed: true,
            ..self
        }
    }

    /// Runs the query with these inputs, and writes its result to the run's raw data.
    ///
    /// # Errors
    ///
    /// Errors of the user: a placeholder without an input or an input without a placeholder, a missing or
    /// invalid database, a query that `SQLite` refuses, that returns no columns or two with the same name,
    /// and a column whose values have types that no column of a Parquet file can combine. It also fails
    /// outside of a task's run, and if the result cannot be written.
    #[track_caller]
    pub fn run(&self, inputs: &[(&str, &dyn QueryInput)]) -> Result<StructuredDataset> {
        let caller = Location::caller();
        let literals = inputs
            .iter()
            .map(|(_, value)| value.literal())
            .collect::<Result<Vec<_>>>()
            .map_err(|error| error.raised_at(caller))?;
        let named = inputs.iter().zip(&literals);
        let inputs: Vec<_> = named
            .map(|((name, _), bytes)| (*name, LiteralRef::new(bytes)))
            .collect();
        self.run_on_literals(&inputs)
    }

    /// Like [`run`](Self::run), with inputs from `inputs.pb`.
    ///
    /// # Errors
    ///
    /// Like [`run`](Self::run).
    #[track_caller]
    pub fn run_on_literals(&self, inputs: &[Input<'_>]) -> Result<StructuredDataset> {
        let caller = Location::caller();
        self.checked_run(inputs, &|_| Ok(()))
            .map_err(|error| error.raised_at(caller))
    }

    /// Like [`run_on_literals`](Self::run_on_literals), for a result whose columns pass `check`.
    pub(crate) fn checked_run(
        &self,
        inputs: &[Input<'_>],
        check: &dyn Fn(&Schema) -> Result<()>,
    ) -> Result<StructuredDataset> {
        let query = interpolate(&self.template, inputs)?;
        let database = Database::open(&self.uri, self.compressed)?;
        let writer: DatasetWriter = read(&database.connection, &query, |schema| {
            check(&schema)?;
            Ok(StructuredDataset::create(schema)?)
        })?;
        Ok(writer.finish()?)
    }
}

/// A value for a placeholder: any value that a task can take. Lists and objects are refused at run time.
pub trait QueryInput {
    #[doc(hidden)]
    fn literal(&self) -> Result<Vec<u8>>;
}

impl<T: FlyteType> QueryInput for T {
    fn literal(&self) -> Result<Vec<u8>> {
        Ok(LiteralWriter::to_bytes(|out| self.encode(out))?)
    }
}

/// The destination of batches.
trait Table {
    fn add(&mut self, batch: &RecordBatch) -> Result<()>;
}

impl Table for DatasetWriter {
    fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        Ok(self.write(batch)?)
    }
}

/// Reads the rows of a query into a table.
///
/// The types of its columns are only certain when all rows have been seen. Usually the first rows determine
/// them; if not, all other rows are checked, and the query runs once more.
fn read<T: Table>(
    connection: &Connection,
    query: &str,
    begin: impl Fn(SchemaRef) -> Result<T>,
) -> Result<T> {
    let mut statement = prepare(connection, query)?;
    let names = names(&statement)?;
    let mut kinds = vec![Kind::Null; names.len()];
    if let Some(table) = try_read(&mut statement, &names, &mut kinds, &begin)? {
        return Ok(table);
    }
    try_read(&mut statement, &names, &mut kinds, &begin)?.ok_or_else(|| {
        Error::user(
            "the query returns values of other types each time it runs: `cast` them in the query",
        )
    })
}

/// The table, or `None` if its columns began with types that are too narrow; `kinds` then has the correct
/// types.
fn try_read<T: Table>(
    statement: &mut Statement<'_>,
    names: &[String],
    kinds: &mut [Kind],
    begin: &impl Fn(SchemaRef) -> Result<T>,
) -> Result<Option<T>> {
    let mut rows = Reader {
        rows: statement.query([]).map_err(failed)?,
        names,
        row: 0,
    };
    let mut columns: Vec<_> = kinds.iter().map(|kind| Column::new(*kind)).collect();
    let mut count = rows.gather(&mut columns)?;
    adopt(kinds, &columns);
    let schema = schema(names, kinds);
    let mut table = begin(Arc::clone(&schema))?;
    while count > 0 {
        if adopt(kinds, &columns) {
            rows.widen(kinds)?;
            return Ok(None);
        }
        table.add(&batch(&schema, &mut columns, count)?)?;
        count = rows.gather(&mut columns)?;
    }
    Ok(Some(table))
}

/// Replaces the kinds by those of the columns, and returns whether they changed.
fn adopt(kinds: &mut [Kind], columns: &[Column]) -> bool {
    let mut differ = false;
    for (kind, column) in kinds.iter_mut().zip(columns) {
        differ |= *kind != column.kind();
        *kind = column.kind();
    }
    differ
}

fn schema(names: &[String], kinds: &[Kind]) -> SchemaRef {
    let fields = names.iter().zip(kinds);
    let fields = fields.map(|(name, kind)| Field::new(name, kind.data_type(), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn batch(schema: &SchemaRef, columns: &mut [Column], rows: usize) -> Result<RecordBatch> {
    let arrays = columns.iter_mut().map(Column::take).collect();
    let rows = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(
        Arc::clone(schema),
        arrays,
        &rows,
    )?)
}

/// The remaining rows.
struct Reader<'s> {
    rows: Rows<'s>,
    names: &'s [String],
    row: u64,
}

impl Reader<'_> {
    /// Adds some rows to the columns, and returns their number; zero at the end.
    fn gather(&mut self, columns: &mut [Column]) -> Result<usize> {
        let most = (MOST_VALUES / columns.len()).max(64);
        let (mut count, mut bytes) = (0, 0);
        while count < most && bytes < MOST_BYTES {
            let Some(row) = self.rows.next().map_err(failed)? else {
                break;
            };
            self.row += 1;
            for (index, column) in columns.iter_mut().enumerate() {
                let value = row.get_ref(index).map_err(failed)?;
                bytes += column
                    .push(value)
                    .map_err(|misfit| refused(misfit, &self.names[index], self.row))?;
            }
            count += 1;
        }
        Ok(count)
    }

    /// Checks the types of all remaining rows.
    fn widen(&mut self, kinds: &mut [Kind]) -> Result<()> {
        while let Some(row) = self.rows.next().map_err(failed)? {
            self.row += 1;
            for (index, kind) in kinds.iter_mut().enumerate() {
                let value: ValueRef<'_> = row.get_ref(index).map_err(failed)?;
                let found = Kind::of(value);
                *kind = kind.with(found).ok_or_else(|| {
                    refused(Misfit::Clash(*kind, found), &self.names[index], self.row)
                })?;
            }
        }
        Ok(())
    }
}

fn refused(misfit: Misfit, name: &str, row: u64) -> Error {
    Error::user(match misfit {
        Misfit::Clash(before, found) => format!(
            "column `{name}` has {} in row {row} of the result, but {} before: all values of a column of a \
             table are of one type; write `cast(… as text) as \"{name}\"` in the query",
            found.plural(),
            before.plural()
        ),
        Misfit::NoText => format!(
            "column `{name}` has a text in row {row} of the result that is not in UTF-8; write \
             `cast(… as blob) as \"{name}\"` in the query"
        ),
    })
}

/// Prepares the query, which must be a single statement with columns.
fn prepare<'c>(connection: &'c Connection, query: &str) -> Result<Statement<'c>> {
    let mut statements = Batch::new(connection, query);
    let statement = statements
        .next()
        .map_err(|error| not_understood(query, &error))?
        .ok_or_else(|| Error::user("the query is empty"))?;
    if !matches!(statements.next(), Ok(None)) {
        return Err(Error::user(format!(
            "the query has more than one statement, but a task runs only one: `{}`",
            around(query, 0)
        )));
    }
    if statement.column_count() == 0 {
        return Err(Error::user(format!(
            "the query returns no columns: it must be a `select`, because the database is only read: `{}`",
            around(query, 0)
        )));
    }
    Ok(statement)
}

/// The names of the columns, which must be unique.
fn names(statement: &Statement<'_>) -> Result<Vec<String>> {
    let names: Vec<_> = statement
        .column_names()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let mut seen = BTreeSet::new();
    if let Some(twice) = names.iter().find(|name| !seen.insert(*name)) {
        return Err(Error::user(format!(
            "the query returns two columns with the name `{twice}`: give one of them another name with `as`"
        )));
    }
    Ok(names)
}

fn not_understood(query: &str, error: &rusqlite::Error) -> Error {
    let rusqlite::Error::SqlInputError { msg, offset, .. } = error else {
        return Error::user(format!(
            "SQLite refuses the query: {error}: `{}`",
            around(query, 0)
        ));
    };
    let offset = usize::try_from(*offset).unwrap_or(0);
    Error::user(format!(
        "SQLite refuses the query: {msg}, at byte {offset}: `{}`",
        around(query, offset)
    ))
}

/// The text around an offset, with `…` if it is cut.
fn around(query: &str, offset: usize) -> String {
    let floor = |mut at: usize| {
        at = at.min(query.len());
        while !query.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (
        floor(offset.saturating_sub(SHOWN)),
        floor(offset.saturating_add(SHOWN)),
    );
    let more = |is: bool| if is { "…" } else { "" };
    let (before, after) = (more(start > 0), more(end < query.len()));
    format!("{before}{}{after}", &query[start..end])
}

/// The error of a query that fails while it runs: by its own fault, such as an overflow, or for lack of a
/// resource.
fn failed(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{
        DatabaseBusy, DatabaseLocked, DiskFull, OutOfMemory, SystemIoFailure,
    };
    let message = format!("the query failed while it ran: {error}");
    let raised = match error.sqlite_error_code() {
        Some(DatabaseBusy | DatabaseLocked | DiskFull | OutOfMemory | SystemIoFailure) => {
            Error::system(message)
        }
        _ => Error::user(message),
    };
    Error::from(error).explained(raised)
}

#[cfg(test)]
mod tests {
    use flytekit::Origin;
    use flytekit::arrow_array::cast::AsArray;
    use flytekit::arrow_array::types::{Float64Type, Int64Type};
    use flytekit::arrow_array::{Array, RecordBatch};
    use flytekit::arrow_schema::{DataType, SchemaRef};
    use rusqlite::Connection;

    use super::{Result, Table, failed, read};

    struct Kept(SchemaRef, Vec<RecordBatch>);

    impl Table for Kept {
        fn add(&mut self, batch: &RecordBatch) -> Result<()> {
            self.1.push(batch.clone());
            Ok(())
        }
    }

    impl Kept {
        fn types(&self) -> Vec<DataType> {
            let fields = self.0.fields().iter();
            fields.map(|field| field.data_type().clone()).collect()
        }

        fn rows(&self) -> usize {
            self.1.iter().map(RecordBatch::num_rows).sum()
        }
    }

    fn result(query: &str) -> Result<Kept> {
        let connection = Connection::open_in_memory()?;
        read(&connection, query, |schema| Ok(Kept(schema, Vec::new())))
    }

    fn error(query: &str) -> String {
        result(query).err().expect("an error").to_string()
    }

    /// Many numbers as `n`.
    const NUMBERS: &str =
        "with recursive t(n) as (select 1 union all select n + 1 from t where n < 300000)";

    #[test]
    fn values_decide_the_types() {
        let table = result(
            "select 1 as i, 1.5 as f, 'x' as t, x'00' as b, null as \"no value\" union all \
             select null, 2, null, null, null",
        )
        .expect("a table");
        let expected = [
            DataType::Int64,
            DataType::Float64,
            DataType::Utf8,
            DataType::Binary,
            DataType::Null,
        ];
        assert_eq!(table.types(), expected);
        let floats = table.1[0].column(1).as_primitive::<Float64Type>();
        assert_eq!(floats.values(), &[1.5, 2.0]);
        let integers = table.1[0].column(0).as_primitive::<Int64Type>();
        assert!(integers.is_null(1));
    }

    #[test]
    fn an_empty_result_has_its_columns() {
        let table =
            result("select 1 as \"it's\", 2 as \"\", 3 as \"größe\" where false").expect("a table");
        assert_eq!((table.rows(), table.0.fields().len()), (0, 3));
        assert_eq!(table.0.field(0).name(), "it's");
    }

    #[test]
    fn a_thousand_columns_are_a_table() {
        let columns = (0..1000).map(|n| format!("n as c{n}")).collect::<Vec<_>>();
        let query = format!("{NUMBERS} select {} from t limit 1000", columns.join(", "));
        let table = result(&query).expect("a table");
        assert_eq!((table.rows(), table.0.fields().len()), (1000, 1000));
    }

    #[test]
    fn later_rows_may_be_of_a_wider_type() {
        let table = result(&format!(
            "{NUMBERS} select n, iif(n < 299999, n, n + 0.5) as f, iif(n > 200000, 'x', null) as t from t"
        ))
        .expect("a table");
        assert_eq!(
            table.types(),
            [DataType::Int64, DataType::Float64, DataType::Utf8]
        );
        assert_eq!(table.rows(), 300_000);
        assert!(table.1.len() > 1);
        let sum: f64 = table
            .1
            .iter()
            .map(|batch| {
                batch
                    .column(1)
                    .as_primitive::<Float64Type>()
                    .iter()
                    .flatten()
                    .sum::<f64>()
            })
            .sum();
        assert!((sum - 45_000_150_001.0).abs() < 1e-3, "{sum}");
    }

    #[test]
    fn a_column_that_changes_its_type_is_named() {
        let expected = "column `v` has text in row 299999 of the result, but integers before";
        let late = error(&format!(
            "{NUMBERS} select n, iif(n < 299999, n, 'x') as v from t"
        ));
        assert!(late.contains(expected), "{late}");
        let last = error(&format!(
            "{NUMBERS} select iif(n < 200000, n, 0.5) as f, iif(n < 299999, n, 'x') as v from t"
        ));
        assert!(last.contains(expected), "{last}");
        let text = error("select cast(x'ff' as text) as t");
        assert!(text.contains("column `t` has a text in row 1 of the result that is not in UTF-8"));
    }

    #[test]
    fn what_the_machine_lacks_is_not_the_users_fault() {
        for (code, is_systems) in [(13, true), (7, true), (10, true), (5, true), (1, false)] {
            let error = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
            let error = failed(error);
            assert_eq!(error.origin() == Origin::System, is_systems, "{error}");
            assert_eq!(error.is_recoverable(), is_systems, "{error}");
        }
    }

    #[test]
    fn mistakes_are_shown_where_they_are() {
        for (query, expected) in [
            ("select * from nowhere", "no such table: nowhere"),
            (
                "select a from (select 1 as b)",
                "no such column: a, at byte 7",
            ),
            ("select * frm t", "syntax error, at byte"),
            ("", "the query is empty"),
            ("select 1; select 2", "more than one statement"),
            ("select 1; drop table t", "more than one statement"),
            ("begin", "the query returns no columns"),
            ("select 1 as a, 2 as a", "two columns with the name `a`"),
            (
                "select abs(-9223372036854775808) as a",
                "failed while it ran: integer overflow",
            ),
        ] {
            let error = error(query);
            assert!(error.contains(expected), "{query}: {error}");
        }
        assert!(result("select 1 as a; -- the end").is_ok());
    }
}
