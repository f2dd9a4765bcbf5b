//! Data frames as values of tasks: Parquet files below a URI, which Spark itself reads and writes.
//!
//! The layout is the one of flytekit's Spark plugin. A frame is written to a new folder below the run's raw
//! output prefix, without a `_SUCCESS` file. All files of its folder are read, with any names (pandas writes
//! one file, `00000`), except those whose names begin with `_` or `.`, which Spark ignores.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use spark_connect::types::{DataType, StructField};
use spark_connect::{Column, DataFrame, SparkError, SparkSession, col};

use crate::context::{raw_output, with_session};
use crate::declare::{
    DatasetColumn, Json, LiteralType, SimpleType, StructuredDatasetType, Variant,
};
use crate::types::{
    Columns, Content, FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader,
    MsgpackWriter, StructuredDatasetRef, ValueError, Written, data,
};

/// The only format that is supported here.
const PARQUET: &str = "parquet";

/// Tells Hadoop's writers not to write a `_SUCCESS` file.
const NO_SUCCESS_FILE: (&str, &str) = ("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false");

/// The name of flytekit's transformer of all data frames.
const TAG: &str = "StructuredDataset Transformer";

/// A data frame is passed between tasks as a table with any columns.
///
/// It needs the session of a Spark task, `#[task(spark(...))]`. Only plans are passed, not data such as the
/// result of `collect`: the servers read and write tables, not this process. So the servers must be able to
/// reach the URIs of tables, as with flytekit's plugin; on a cluster this means an object store. Spark gets
/// `s3://` URIs as `s3a://`, the scheme for which Hadoop's S3 client needs no configuration; literals keep
/// `s3://`. Other schemes (`gs://`, `abfs://`, …) depend on Spark and its image.
///
/// As in flytekit, only the columns that a literal names are read. To declare the wanted columns in the
/// interface, use [`Dataset`].
///
/// Sail writes no file for a frame without rows, so such an output is an error with Sail; Spark writes one.
impl FlyteType for DataFrame {
    const LITERAL_TYPE: LiteralType =
        LiteralType::StructuredDataset(StructuredDatasetType::of_format(""));
    const TAG: &'static str = TAG;

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::StructuredDataset(dataset) => frame(dataset),
            _ => data::decode(literal, "a structured dataset"),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        let uri = write(self, &[])?;
        Ok(out.structured_dataset(&uri, &StructuredDatasetType::of_format(PARQUET)))
    }
}

/// Inside an object a table is its location, the form of Python's `StructuredDataset` as a field.
impl FlyteData for DataFrame {
    const SCHEMA: Json<'static> = StructuredDatasetRef::SCHEMA;
    const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        frame(StructuredDatasetRef::unpack(value)?)
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        StructuredDatasetRef::pack(&write(self, &[])?, PARQUET, out)
    }
}

/// The table, or only the columns that its literal names.
fn frame(dataset: StructuredDatasetRef<'_>) -> Result<DataFrame, ValueError> {
    let stored = Stored::open(dataset)?;
    stored.select(&dataset.columns()?)
}

/// A data frame that has the columns of `S`, which derives [`Columns`](macro@crate::Columns).
///
/// The columns are part of the task's interface, and Flyte refuses to connect it with a table that declares
/// other columns:
///
/// ```
/// use flytekit::prelude::*;
/// use flytekit::spark::client::lit_double;
/// use flytekit::spark::{Dataset, col};
///
/// #[derive(Columns)]
/// struct Sale {
///     id: i64,
///     amount: f64,
///     #[column("customer name")]
///     customer: Option<String>,
/// }
///
/// /// Keeps the sales of at least this amount.
/// #[task(spark())]
/// fn large(_spark: &SparkSession, sales: Dataset<Sale>, least: f64) -> Result<Dataset<Sale>> {
///     Ok(sales.filter(col("amount").ge(lit_double(least))).into())
/// }
/// ```
///
/// An input has exactly these columns, in this order; other stored columns are not read. As in flytekit, an
/// output must have them, and keeps its other columns. A column that is missing or has another type is an
/// error that names it. Integers of all widths have the type of `i64`, floats the type of `f64`.
///
/// [`From`] converts any [`DataFrame`]; whether it has the columns is checked when it is written.
pub struct Dataset<S> {
    frame: DataFrame,
    columns: PhantomData<fn() -> S>,
}

impl<S> From<DataFrame> for Dataset<S> {
    fn from(frame: DataFrame) -> Self {
        Dataset {
            frame,
            columns: PhantomData,
        }
    }
}

impl<S> From<Dataset<S>> for DataFrame {
    fn from(dataset: Dataset<S>) -> Self {
        dataset.frame
    }
}

impl<S> Deref for Dataset<S> {
    type Target = DataFrame;

    fn deref(&self) -> &DataFrame {
        &self.frame
    }
}

impl<S: Columns> fmt::Debug for Dataset<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Dataset").field(&S::COLUMNS).finish()
    }
}

