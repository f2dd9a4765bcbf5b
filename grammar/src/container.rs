//! Containers of any program: their folders, and the placeholders in their commands.

use crate::text::{Cursor, equals_ignoring_case, has_blank};

/// The folder for inputs in a container that names none: the default of Flyte's copilot.
pub const INPUT_DIR: &str = "/var/flyte/inputs";

/// The folder for outputs in a container that names none.
pub const OUTPUT_DIR: &str = "/var/flyte/outputs";

/// The placeholders that the backend replaces in commands, besides `inputs.NAME`.
pub const COMMAND_VARIABLES: [&str; 9] = [
    "input",
    "inputPrefix",
    "outputPrefix",
    "rawOutputDataPrefix",
    "checkpointOutputPrefix",
    "prevCheckpointPrefix",
    "perRetryUniqueKey",
    "taskTemplatePath",
    "namespace",
];

/// The prefix of an input's placeholder in commands.
const INPUTS: &str = "inputs.";

/// Checks a folder of a container, into which Flyte's copilot writes inputs, or from which it reads outputs.
///
/// ```
/// use flytekit_grammar::container_folder;
/// assert!(container_folder("/var/inputs").is_ok());
/// assert!(container_folder("inputs").unwrap_err().contains("absolute"));
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the path.
pub const fn container_folder(path: &str) -> Result<(), &'static str> {
    let cursor = Cursor::new(path);
    if path.is_empty() {
        return Err("is empty: leave it out for copilot's default folder");
    }
    if cursor.peek() != b'/' {
        return Err("is not an absolute path in the container, such as `/var/inputs`");
    }
    if has_blank(path) {
        return Err("has a blank in it");
    }
    folder_parts(cursor)
}

const fn folder_parts(mut cursor: Cursor<'_>) -> Result<(), &'static str> {
    let mut is_root = true;
    while !cursor.is_at_end() {
        match cursor.peek() {
            b':' => return Err("has a `:` in it, which a mounted folder cannot have"),
            b'/' => {
                let next = cursor.peek_at(1);
                let after = cursor.peek_at(2);
                if next == b'/' {
                    return Err("has an empty part");
                }
                if next == b'.'
                    && matches!((after, cursor.peek_at(3)), (0 | b'/', _) | (b'.', 0 | b'/'))
                {
                    return Err("has a part `.` or `..`: write the folder itself");
                }
                if next == 0 && !is_root {
                    return Err("ends in `/`: leave it out");
                }
            }
            _ => is_root = false,
        }
        cursor.advance(1);
    }
    if is_root {
        Err("is the root of the container, which cannot be replaced")
    } else {
        Ok(())
    }
}

/// A placeholder in a command, which the backend replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandVariable<'a> {
    /// The indexes of its beginning, and of the text after it.
    pub place: (usize, usize),
    /// The text between the braces, after `.` or `$`.
    pub name: &'a str,
}

impl<'a> CommandVariable<'a> {
    /// The first placeholder at or after the byte `from`: `{{.name}}` or `{{ $name }}`, as the backend's
    /// regular expressions match it.
    ///
    /// ```
    /// use flytekit_grammar::CommandVariable;
    /// let found = CommandVariable::next("--n={{ .inputs.n }}", 0).unwrap();
    /// assert_eq!((found.name, found.input(), found.place), ("inputs.n", Some("n"), (4, 19)));
    /// assert!(CommandVariable::next("{{n}}", 0).is_none());
    /// ```
    pub const fn next(text: &'a str, from: usize) -> Option<Self> {
        let mut cursor = Cursor::new(text);
        cursor.advance(from);
        while !cursor.is_at_end() {
            if let Some((start, end, after)) = variable(cursor) {
                let (_, rest) = text.split_at(start);
                let (name, _) = rest.split_at(end - start);
                return Some(CommandVariable {
                    place: (cursor.position(), after),
                    name,
                });
            }
            cursor.advance(1);
        }
        None
    }

