//! Messages as text for people.

use std::fmt::{Display, Write as _};

use crate::error::Error;
use crate::tree::{Message, Value};

/// A message in [text format](https://protobuf.dev/reference/protobuf/textformat-spec/), which Python's
/// `google.protobuf.text_format` can parse.
///
/// Fields are sorted by number and map entries by key, so equal messages have equal text. A field that this
/// crate does not declare appears as a comment with its number.
///
/// `message_name` is the full name, for example `flyteidl.core.TaskTemplate`.
///
/// ```
/// use flytekit_proto::flyteidl::core::{Identifier, ResourceType, TaskTemplate};
/// use flytekit_proto::text;
/// use prost::{Message, Name};
///
/// let template = TaskTemplate {
///     id: Some(Identifier {
///         resource_type: ResourceType::Task.into(),
///         name: "app.add".to_owned(),
///         ..Identifier::default()
///     }),
///     r#type: "rust-task".to_owned(),
///     ..TaskTemplate::default()
/// };
/// let text = text::format(&TaskTemplate::full_name(), &template.encode_to_vec())?;
/// assert_eq!(
///     text,
///     r#"id {
///   resource_type: TASK
///   name: "app.add"
/// }
/// type: "rust-task"
/// "#
/// );
/// # Ok::<(), flytekit_proto::Error>(())
/// ```
///
/// # Errors
///
/// If no message has that name, or if the bytes are not such a message.
pub fn format(message_name: &str, bytes: &[u8]) -> Result<String, Error> {
    let message = Message::decode(message_name, bytes)?;
    let mut printer = Printer::default();
    printer.message(&message);
    Ok(printer.text)
}

/// Text that grows line by line, indented by two spaces per level.
#[derive(Default)]
struct Printer {
    text: String,
    depth: usize,
}

impl Printer {
    fn message(&mut self, message: &Message<'_>) {
        for (field, value) in message.fields() {
            self.field(field.name, value);
        }
        for number in message.undeclared() {
            self.line(&format!("# field {number} is not declared here"));
        }
    }

    fn field(&mut self, name: &str, value: &Value<'_>) {
        match value {
            Value::List(values) => {
                for value in values {
                    self.field(name, value);
                }
            }
            // On the wire, and therefore in the text, a map is a list of messages with a key and a value.
            Value::Map(entries) => {
                for (key, value) in entries {
                    self.block(name, |printer| {
                        printer.line(&format!("key: {}", quoted(key)));
                        printer.field("value", value);
                    });
                }
            }
            Value::Message(message) => self.block(name, |printer| printer.message(message)),
            Value::Bool(value) => self.scalar(name, value),
            Value::I32(value) => self.scalar(name, value),
            Value::I64(value) => self.scalar(name, value),
            Value::U32(value) => self.scalar(name, value),
            Value::U64(value) => self.scalar(name, value),
            Value::F64(value) => self.scalar(name, &float(*value)),
            Value::Text(value) => self.scalar(name, &quoted(value)),
            Value::Bytes(value) => self.scalar(name, &quoted_bytes(value)),
            // The name, or the number if only a newer writer knows the name.
            Value::Choice(choice) => match choice.name() {
                Some(value) => self.scalar(name, &value),
                None => self.scalar(name, &choice.number),
            },
        }
    }

    fn block(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.line(&format!("{name} {{"));
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.line("}");
    }

    fn scalar(&mut self, name: &str, value: &dyn Display) {
        self.line(&format!("{name}: {value}"));
    }