impl<S: Columns> FlyteType for Dataset<S> {
    const LITERAL_TYPE: LiteralType =
        LiteralType::StructuredDataset(StructuredDatasetType::of::<S>(""));
    const TAG: &'static str = TAG;

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::StructuredDataset(dataset) => Dataset::open(dataset),
            _ => data::decode(literal, "a structured dataset"),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        let uri = write(&self.frame, S::COLUMNS)?;
        Ok(out.structured_dataset(&uri, &StructuredDatasetType::of::<S>(PARQUET)))
    }
}

impl<S: Columns> FlyteData for Dataset<S> {
    const SCHEMA: Json<'static> = StructuredDatasetRef::SCHEMA;
    const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        Dataset::open(StructuredDatasetRef::unpack(value)?)
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        StructuredDatasetRef::pack(&write(&self.frame, S::COLUMNS)?, PARQUET, out)
    }
}

impl<S: Columns> Dataset<S> {
    fn open(dataset: StructuredDatasetRef<'_>) -> Result<Self, ValueError> {
        let stored = Stored::open(dataset)?;
        check(S::COLUMNS, &stored.fields)?;
        let names: Vec<_> = S::COLUMNS.iter().map(|column| column.name).collect();
        stored.select(&names).map(Dataset::from)
    }
}

/// A table that was found at its literal's location.
struct Stored<'a> {
    uri: &'a str,
    frame: DataFrame,
    fields: Vec<StructField>,
}

impl<'a> Stored<'a> {
    fn open(dataset: StructuredDatasetRef<'a>) -> Result<Self, ValueError> {
        let (uri, format) = (dataset.uri(), dataset.format());
        if !format.is_empty() && !format.eq_ignore_ascii_case(PARQUET) {
            return Err(ValueError::mismatch(
                "a dataset in the format \"parquet\"",
                format_args!("one in the format {format:?}, at {uri}"),
            ));
        }
        let session = with_session(SparkSession::clone).ok_or_else(no_session)?;
        let frame = read(&session, uri);
        let fields = fields(&frame)
            .map_err(|error| ValueError::other(format!("cannot open {uri}")).with_source(*error))?;
        if fields.is_empty() {
            return Err(ValueError::other(format!(
                "there are no Parquet files at {uri}"
            )));
        }
        Ok(Stored { uri, frame, fields })
    }

    /// The table with these columns only, or with all if `names` is empty.
    fn select(self, names: &[&str]) -> Result<DataFrame, ValueError> {
        let is_missing = |name: &&&str| self.fields.iter().all(|field| field.name != **name);
        if let Some(missing) = names.iter().find(is_missing) {
            return Err(ValueError::other(format!(
                "the dataset has no column `{missing}`, which its literal names; at {} it has {}",
                self.uri,
                described(&self.fields)
            )));
        }
        if names.is_empty() {
            return Ok(self.frame);
        }
        Ok(self.frame.select(names.iter().copied().map(named)))
    }
}

fn read(session: &SparkSession, uri: &str) -> DataFrame {
    session.read().parquet(&for_spark(uri))
}

/// The column with exactly this name. Without quotes, a dot in it would mean a field of a struct.
fn named(name: &str) -> Column {
    col(&format!("`{}`", name.replace('`', "``")))
}

/// The URI with the scheme for which Spark has a client.
fn for_spark(uri: &str) -> String {
    match uri.strip_prefix("s3://") {
        Some(rest) => format!("s3a://{rest}"),
        None => uri.to_owned(),
    }
}

fn fields(frame: &DataFrame) -> Result<Vec<StructField>, Box<SparkError>> {
    match frame.schema()? {
        DataType::Struct { fields } => Ok(fields),
        _ => Ok(Vec::new()),
    }
}

fn no_session() -> ValueError {
    ValueError::other(
        "a data frame needs a Spark session, which this task does not have: write it as \
         #[task(spark(...))]",
    )
}