    /// The name of the input, if it is the placeholder of one.
    pub const fn input(&self) -> Option<&'a str> {
        match self.name.split_at_checked(INPUTS.len()) {
            Some((start, name))
                if equals_ignoring_case(start.as_bytes(), INPUTS.as_bytes())
                    && !name.is_empty() =>
            {
                Some(name)
            }
            _ => None,
        }
    }

    /// The one of [`COMMAND_VARIABLES`] that it is, if any; the backend ignores case.
    pub fn known(&self) -> Option<&'static str> {
        let mut known = COMMAND_VARIABLES.into_iter();
        known.find(|known| self.name.eq_ignore_ascii_case(known))
    }
}

/// The beginning and the end of the name of the variable that begins here, and the index of the text after
/// it.
const fn variable(mut here: Cursor<'_>) -> Option<(usize, usize, usize)> {
    if !here.starts_with("{{") {
        return None;
    }
    here.advance(2);
    blanks(&mut here);
    if !matches!(here.peek(), b'.' | b'$') {
        return None;
    }
    here.advance(1);
    let start = here.position();
    while !here.is_at_end() && here.peek() != b'}' && !is_blank(here.peek()) {
        here.advance(1);
    }
    let end = here.position();
    blanks(&mut here);
    if end == start || !here.starts_with("}}") {
        return None;
    }
    Some((start, end, here.position() + 2))
}

const fn blanks(here: &mut Cursor<'_>) {
    while is_blank(here.peek()) {
        here.advance(1);
    }
}

/// Whether the byte matches `\s` in the backend's regular expressions.
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r')
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::String;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::{CommandVariable, INPUT_DIR, OUTPUT_DIR, container_folder};

    fn names(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(variable) = CommandVariable::next(text, from) {
            found.push(variable.name);
            from = variable.place.1;
        }
        found
    }

    #[test]
    fn folders() {
        for path in [
            INPUT_DIR, OUTPUT_DIR, "/a", "/a/.b", "/a/..b", "/a/b.c", "/ä",
        ] {
            assert_eq!(container_folder(path), Ok(()), "{path}");
        }
        for (path, hint) in [
            ("", "empty"),
            ("a/b", "absolute"),
            ("./a", "absolute"),
            ("/a b", "blank"),
            ("/a:ro", "`:`"),
            ("/", "root"),
            ("/a//b", "empty part"),
            ("//", "empty part"),
            ("/a/", "ends in"),
            ("/a/../b", "`..`"),
            ("/a/..", "`..`"),
            ("/./a", "`.`"),
        ] {
            assert!(
                container_folder(path).expect_err(path).contains(hint),
                "{path}"
            );
        }
    }

    #[test]
    fn variables_are_found_as_the_backend_finds_them() {
        assert_eq!(
            names("{{.a}}{{ $b\t}}{{.inputs.c}}"),
            ["a", "b", "inputs.c"]
        );
        assert_eq!(names("{{{.a}}}"), ["a"]);
        assert_eq!(names("{{.}} {{a}} {{.a b}} {{.a} {.a}} {{"), [""; 0]);
        assert_eq!(names("ä {{.ä}}"), ["ä"]);
        let variable = |text| CommandVariable::next(text, 0).unwrap();
        assert_eq!(variable("{{.Inputs.Rows}}").input(), Some("Rows"));
        assert_eq!(variable("{{.inputs.}}").input(), None);
        assert_eq!(variable("{{.inputs}}").input(), None);
        assert_eq!(variable("{{.OUTPUTPREFIX}}").known(), Some("outputPrefix"));
        assert_eq!(variable("{{.ID}}").known(), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in any::<String>(), braces in "[{}.$ a-z]{0,40}") {
            for text in [text, braces] {
                for name in names(&text) {
                    prop_assert!(!name.is_empty() && text.contains(name));
                }
            }
        }
    }
}
