//! The line protocol of py4j, with which `spark-submit` lets a driver that is not a Java program use its JVM:
//! each command has one answer.
//!
//! A command consists of a word, its parameters, and an end, each on a line:
//!
//! ```text
//! c                                    a call
//! z:java.lang.System                   of a class's static method (`o12` for an object's)
//! getProperty
//! sspark.plugins                       with a string
//! e
//! ```
//!
//! The answer is one line: `!y` and a value (`syes`, `i7`, `btrue`, `ro12` for an object, `n`, `v`), or `!x`
//! and the exception: an object, or a text if py4j itself has refused the command. In strings a backslash
//! escapes itself and line breaks.
//!
//! This module has only the parts that a Spark driver needs: no lists, no fields except `MODULE$`, no
//! callbacks. The protocol is the one of py4j 0.10.9, which Spark 3.5 to 4.3 use.

/// A command, with its parameters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Command<'a> {
    /// Sends the secret: the first command of a connection.
    Authenticate(&'a str),
    /// Creates an object of a class.
    Construct(&'a str),
    /// Calls a method.
    Call {
        of: Target<'a>,
        method: &'a str,
        with: &'a [CallArgument<'a>],
    },
    /// The instance of a Scala `object`, by its class name, which ends in `$`.
    Module(&'a str),
    /// The stack trace of an exception, as one text.
    Trace(&'a Object),
}

/// The receiver of a method call.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'a> {
    Class(&'a str),
    Object(&'a Object),
}

/// An argument of a method call.
#[derive(Clone, Copy, Debug)]
pub(super) enum CallArgument<'a> {
    Text(&'a str),
    Object(&'a Object),
}

/// The name of an object in the JVM: `o12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object(String);

/// The result of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// No value: the result of a void method, or `null`.
    Nothing,
    Text(String),
    Integer(i64),
    Boolean(bool),
    Object(Object),
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Done(Value),
    /// A Java exception, whose trace can be fetched.
    Thrown(Object),
    /// The message of py4j for a command that it refuses.
    Refused(String),
}

impl Command<'_> {
    /// The lines of the command.
    pub(super) fn lines(&self) -> String {
        match *self {
            // The only command without an end.
            Command::Authenticate(secret) => lines(&["A", secret]),
            Command::Construct(class) => lines(&["i", class, END]),
            Command::Module(class) => lines(&["r", "m", class, "MODULE$", END]),
            Command::Trace(Object(exception)) => lines(&["p", &format!("r{exception}"), END]),
            Command::Call { of, method, with } => {
                let of = match of {
                    Target::Class(class) => format!("z:{class}"),
                    Target::Object(Object(name)) => name.clone(),
                };
                let with: String = with.iter().map(CallArgument::line).collect();
                lines(&["c", &of, method]) + &with + &lines(&[END])
            }
        }
    }
}

impl CallArgument<'_> {
    fn line(&self) -> String {
        match self {
            CallArgument::Text(text) => format!("s{}\n", escape(text)),
            CallArgument::Object(Object(name)) => format!("r{name}\n"),
        }
    }
}

const END: &str = "e";

fn lines(parts: &[&str]) -> String {
    parts.iter().flat_map(|part| [*part, "\n"]).collect()
}

impl Reply {
    /// Parses the line of an answer, without its line break.
    ///
    /// # Errors
    ///
    /// If it is not an answer, or has a kind of value that no command here returns; the error shows it.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let unknown = || format!("`{}`", String::from_utf8_lossy(&line[..line.len().min(64)]));
        let text = str::from_utf8(line).map_err(|_| unknown())?;
        // Older versions omit the mark.
        let text = text.strip_prefix('!').unwrap_or(text);
        let (status, value) = text.split_at_checked(1).ok_or_else(unknown)?;
        let value = Value::parse(value).ok_or_else(unknown)?;
        match (status, value) {
            ("y", value) => Ok(Reply::Done(value)),
            ("x", Value::Object(exception)) => Ok(Reply::Thrown(exception)),
            ("x", Value::Text(reason)) => Ok(Reply::Refused(reason)),
            ("x", Value::Nothing) => Ok(Reply::Refused(String::new())),
            _ => Err(unknown()),
        }
    }
}

