//! The application of a Spark task, which `spark-submit` starts.

use crate::text::{Cursor, has_blank};

/// Checks a class name for `java` and `spark-submit --class`: identifiers joined by dots, such as
/// `org.example.Main`.
///
/// The grammar is that of binary names in the Java Language Specification, 13.1.
///
/// ```
/// use flytekit_grammar::java_class;
/// assert!(java_class("org.apache.spark.examples.SparkPi").is_ok());
/// assert!(java_class("org/apache/spark/examples/SparkPi.class").is_err());
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the name.
pub const fn java_class(name: &str) -> Result<(), &'static str> {
    const PROBLEM: &str =
        "is not the name of a class: identifiers joined by dots, such as `org.example.Main`";
    let bytes = name.as_bytes();
    let mut at_start = true;
    let mut index = 0;
    while index < bytes.len() {
        let byte = bytes[index];
        let starts = byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$' | 0x80..);
        match byte {
            b'.' if !at_start => at_start = true,
            b'0'..=b'9' if !at_start => {}
            _ if starts => at_start = false,
            _ => return Err(PROBLEM),
        }
        index += 1;
    }
    if at_start { Err(PROBLEM) } else { Ok(()) }
}

/// Checks the location of a Scala or Java application: the absolute path in the image, or the URI, of a
/// `.jar`.
///
/// ```
/// use flytekit_grammar::jar;
/// assert!(jar("local:///opt/app.jar").is_ok());
/// assert!(jar("app.jar").unwrap_err().contains("absolute path"));
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the path.
pub const fn jar(path: &str) -> Result<(), &'static str> {
    let problem = "does not end in `.jar`, as the application of a Scala or Java task does";
    file(path, ends_with(path, ".jar"), problem)
}

/// Checks the location of a Python application: the absolute path in the image, or the URI, of a `.py`.
///
/// ```
/// use flytekit_grammar::python_file;
/// assert!(python_file("/opt/app.py").is_ok());
/// assert!(python_file("/opt/app.jar").is_err());
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the path.
pub const fn python_file(path: &str) -> Result<(), &'static str> {
    let problem = "does not end in `.py`, by which Spark recognizes an application in Python";
    file(path, ends_with(path, ".py"), problem)
}

/// Checks the location of an R application: the absolute path in the image, or the URI, of a `.R` or `.r`.
///
/// ```
/// use flytekit_grammar::r_file;
/// assert!(r_file("s3a://bucket/app.R").is_ok());
/// assert!(r_file("/opt/app.py").is_err());
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the path.
pub const fn r_file(path: &str) -> Result<(), &'static str> {
    let problem = "does not end in `.R` or `.r`, by which Spark recognizes an application in R";
    file(
        path,
        ends_with(path, ".R") || ends_with(path, ".r"),
        problem,
    )
}

const fn file(
    path: &str,
    has_its_ending: bool,
    otherwise: &'static str,
) -> Result<(), &'static str> {
    if path.is_empty() {
        Err("is empty: an application has a path in the image, such as `/opt/app.jar`")
    } else if has_blank(path) {
        Err("has a blank in it")
    } else if !is_absolute(path) {
        Err(
            "is neither an absolute path nor a URI, such as `/opt/app.jar` or `s3a://bucket/app.jar`",
        )
    } else if has_its_ending {
        Ok(())
    } else {
        Err(otherwise)
    }
}

const fn ends_with(text: &str, suffix: &str) -> bool {
    if suffix.len() > text.len() {
        return false;
    }
    let mut cursor = Cursor::new(text);
    cursor.advance(text.len() - suffix.len());
    cursor.rest_is(suffix)
}

/// Whether the path begins with `/`, or with a scheme, `:` and `/`.
const fn is_absolute(path: &str) -> bool {
    let mut cursor = Cursor::new(path);
    if cursor.peek() == b'/' {
        return true;
    }
    if !cursor.peek().is_ascii_alphabetic() {
        return false;
    }
    while cursor.peek().is_ascii_alphanumeric() || matches!(cursor.peek(), b'+' | b'-' | b'.') {
        cursor.advance(1);
    }
    cursor.starts_with(":/")
}

/// Checks an argument that is passed on unchanged: the backend would replace template variables, such as
/// `{{.input}}`, in all arguments, and a run elsewhere would not.
///
/// ```
/// use flytekit_grammar::application_argument;
/// assert!(application_argument("--partitions").is_ok());
/// assert!(application_argument("--in={{.input}}").is_err());
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the argument.
pub const fn application_argument(text: &str) -> Result<(), &'static str> {
    let mut cursor = Cursor::new(text);
    while !cursor.is_at_end() {
        if is_variable(cursor) {
            return Err(
                "has a template variable, which only Flyte's backend replaces: name an input of the task instead",
            );
        }
        cursor.advance(1);
    }
    Ok(())
}

/// Whether the backend takes the text here for a variable: `{{.name}}` or `{{ $name }}`.
const fn is_variable(mut here: Cursor<'_>) -> bool {
    if !here.starts_with("{{") {
        return false;
    }
    here.advance(2);
    while here.peek().is_ascii_whitespace() {
        here.advance(1);
    }
    matches!(here.peek(), b'.' | b'$')
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::String;

    use proptest::prelude::*;

    use super::{application_argument, jar, java_class, python_file, r_file};

    #[test]
    fn classes() {
        for name in [
            "Main",
            "a.b.C",
            "a.B$Inner",
            "_a.$1",
            "org.exämple.Main",
            "a1.b2",
        ] {
            assert_eq!(java_class(name), Ok(()), "{name}");
        }
        for name in [
            "", ".", "a.", ".a", "a..b", "1a", "a.1b", "a/b", "a b", "a-b.C",
        ] {
            assert!(java_class(name).is_err(), "{name}");
        }
    }

    #[test]
    fn files() {
        for path in [
            "/a.jar",
            "local:///a.jar",
            "local:/a.jar",
            "s3a://b/c.jar",
            "https://h/a.jar",
        ] {
            assert_eq!(jar(path), Ok(()), "{path}");
        }
        for (path, hint) in [
            ("", "empty"),
            ("/a b.jar", "blank"),
            ("a.jar", "absolute"),
            ("./a.jar", "absolute"),
            ("C:\\a.jar", "absolute"),
            ("1a:/b.jar", "absolute"),
            (":/a.jar", "absolute"),
            ("/a.py", "`.jar`"),
            ("/ajar", "`.jar`"),
        ] {
            assert!(jar(path).expect_err(path).contains(hint), "{path}");
        }
        assert_eq!(python_file("/a.py"), Ok(()));
        assert!(python_file("/a.R").is_err());
        assert_eq!((r_file("/a.R"), r_file("/a.r")), (Ok(()), Ok(())));
        assert!(r_file("/a.py").is_err());
    }

    #[test]
    fn arguments() {
        for text in ["", "a b", "$HOME", "{{", "{{}}", "{.a}", "{{a}}", "}}{{ "] {
            assert_eq!(application_argument(text), Ok(()), "{text}");
        }
        for text in ["{{.input}}", "x={{ $outputPrefix }}", "{{{.a"] {
            assert!(application_argument(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = (java_class(&text), jar(&text), r_file(&text), application_argument(&text));
        }
    }
}
