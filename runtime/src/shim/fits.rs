//! Compares literals with types that are only known at run time.

use std::borrow::Cow;

use crate::declare::{LiteralType, SimpleType, Union, words};
use crate::types::{
    Content, FlyteType, LiteralRef, LiteralWriter, UnionRef, ValueError, fetch_offloaded,
};
use crate::wire::Writer;

/// An input in the form of its type. Offloaded data is fetched. A number or a text that the backend took out
/// of an object is converted from the object's encoding.
pub(crate) fn input<'a>(
    literal: LiteralRef<'a>,
    declared: &LiteralType,
) -> Result<Cow<'a, [u8]>, ValueError> {
    let (bytes, is_packed) = match literal.content()? {
        Content::Offloaded(offloaded) => (Cow::Owned(fetch_offloaded(offloaded)?), false),
        Content::Binary(_) | Content::Generic(_) => (Cow::Borrowed(literal.bytes()), true),
        _ => (Cow::Borrowed(literal.bytes()), false),
    };
    if !is_packed {
        check(LiteralRef::new(&bytes), declared)?;
        return Ok(bytes);
    }
    match declared {
        LiteralType::Simple(SimpleType::Integer) => unpacked::<i64>(literal),
        LiteralType::Simple(SimpleType::Float) => unpacked::<f64>(literal),
        LiteralType::Simple(SimpleType::String) => unpacked::<String>(literal),
        LiteralType::Simple(SimpleType::Boolean) => unpacked::<bool>(literal),
        _ => Ok(bytes),
    }
}

fn unpacked<'a, T: FlyteType>(literal: LiteralRef<'_>) -> Result<Cow<'a, [u8]>, ValueError> {
    let value = T::decode(literal)?;
    LiteralWriter::to_bytes(|out| value.encode(out)).map(Cow::Owned)
}

/// An output in the form of its type: for a union, with the variant of the value.
pub(super) fn output(literal: Vec<u8>, declared: &LiteralType) -> Result<Vec<u8>, ValueError> {
    let value = LiteralRef::new(&literal);
    if let (LiteralType::Union(union), false) = (
        declared,
        matches!(value.content()?, Content::Union(_) | Content::Offloaded(_)),
    ) {
        return in_union(value, union, declared);
    }
    check(value, declared)?;
    Ok(literal)
}

/// `scalar { union { value, type } }`
fn in_union(
    value: LiteralRef<'_>,
    union: &Union,
    declared: &LiteralType,
) -> Result<Vec<u8>, ValueError> {
    let mut variants = union.each();
    let chosen = variants.find(|variant| check(value, &variant.literal_type).is_ok());
    let chosen = chosen.ok_or_else(|| unexpected(value, declared))?;
    Ok(Writer::to_bytes(|w| {
        chosen.encode(w);
        w.message(2, 0);
        w.bytes(1, value.bytes());
        w.message(9, 0);
        w.message(1, 0);
    }))
}

/// Refuses a literal that is not a value of the type, as far as this is visible without its data.
fn check(literal: LiteralRef<'_>, declared: &LiteralType) -> Result<(), ValueError> {
    use LiteralType as Type;
    let content = literal.content()?;
    let fits = match (declared, content) {
        (_, Content::Offloaded(_))
        | (Type::Pickle { .. }, Content::Blob(_))
        | (Type::Dict | Type::Dataclass(_), Content::Binary(_) | Content::Generic(_)) => true,
        (Type::Simple(simple), content) => content.is_simple(*simple),
        (Type::Collection(element), Content::Collection(list)) => {
            for (index, it) in list.iter().enumerate() {
                check(it?, element).map_err(|error| error.at_index(index))?;
            }
            true
        }
        (Type::Map(value), Content::Map(map)) => {
            for entry in map {
                let (key, it) = entry?;
                check(it, value).map_err(|error| error.at_key(key))?;
            }
            true
        }
        (Type::Union(union), Content::Union(chosen)) => is_one_of(chosen, union)?,
        (Type::StructuredDataset(declared), Content::StructuredDataset(dataset)) => {
            let columns = dataset.columns()?;
            let lacks = |name: &str| !columns.is_empty() && !columns.contains(&name);
            is_format(declared.format, dataset.format())
                && !declared.columns.iter().any(|column| lacks(column.name))
        }
        // The older form of a table in flytekit.
        (Type::StructuredDataset(_), Content::Other(what)) => what == "a schema",
        (Type::Blob(declared), Content::Blob(blob)) => {
            declared.multipart == blob.is_multipart() && is_format(declared.format, blob.format())
        }
        (Type::Enum(choices), Content::String(text)) => choices.values.contains(&text),
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(unexpected(literal, declared))
    }
}

fn unexpected(literal: LiteralRef<'_>, declared: &LiteralType) -> ValueError {
    ValueError::unexpected(words::type_name(declared), literal)
}

/// Whether the value fits one of the types; the reader finds the writer's variant.
fn is_one_of(chosen: UnionRef<'_>, union: &Union) -> Result<bool, ValueError> {
    let value = chosen.value();
    let is_packed = matches!(value.content()?, Content::Binary(_) | Content::Generic(_));
    let mut variants = union.each();
    Ok(is_packed || variants.any(|variant| check(value, &variant.literal_type).is_ok()))
}

