use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::shown::{object_json, to_json};
use super::{Here, write_text};
use crate::declare::{
    BlobType, Dataclass, EnumType, LiteralType, StructuredDatasetType, Union, Variant,
};
use crate::types::{Content, FlyteType, LiteralRef, LiteralWriter, MsgpackReader};

/// Reads `text` as a `T`, and shows the result as JSON.
fn read<T: FlyteType>(text: &str) -> String {
    read_as(T::LITERAL_TYPE, text)
}

fn read_as(literal_type: LiteralType, text: &str) -> String {
    match LiteralWriter::to_bytes(|out| write_text(out, &literal_type, text, &Here)) {
        Ok(bytes) => to_json(LiteralRef::new(&bytes))
            .expect("what was written")
            .to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn text_becomes_the_type_it_is_for() {
    assert_eq!(read::<i64>("-3"), "-3");
    assert_eq!(read::<f64>("3"), "3.0");
    assert_eq!(read::<bool>("true"), "true");
    assert_eq!(read::<String>("3"), "\"3\"");
    assert_eq!(read::<Option<String>>("plain"), "\"plain\"");
    assert_eq!(read::<Option<String>>("null"), "null");
    assert_eq!(read::<Option<i64>>("3"), "3");
    assert_eq!(read::<Vec<Option<f64>>>("[1, null]"), "[1.0,null]");
}

const fn one(literal_type: LiteralType) -> Variant {
    Variant {
        literal_type,
        tag: "",
    }
}

fn union(variants: Vec<Variant>) -> LiteralType {
    LiteralType::Union(Union {
        variants: Vec::leak(variants),
        or_none: false,
        encoded: &[],
    })
}

#[test]
fn text_of_a_union_needs_no_quotes_where_it_is_nothing_else() {
    let kind = LiteralType::Enum(&EnumType {
        values: &["full", "test"],
        encoded: &[],
    });
    let number_or_text = union(vec![one(i64::LITERAL_TYPE), one(String::LITERAL_TYPE)]);
    let list_or_kind = union(vec![one(Vec::<i64>::LITERAL_TYPE), one(kind)]);
    for (literal_type, text, expected) in [
        (number_or_text, "five", "\"five\""),
        (number_or_text, "5", "5"),
        (number_or_text, "\"5\"", "\"5\""),
        (number_or_text, "[1", "\"[1\""),
        (number_or_text, "2.5", "\"2.5\""),
        (list_or_kind, "[1]", "[1]"),
        (list_or_kind, "full", "\"full\""),
        (
            list_or_kind,
            "half",
            "expected list of integer as JSON or one of full, test, found \"half\"",
        ),
    ] {
        assert_eq!(read_as(literal_type, text), expected, "{text}");
    }
}

#[test]
fn a_key_that_is_given_twice_is_refused() {
    assert_eq!(
        read::<BTreeMap<String, i64>>(r#"{"a": 1, "a": 2}"#),
        "the key \"a\" is given twice at line 1 column 12"
    );
}

#[test]
fn a_folder_is_no_file_and_a_file_no_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.csv");
    std::fs::write(&file, "").expect("a file");
    let (folder, file) = (folder.path().to_str(), file.to_str());
    let (folder, file) = (folder.expect("text"), file.expect("text"));
    let blob = |multipart| {
        LiteralType::Blob(BlobType {
            format: "",
            multipart,
        })
    };
    for (multipart, text, wrong) in [
        (false, folder, "this is a folder, and a file is expected"),
        (true, file, "this is a file, and a folder is expected"),
    ] {
        let expected = format!("`{text}`: {wrong}");
        assert_eq!(read_as(blob(multipart), text), expected);
        let uri = format!("file://{text}");
        let expected = format!("`{uri}`: {wrong}");
        assert_eq!(read_as(blob(multipart), &uri), expected);
    }
    // A file that the task creates does not exist yet.
    assert!(!read_as(blob(false), "/nowhere/x").contains("expected"));
}

#[test]
fn a_table_is_meant_by_its_place() {
    let table = LiteralType::StructuredDataset(StructuredDatasetType::of_format(""));
    let perhaps = LiteralType::Union(Union {
        variants: Vec::leak(vec![Variant {
            literal_type: table,
            tag: "StructuredDataset Transformer",
        }]),
        or_none: true,
        encoded: &[],
    });
    let here = std::env::current_dir().expect("a folder");
    let path = serde_json::json!(here.join("sales.parquet")).to_string();
    for literal_type in [table, perhaps] {
        assert_eq!(read_as(literal_type, "sales.parquet"), path);
        assert_eq!(read_as(literal_type, "s3://b/sales"), "\"s3://b/sales\"");
    }
    let list = LiteralType::Collection(Box::leak(Box::new(table)));
    assert_eq!(read_as(list, r#"["gs://b/x"]"#), r#"["gs://b/x"]"#);
}

#[test]
fn times_are_read_as_people_write_them() {
    let point = "\"2024-01-31T12:30:00Z\"";
    for text in [
        "2024-01-31T12:30:00Z",
        "2024-01-31 13:30+01:00",
        "2024-01-31T12:30",
    ] {
        assert_eq!(read::<SystemTime>(text), point, "{text}");
        assert_eq!(read::<Option<SystemTime>>(text), point, "{text}");
    }
    assert_eq!(read::<SystemTime>("2024-01-31"), "\"2024-01-31T00:00:00Z\"");
    for text in [
        "90s",
        "1m30s",
        "PT90S",
        "90",
        "90.0",
        "1 minute 30 seconds",
        "1:30",
    ] {
        assert_eq!(read::<Duration>(text), "\"PT1M30S\"", "{text}");
    }
    assert_eq!(read::<Option<Duration>>("null"), "null");
    assert_eq!(
        read::<Vec<Duration>>(r#"["2h", 0.5]"#),
        r#"["PT2H","PT0.5S"]"#
    );
    assert_eq!(
        read::<SystemTime>("today"),
        "expected date-time such as 2024-01-31T12:30:00Z, found \"today\""
    );
    assert_eq!(
        read::<Duration>("1 fortnight"),
        "expected duration such as 90s, 1h30m or PT90S, found \"1 fortnight\""
    );
}

/// `Run { at, took, scale: float, files: [file], kind: enum, pair: (…), note: text or none }`
const RUN: LiteralType = {
    #[expect(clippy::unnecessary_wraps, reason = "as fields have it")]
    const fn field(literal_type: LiteralType) -> Option<Variant> {
        Some(Variant {
            literal_type,
            tag: "",
        })
    }
    const FILE: LiteralType = LiteralType::Blob(BlobType {
        format: "csv",
        multipart: false,
    });
    const KIND: EnumType = EnumType {
        values: &["full", "test"],
        encoded: &[],
    };
    LiteralType::Dataclass(&Dataclass {
        title: "Run",
        names: &["at", "took", "scale", "files", "kind", "pair", "note"],
        renamed: &[],
        types: &[
            field(SystemTime::LITERAL_TYPE),
            field(Duration::LITERAL_TYPE),
            field(f64::LITERAL_TYPE),
            field(LiteralType::Collection(&FILE)),
            field(LiteralType::Enum(&KIND)),
            None,
            field(Option::<String>::LITERAL_TYPE),
        ],
        schema: &[],
        structure: &[],
    })
};

#[test]
fn a_day_is_no_point_in_time_if_it_can_be_one() {
    let variant = |tag| Variant {
        literal_type: SystemTime::LITERAL_TYPE,
        tag,
    };
    let union = LiteralType::Union(Union {
        variants: Vec::leak(vec![variant("datetime"), variant("date")]),
        or_none: true,
        encoded: &[],
    });
    for (text, tag) in [("2024-01-31", "date"), ("2024-01-31T12", "datetime")] {
        let bytes = LiteralWriter::to_bytes(|out| write_text(out, &union, text, &Here));
        let bytes = bytes.expect("a time");
        let Ok(Content::Union(chosen)) = LiteralRef::new(&bytes).content() else {
            panic!("a union")
        };
        assert_eq!(chosen.tag(), Ok(Some(tag)));
    }
}

#[test]
fn an_object_is_guided_by_its_fields() {
    let given = r#"{
        "scale": 2, "at": "2024-01-31", "took": "1m", "files": ["s3://b/x"],
        "kind": "test", "pair": [1, "x"], "note": null
    }"#;
    // In the order of the fields, with floats for floats.
    let expected = json!({
        "at": "2024-01-31", "took": 60.0, "scale": 2.0, "files": [{"path": "s3://b/x"}],
        "kind": "test", "pair": [1, "x"], "note": null,
    });
    assert_eq!(read_as(RUN, given), expected.to_string());
    assert_eq!(read_as(RUN, "{}"), "{}");
}

#[test]
fn a_mistake_in_an_object_is_found() {
    let runs = LiteralType::Collection(&RUN);
    for (text, message) in [
        (
            r#"[{"kind": "no"}]"#,
            "[0].kind: expected one of full, test, found \"no\"",
        ),
        (
            r#"[{"files": [1]}]"#,
            "[0].files[0]: expected path or URI of a file of csv, found 1",
        ),
        (
            r#"[{"scalar": 1}]"#,
            "[0]: there is no field `scalar`; the fields are \
             `at`, `took`, `scale`, `files`, `kind`, `pair`, `note`",
        ),
    ] {
        assert_eq!(read_as(runs, text), message);
    }
}

#[test]
fn a_dict_is_json() {
    assert_eq!(read::<Value>(r#"{"a": [1, 2.5]}"#), r#"{"a":[1,2.5]}"#);
    assert_eq!(
        read::<BTreeMap<i64, bool>>(r#"{"7": true}"#),
        r#"{"7":true}"#
    );
    assert_eq!(read::<Value>("[1]"), "expected object as JSON, found [1]");
}

#[test]
fn what_json_has_no_form_for_is_shown() {
    let bytes = b"\x84\x01\xcb\x7f\xf0\0\0\0\0\0\0\xa1b\xc4\x02xy\xa1e\xd4\x01\x00\xa1n\xc0";
    let shown = object_json(&mut MsgpackReader::new(bytes), 2).expect("msgpack");
    let expected = json!({
        "1": "inf", "b": "<2 bytes>", "e": "<an extension of msgpack>", "n": null,
    });
    assert_eq!(shown, expected);
    let deep = object_json(&mut MsgpackReader::new(b"\x91\x91\x07"), 1).expect("msgpack");
    assert_eq!(deep, json!(["…"]));
}

#[test]
fn other_text_is_refused_with_what_is_expected() {
    assert_eq!(read::<i64>("3.5"), "expected integer, found 3.5");
    assert_eq!(read::<i64>("x"), "expected integer, found `x`");
    assert_eq!(
        read::<Vec<i64>>("[1, true]"),
        "[1]: expected integer, found true"
    );
}