    fn line(&mut self, line: &str) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// Rust formats infinities like the text format, but `NaN` in capitals.
fn float(value: f64) -> String {
    if value.is_nan() {
        "nan".to_owned()
    } else {
        format!("{value:?}")
    }
}

fn quoted(value: &str) -> String {
    let mut quoted = String::from('"');
    for character in value.chars() {
        if character.is_ascii() || character.is_control() {
            let mut buffer = [0; 4];
            for byte in character.encode_utf8(&mut buffer).bytes() {
                push_escaped(&mut quoted, byte);
            }
        } else {
            quoted.push(character);
        }
    }
    quoted.push('"');
    quoted
}

fn quoted_bytes(value: &[u8]) -> String {
    let mut quoted = String::from('"');
    for byte in value {
        push_escaped(&mut quoted, *byte);
    }
    quoted.push('"');
    quoted
}

/// Octal is the only escape of the text format with a fixed width, so that the following character cannot
/// become part of it.
fn push_escaped(text: &mut String, byte: u8) {
    match byte {
        b'\n' => text.push_str("\\n"),
        b'\r' => text.push_str("\\r"),
        b'\t' => text.push_str("\\t"),
        b'"' => text.push_str("\\\""),
        b'\\' => text.push_str("\\\\"),
        b' '..=b'~' => text.push(char::from(byte)),
        _ => write!(text, "\\{byte:03o}").expect("a string takes every write"),
    }
}

#[cfg(all(test, feature = "messages"))]
mod tests {
    use std::collections::BTreeMap;

    use prost::{Message, Name};

    use super::*;
    use crate::flyteidl::core::{self, literal, primitive, scalar};

    fn text<M: Message + Name>(message: &M) -> String {
        format(&M::full_name(), &message.encode_to_vec()).expect("an own message prints")
    }

    fn primitive(value: primitive::Value) -> core::Primitive {
        core::Primitive { value: Some(value) }
    }

    fn literal(value: primitive::Value) -> core::Literal {
        let scalar = core::Scalar {
            value: Some(scalar::Value::Primitive(primitive(value))),
        };
        core::Literal {
            value: Some(literal::Value::Scalar(Box::new(scalar))),
            ..core::Literal::default()
        }
    }

    #[test]
    fn map_entries_are_sorted_and_indented() {
        let literals = BTreeMap::from([
            ("b".to_owned(), literal(primitive::Value::Integer(2))),
            ("a".to_owned(), literal(primitive::Value::Boolean(false))),
        ]);
        assert_eq!(
            text(&core::LiteralMap { literals }),
            r#"literals {
  key: "a"
  value {
    scalar {
      primitive {
        boolean: false
      }
    }
  }
}
literals {
  key: "b"
  value {
    scalar {
      primitive {
        integer: 2
      }
    }
  }
}
"#
        );
    }

    #[test]
    fn strings_stay_readable_and_on_one_line() {
        let value = primitive(primitive::Value::StringValue(
            "é \"a\\b\"\n\t\u{1}7\u{85}".to_owned(),
        ));
        assert_eq!(
            text(&value),
            "string_value: \"é \\\"a\\\\b\\\"\\n\\t\\0017\\302\\205\"\n"
        );
    }

    #[test]
    fn bytes_are_escaped_one_by_one() {
        let value = core::Binary {
            value: vec![0, b'a', 0xff],
            tag: String::new(),
        };
        assert_eq!(text(&value), "value: \"\\000a\\377\"\n");
    }

    #[test]
    fn floats_that_are_no_numbers_have_names() {
        let float = |value| text(&primitive(primitive::Value::FloatValue(value)));
        assert_eq!(float(1.0), "float_value: 1.0\n");
        assert_eq!(float(f64::NEG_INFINITY), "float_value: -inf\n");
        assert_eq!(float(f64::NAN), "float_value: nan\n");
    }

    #[test]
    fn an_unknown_enum_value_is_a_number() {
        let id = core::Identifier {
            resource_type: 77,
            ..core::Identifier::default()
        };
        assert_eq!(text(&id), "resource_type: 77\n");
    }

    #[test]
    fn an_undeclared_field_is_mentioned() {
        let sql_of_a_template = [0x92, 0x01, 0x00];
        assert_eq!(
            format("flyteidl.core.TaskTemplate", &sql_of_a_template).unwrap(),
            "# field 18 is not declared here\n"
        );
    }

    #[test]
    fn what_cannot_be_printed_is_an_error() {
        let error = format("flyteidl.core.Nothing", &[]).unwrap_err();
        assert!(matches!(error, Error::UnknownMessage { .. }));
        let error = format("flyteidl.core.TaskTemplate", &[0xff]).unwrap_err();
        assert!(matches!(error, Error::Decode { .. }));
    }
}