/// Writes the frame to a new location, and returns its URI.
fn write(frame: &DataFrame, columns: &[DatasetColumn<'_>]) -> Result<String, ValueError> {
    let uri = raw_output().ok_or_else(no_session)?;
    let failed = |error: Box<SparkError>| {
        ValueError::other(format!("cannot write the data frame to {uri}")).with_source(*error)
    };
    if !columns.is_empty() {
        check(columns, &fields(frame).map_err(failed)?)?;
    }
    let (key, value) = NO_SUCCESS_FILE;
    let writer = frame.write().mode("overwrite").option(key, value);
    let written = writer.parquet(&for_spark(&uri));
    written.map_err(|error| failed(Box::new(error)))?;
    // Sail reports success without writing a file. The error must occur here, and not in the reader of the
    // output.
    if fields(&read(&frame.spark_session(), &uri))
        .map_err(failed)?
        .is_empty()
    {
        return Err(ValueError::other(format!(
            "the server wrote no file to {uri}: Sail does not write one for a data frame without rows, but \
             Spark does (`run --spark local`)"
        )));
    }
    Ok(uri)
}

/// Reports all missing columns and wrong types together.
fn check(columns: &[DatasetColumn<'_>], fields: &[StructField]) -> Result<(), ValueError> {
    let mistakes: Vec<String> = columns
        .iter()
        .filter_map(|column| {
            let field = fields.iter().find(|field| field.name == column.name);
            match field {
                None => Some(format!("there is no column `{}`", column.name)),
                Some(field) if holds(&field.data_type, &column.literal_type) => None,
                Some(field) => Some(format!(
                    "column `{}` is of type {}",
                    column.name,
                    field.data_type.simple_string()
                )),
            }
        })
        .collect();
    if mistakes.is_empty() {
        return Ok(());
    }
    let expected = columns.iter().map(|column| {
        let literal_type = Described(&column.literal_type);
        format!("`{}` {literal_type}", column.name)
    });
    Err(ValueError::other(format!(
        "{}; expected {}, the data frame has {}",
        mistakes.join(", "),
        expected.collect::<Vec<_>>().join(", "),
        described(fields)
    )))
}

/// Whether values of Spark's type have Flyte's type.
fn holds(spark: &DataType, flyte: &LiteralType) -> bool {
    use DataType as Spark;
    match (flyte, spark) {
        (LiteralType::Simple(SimpleType::Integer), it) => {
            matches!(
                it,
                Spark::Byte | Spark::Short | Spark::Integer | Spark::Long
            )
        }
        (LiteralType::Simple(SimpleType::Float), it) => {
            matches!(it, Spark::Float | Spark::Double)
        }
        (LiteralType::Simple(SimpleType::String), it) => matches!(
            it,
            Spark::String { .. } | Spark::Char { .. } | Spark::Varchar { .. }
        ),
        (LiteralType::Simple(SimpleType::Boolean), it) => matches!(it, Spark::Boolean),
        (LiteralType::Collection(element), Spark::Array { element_type, .. }) => {
            holds(element_type, element)
        }
        (
            LiteralType::Map(value),
            Spark::Map {
                key_type,
                value_type,
                ..
            },
        ) => matches!(**key_type, Spark::String { .. }) && holds(value_type, value),
        _ => false,
    }
}

/// `` `id` bigint, `amount` double ``
fn described(fields: &[StructField]) -> String {
    let described = fields
        .iter()
        .map(|field| format!("`{}` {}", field.name, field.data_type.simple_string()));
    described.collect::<Vec<_>>().join(", ")
}

/// The types that a column may have, with Spark's names.
struct Described<'a>(&'a LiteralType);

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            LiteralType::Simple(SimpleType::Integer) => f.write_str("bigint"),
            LiteralType::Simple(SimpleType::Float) => f.write_str("double"),
            LiteralType::Simple(SimpleType::String) => f.write_str("string"),
            LiteralType::Simple(SimpleType::Boolean) => f.write_str("boolean"),
            LiteralType::Collection(element) => write!(f, "array<{}>", Described(element)),
            LiteralType::Map(value) => write!(f, "map<string,{}>", Described(value)),
            other => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use spark_connect::types::{DataType, StructField};

    use super::{check, for_spark};
    use crate::declare::DatasetColumn;

    fn field(name: &str, ddl: &str) -> StructField {
        StructField {
            name: name.to_owned(),
            data_type: DataType::from_ddl(ddl).expect("a type"),
            nullable: true,
            metadata: std::collections::BTreeMap::default(),
        }
    }

    #[test]
    fn s3_is_what_hadoop_calls_it() {
        assert_eq!(for_spark("s3://bucket/x"), "s3a://bucket/x");
        for other in ["s3a://bucket/x", "gs://bucket/x", "/tmp/x", "file:///tmp/x"] {
            assert_eq!(for_spark(other), other);
        }
    }

    #[test]
    fn columns_may_be_of_every_width() {
        let columns = [
            DatasetColumn::of::<i64>("id"),
            DatasetColumn::of::<f64>("amount"),
            DatasetColumn::of::<Vec<i64>>("parts"),
            DatasetColumn::of::<std::collections::BTreeMap<String, bool>>("flags"),
        ];
        for (id, amount, parts) in [
            ("bigint", "double", "array<int>"),
            ("tinyint", "float", "array<smallint>"),
        ] {
            let fields = [
                field("more", "timestamp"),
                field("amount", amount),
                field("id", id),
                field("parts", parts),
                field("flags", "map<string,boolean>"),
            ];
            check(&columns, &fields).expect("fits");
        }
    }

    #[test]
    fn all_that_is_wrong_with_columns_is_said_at_once() {
        let columns = [
            DatasetColumn::of::<i64>("id"),
            DatasetColumn::of::<f64>("amount"),
        ];
        let fields = [field("ID", "bigint"), field("amount", "string")];
        assert_eq!(
            check(&columns, &fields).unwrap_err().to_string(),
            "there is no column `id`, column `amount` is of type string; expected `id` bigint, \
             `amount` double, the data frame has `ID` bigint, `amount` string"
        );
    }
}
