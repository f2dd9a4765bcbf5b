//! One of several names: enums whose variants have no values.

use super::error::Excerpt;
use super::record::Names;
use super::{Content, FlyteType, LiteralRef, MsgpackReader, ValueError, data};

/// Reads a name, and returns its index.
///
/// # Errors
///
/// If the value is not text, or not one of the names.
pub fn unpack(value: &mut MsgpackReader<'_>, names: &Names) -> Result<usize, ValueError> {
    find(value.str()?, names)
}

/// Reads a literal that is a name; `at` returns the value for its index.
///
/// # Errors
///
/// If the literal is malformed, not text, or not one of the names.
pub fn decode<T: FlyteType>(
    literal: LiteralRef<'_>,
    names: &Names,
    at: fn(usize) -> Result<T, ValueError>,
) -> Result<T, ValueError> {
    match literal.content()? {
        Content::String(name) => find(name, names).and_then(at),
        _ => data::decode(literal, one_of(names.names)),
    }
}

fn find(name: &str, names: &Names) -> Result<usize, ValueError> {
    let found = names.find(name);
    found.ok_or_else(|| unknown(name, names.names))
}

/// The error for an index without a value, which no name has.
#[cold]
pub fn lost() -> ValueError {
    ValueError::other("a name was lost")
}

#[cold]
pub(super) fn unknown(name: &str, choices: &[&str]) -> ValueError {
    ValueError::mismatch(one_of(choices), format_args!("string {}", Excerpt(name)))
}

/// `"red", "green" or "blue"`
pub(super) fn one_of(choices: &[&str]) -> String {
    let quoted = |name: &&str| format!("{name:?}");
    match choices {
        [rest @ .., last] if !rest.is_empty() => {
            let rest: Vec<_> = rest.iter().map(quoted).collect();
            format!("{} or {}", rest.join(", "), quoted(last))
        }
        _ => choices.iter().map(quoted).collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::FlyteData;
    use crate::types::{
        FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter,
    };

    #[derive(Debug, PartialEq, FlyteData)]
    #[serde(rename_all = "lowercase")]
    #[flyte(crate = crate)]
    enum Color {
        Red,
        Green,
        #[serde(alias = "azure")]
        Blue,
    }

    fn decoded(text: &str) -> Result<Color, String> {
        let literal = LiteralWriter::to_bytes(|out| Ok(out.string(text))).unwrap();
        Color::decode(LiteralRef::new(&literal)).map_err(|error| error.to_string())
    }

    fn unpacked(text: &str) -> Result<Color, String> {
        let data = MsgpackWriter::to_bytes(|out| Ok(out.str(text))).unwrap();
        Color::unpack(&mut MsgpackReader::new(&data)).map_err(|error| error.to_string())
    }

    #[test]
    fn names_are_read_and_written() {
        for (name, color) in [
            ("red", Color::Red),
            ("green", Color::Green),
            ("blue", Color::Blue),
        ] {
            let literal = LiteralWriter::to_bytes(|out| color.encode(out)).unwrap();
            assert_eq!(
                literal,
                LiteralWriter::to_bytes(|out| Ok(out.string(name))).unwrap()
            );
            let data = MsgpackWriter::to_bytes(|out| color.pack(out)).unwrap();
            assert_eq!(
                data,
                MsgpackWriter::to_bytes(|out| Ok(out.str(name))).unwrap()
            );
            assert_eq!(unpacked(name).as_ref(), Ok(&color));
            assert_eq!(decoded(name), Ok(color));
        }
        assert_eq!(decoded("azure"), Ok(Color::Blue));
        let literal = LiteralWriter::to_bytes(|out| out.msgpack(|out| Ok(out.str("red"))));
        assert_eq!(
            Color::decode(LiteralRef::new(&literal.unwrap())).unwrap(),
            Color::Red
        );
    }

    #[test]
    fn other_names_are_refused() {
        let message = r#"expected "red", "green" or "blue", found string "Red""#;
        assert_eq!(decoded("Red").unwrap_err(), message);
        assert_eq!(unpacked("Red").unwrap_err(), message);
        let literal = LiteralWriter::to_bytes(|out| Ok(out.integer(1))).unwrap();
        let error = Color::decode(LiteralRef::new(&literal)).unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"expected "red", "green" or "blue", found integer 1"#
        );
    }
}