/// Whether data in this format fits the declaration; an empty format fits all.
fn is_format(declared: &str, found: &str) -> bool {
    declared.is_empty() || found.is_empty() || declared == found
}

#[cfg(test)]
mod tests {
    use super::{input, output};
    use crate::declare::{LiteralType, StructuredDatasetType};
    use crate::types::{Content, FlyteDirectory, FlyteFile, FlyteType, LiteralRef, LiteralWriter};

    fn literal<T: FlyteType>(value: &T) -> Vec<u8> {
        LiteralWriter::to_bytes(|out| value.encode(out)).expect("a literal")
    }

    fn refused<T: FlyteType>(value: &T, declared: &LiteralType) -> String {
        let literal = literal(value);
        let as_input = input(LiteralRef::new(&literal), declared).expect_err("another type");
        let as_output = output(literal.clone(), declared).expect_err("another type");
        assert_eq!(as_input.to_string(), as_output.to_string());
        as_output.to_string()
    }

    #[test]
    fn a_value_of_its_type_stays_as_it_is() {
        fn stays<T: FlyteType>(value: &T) {
            let literal = literal(value);
            let read = input(LiteralRef::new(&literal), &T::LITERAL_TYPE).expect("its type");
            assert_eq!(&*read, literal);
            assert_eq!(
                output(literal.clone(), &T::LITERAL_TYPE).expect("its type"),
                literal
            );
        }
        stays(&7_i64);
        stays(&0.5_f64);
        stays(&true);
        stays(&"text".to_owned());
        stays(&vec![vec![1_i64], vec![]]);
        stays(&std::collections::BTreeMap::from([("a".to_owned(), 1_i64)]));
        stays(&Some(1_i64));
        stays(&None::<i64>);
        stays(&std::time::Duration::from_secs(1));
        let file: FlyteFile = FlyteFile::new("s3://b/x");
        stays(&file);
        stays(&serde_json::Map::from_iter([("a".to_owned(), 1.into())]));
    }

    #[test]
    fn another_type_is_refused_at_its_place() {
        for (said, expected) in [
            (
                refused(&7_i64, &String::LITERAL_TYPE),
                "expected string, found integer 7",
            ),
            (
                refused(&"x".to_owned(), &i64::LITERAL_TYPE),
                "expected integer, found string \"x\"",
            ),
            (
                refused(&vec![vec![0.5_f64]], &Vec::<Vec<i64>>::LITERAL_TYPE),
                "[0][0]: expected integer, found float 0.5",
            ),
            (
                refused(&7_i64, &Vec::<i64>::LITERAL_TYPE),
                "expected list of integer, found integer 7",
            ),
        ] {
            assert_eq!(said, expected);
        }
        let file: FlyteFile = FlyteFile::new("s3://b/x");
        let folder = refused(&file, &<FlyteDirectory as FlyteType>::LITERAL_TYPE);
        assert!(folder.starts_with("expected folder, found "), "{folder}");
    }

    #[test]
    fn a_value_gets_the_type_that_a_union_has_for_it() {
        let optional = Option::<i64>::LITERAL_TYPE;
        assert_eq!(
            output(literal(&7_i64), &optional).expect("a variant"),
            literal(&Some(7_i64))
        );
        assert_eq!(
            output(literal(&()), &optional).expect("a variant"),
            literal(&None::<i64>)
        );
        let error = output(literal(&true), &optional).expect_err("no variant");
        assert_eq!(
            error.to_string(),
            "expected integer or none, found boolean true"
        );
    }

    #[test]
    fn a_number_out_of_an_object_is_a_number() {
        let packed = LiteralWriter::to_bytes(|out| out.msgpack(|out| Ok(out.integer(7))));
        let packed = packed.expect("a literal");
        let read = input(LiteralRef::new(&packed), &i64::LITERAL_TYPE).expect("a number");
        assert!(matches!(
            LiteralRef::new(&read).content(),
            Ok(Content::Integer(7))
        ));
        let error = input(LiteralRef::new(&packed), &String::LITERAL_TYPE);
        assert!(error.is_err(), "{error:?}");
    }

    #[test]
    fn a_table_has_the_columns_and_the_format_that_are_declared() {
        const ID: LiteralType = declared(&[crate::declare::DatasetColumn::of::<i64>("id")]);
        const OTHER: LiteralType = declared(&[crate::declare::DatasetColumn::of::<i64>("other")]);
        const fn declared(
            columns: &'static [crate::declare::DatasetColumn<'static>],
        ) -> LiteralType {
            LiteralType::StructuredDataset(StructuredDatasetType {
                columns,
                encoded: &[],
                format: "parquet",
            })
        }

        let columns = [crate::declare::DatasetColumn::of::<i64>("id")];
        let written = |format| {
            let dataset = StructuredDatasetType {
                columns: &columns,
                encoded: &[],
                format,
            };
            LiteralWriter::to_bytes(|out| Ok(out.structured_dataset("s3://b/x", &dataset)))
                .expect("a literal")
        };
        assert!(output(written("parquet"), &ID).is_ok());
        assert!(output(written(""), &ID).is_ok());
        assert!(output(written("csv"), &ID).is_err());
        assert!(output(written("parquet"), &OTHER).is_err());
    }
}
