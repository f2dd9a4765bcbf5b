//! Values of each family of types, made, passed on and checked; `tests/python/runs/values.py` has the twins.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use flytekit::prelude::*;
use flytekit::types::Bytes;
use flytekit::types::format::Csv;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

#[derive(Debug, PartialEq, FlyteData)]
struct Place {
    name: String,
    height: f64,
    tags: Vec<String>,
}

#[derive(Debug, PartialEq, FlyteData)]
#[serde(rename_all = "lowercase")]
enum Color {
    Red,
    Green,
}

#[derive(Debug, PartialEq, FlyteData)]
enum Number {
    Whole(i64),
    Written(String),
}

/// A value of each family.
#[derive(Outputs)]
struct All {
    whole: i64,
    real: f64,
    flag: bool,
    text: String,
    several: Vec<i64>,
    by_name: BTreeMap<String, f64>,
    by_number: BTreeMap<i64, String>,
    maybe: Option<i64>,
    nothing: Option<i64>,
    place: Place,
    color: Color,
    number: Number,
    moment: Timestamp,
    day: Date,
    span: SignedDuration,
    anything: Map<String, Value>,
    file: FlyteFile,
    csv: FlyteFile<Csv>,
    folder: FlyteDirectory,
    table: StructuredDataset,
    data: Bytes,
}

#[task]
fn made() -> Result<All> {
    let mut file = FlyteFile::create("a file.txt")?;
    write!(file, "text")?;
    let mut csv = FlyteFile::create("numbers.csv")?;
    write!(csv, "1,2")?;
    let folder = FlyteDirectory::create()?;
    for name in ["top", "below/leaf"] {
        let mut file = folder.create_file(name)?;
        write!(file, "{name}")?;
        file.finish()?;
    }
    let ids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let names: ArrayRef = Arc::new(StringArray::from(vec!["one", "two"]));
    let rows = RecordBatch::try_from_iter([("id", ids), ("name", names)])?;
    Ok(All {
        whole: -7,
        real: 0.5,
        flag: true,
        text: "é".to_owned(),
        several: vec![1, 2],
        by_name: [("a".to_owned(), 1.5)].into(),
        by_number: [(3, "three".to_owned())].into(),
        maybe: Some(4),
        nothing: None,
        place: place(),
        color: Color::Green,
        number: Number::Written("five".to_owned()),
        moment: moment()?,
        day: day()?,
        span: SignedDuration::from_secs(90),
        anything: any(),
        file: file.finish()?,
        csv: csv.finish()?,
        folder,
        table: StructuredDataset::from_batches(rows.schema(), vec![rows]),
        data: Bytes::from_static(b"\x00\xff"),
    })
}

fn place() -> Place {
    Place {
        name: "Brocken".to_owned(),
        height: 1141.2,
        tags: vec!["windy".to_owned()],
    }
}

fn moment() -> Result<Timestamp> {
    Ok("2026-01-31T12:30:00.25Z".parse()?)
}

fn day() -> Result<Date> {
    Ok("2026-01-31".parse()?)
}

fn any() -> Map<String, Value> {
    let Value::Object(any) = json!({ "list": [1, "two"], "none": null }) else {
        return Map::new();
    };
    any
}

/// Passes values on; files, folders and tables as copies.
#[task]
#[expect(clippy::too_many_arguments, reason = "one of each family of types")]
fn passed_on(
    whole: i64,
    real: f64,
    flag: bool,
    text: String,
    several: Vec<i64>,
    by_name: BTreeMap<String, f64>,
    by_number: BTreeMap<i64, String>,
    maybe: Option<i64>,
    nothing: Option<i64>,
    place: Place,
    color: Color,
    number: Number,
    moment: Timestamp,
    day: Date,
    span: SignedDuration,
    anything: Map<String, Value>,
    file: FlyteFile,
    csv: FlyteFile<Csv>,
    folder: FlyteDirectory,
    table: StructuredDataset,
    data: Bytes,
) -> Result<All> {
    let batches = table.batches()?;
    let mut copy = StructuredDataset::create(batches.schema())?;
    for batch in batches {
        copy.write(&batch?)?;
    }
    Ok(All {
        whole,
        real,
        flag,
        text,
        several,
        by_name,
        by_number,
        maybe,
        nothing,
        place,
        color,
        number,
        moment,
        day,
        span,
        anything,
        file: FlyteFile::new(file.path()?),
        csv,
        folder: FlyteDirectory::new(folder.path()?),
        table: copy.finish()?,
        data,
    })
}

/// Fails unless the values are those that `made` makes.
#[task]
#[expect(clippy::too_many_arguments, reason = "one of each family of types")]
fn checked(
    whole: i64,
    real: f64,
    flag: bool,
    text: String,
    several: Vec<i64>,
    by_name: BTreeMap<String, f64>,
    by_number: BTreeMap<i64, String>,
    maybe: Option<i64>,
    nothing: Option<i64>,
    place: Place,
    color: Color,
    number: Number,
    moment: Timestamp,
    day: Date,
    span: SignedDuration,
    anything: Map<String, Value>,
    file: FlyteFile,
    csv: FlyteFile<Csv>,
    folder: FlyteDirectory,
    table: StructuredDataset,
    data: Bytes,
) -> Result<String> {
    assert_eq!((whole, real, flag, text.as_str()), (-7, 0.5, true, "é"));
    assert_eq!(
        (several, by_name),
        (vec![1, 2], [("a".to_owned(), 1.5)].into())
    );
    assert_eq!(by_number, [(3, "three".to_owned())].into());
    assert_eq!((maybe, nothing), (Some(4), None));
    assert_eq!((place, color), (self::place(), Color::Green));
    assert_eq!(number, Number::Written("five".to_owned()));
    assert_eq!((moment, day), (self::moment()?, self::day()?));
    assert_eq!((span, anything), (SignedDuration::from_secs(90), any()));
    let mut lines = String::new();
    csv.open()?.read_to_string(&mut lines)?;
    assert_eq!(
        (fs::read_to_string(file.path()?)?, lines),
        ("text".to_owned(), "1,2".to_owned())
    );
    let leaf = fs::read_to_string(folder.path()?.join("below/leaf"))?;
    assert_eq!((leaf.as_str(), folder.list()?.len()), ("below/leaf", 2));
    let rows: Vec<_> = table.batches()?.collect::<Result<_, _>>()?;
    assert_eq!(rows.iter().map(RecordBatch::num_rows).sum::<usize>(), 2);
    assert_eq!(&*data, b"\x00\xff");
    Ok("as they were made".to_owned())
}