impl Value {
    fn parse(text: &str) -> Option<Self> {
        let Some((kind, rest)) = text.split_at_checked(1) else {
            // A lone `!x`.
            return text.is_empty().then_some(Value::Nothing);
        };
        match kind {
            "v" | "n" => Some(Value::Nothing),
            "s" => Some(Value::Text(unescape(rest))),
            "i" | "L" => rest.parse().ok().map(Value::Integer),
            "b" => rest.to_ascii_lowercase().parse().ok().map(Value::Boolean),
            "r" => Object::named(rest).map(Value::Object),
            _ => None,
        }
    }
}

impl Object {
    /// An object's name. It comes from the other side, so it is checked before it is used in a command.
    fn named(name: &str) -> Option<Self> {
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_name.then(|| Object(name.to_owned()))
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', r"\\")
        .replace('\r', r"\r")
        .replace('\n', r"\n")
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.extend(characters.next().map(|escaped| match escaped {
                'n' => '\n',
                'r' => '\r',
                itself => itself,
            })),
            _ => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn commands_are_lines() {
        let object = Object::named("o12").unwrap();
        for (command, expected) in [
            (Command::Authenticate("secret"), "A\nsecret\n"),
            (Command::Construct("a.B"), "i\na.B\ne\n"),
            (Command::Module("a.B$"), "r\nm\na.B$\nMODULE$\ne\n"),
            (Command::Trace(&object), "p\nro12\ne\n"),
            (
                Command::Call {
                    of: Target::Class("a.B"),
                    method: "c",
                    with: &[CallArgument::Text("d\ne\\f"), CallArgument::Text("")],
                },
                "c\nz:a.B\nc\nsd\\ne\\\\f\ns\ne\n",
            ),
            (
                Command::Call {
                    of: Target::Object(&object),
                    method: "stop",
                    with: &[],
                },
                "c\no12\nstop\ne\n",
            ),
            (
                Command::Call {
                    of: Target::Class("a.B"),
                    method: "c",
                    with: &[CallArgument::Object(&object)],
                },
                "c\nz:a.B\nc\nro12\ne\n",
            ),
        ] {
            assert_eq!(command.lines(), expected);
        }
    }

    #[test]
    fn answers_are_read() {
        let done = |value| Ok(Reply::Done(value));
        let object = Object::named("o12").unwrap();
        for (line, reply) in [
            ("!yv", done(Value::Nothing)),
            ("!yn", done(Value::Nothing)),
            ("yv", done(Value::Nothing)),
            ("!ys", done(Value::Text(String::new()))),
            ("!ysa\\nb\\\\n", done(Value::Text("a\nb\\n".to_owned()))),
            ("!yi-7", done(Value::Integer(-7))),
            ("!yL7000000000", done(Value::Integer(7_000_000_000))),
            ("!ybtrue", done(Value::Boolean(true))),
            ("!yro12", done(Value::Object(object.clone()))),
            ("!xro12", Ok(Reply::Thrown(object))),
            ("!xsno\\nway", Ok(Reply::Refused("no\nway".to_owned()))),
            ("!x", Ok(Reply::Refused(String::new()))),
            ("!xn", Ok(Reply::Refused(String::new()))),
        ] {
            assert_eq!(Reply::parse(line.as_bytes()), reply, "{line}");
        }
    }

    #[test]
    fn what_is_no_answer_is_shown() {
        for line in [
            "",
            "!",
            "!z",
            "HTTP/1.1 400 Bad Request",
            "!yi",
            "!yix",
            "!yro\\n",
            "!yd1.5",
            "!xi1",
        ] {
            let shown = Reply::parse(line.as_bytes()).unwrap_err();
            assert_eq!(shown, format!("`{line}`"));
        }
        assert!(Reply::parse(b"!ys\xff").is_err());
    }

    proptest! {
        #[test]
        fn texts_come_back(text in any::<String>()) {
            let command = Command::Call { of: Target::Class("a"), method: "b", with: &[CallArgument::Text(&text)] };
            let lines = command.lines();
            let sent = lines.split('\n').nth(3).unwrap_or_default();
            prop_assert_eq!(lines.matches('\n').count(), 5);
            let line = format!("!y{sent}");
            prop_assert_eq!(Reply::parse(line.as_bytes()), Ok(Reply::Done(Value::Text(text))));
        }

        #[test]
        fn any_line_is_answered(line in any::<Vec<u8>>()) {
            let _ = Reply::parse(&line);
        }
    }
}
