//! Why a value does not fit its type, and the path to it inside the value.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use super::{LiteralRef, MapKey};
use crate::store::StoreError;
use crate::wire::ReadError;

/// The error of a literal that does not have the expected type, or of a value that Flyte cannot represent.
///
/// The message starts with the path inside the value:
///
/// ```
/// use flytekit::types::{FlyteType, LiteralRef, LiteralWriter};
///
/// let literal = LiteralWriter::to_bytes(|out| vec![1, 300].encode(out))?;
/// let error = Vec::<u8>::decode(LiteralRef::new(&literal)).unwrap_err().in_variable("o0");
/// assert_eq!(error.to_string(), "o0[1]: expected an integer from 0 to 255, found integer 300");
/// # Ok::<(), flytekit::types::ValueError>(())
/// ```
pub struct ValueError(Box<Inner>);

struct Inner {
    /// From the innermost segment outwards, in the order in which they are found.
    path: Vec<Segment>,
    problem: Problem,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

enum Segment {
    Variable(String),
    Index(usize),
    Key(String),
    Field(&'static str),
}

enum Problem {
    Mismatch {
        expected: Cow<'static, str>,
        found: String,
    },
    Malformed(ReadError),
    Other(Cow<'static, str>),
}

impl ValueError {
    /// The error "expected `expected`, found `found`".
    pub fn mismatch(expected: impl Into<Cow<'static, str>>, found: impl fmt::Display) -> Self {
        Self::at_root(Problem::Mismatch {
            expected: expected.into(),
            found: found.to_string(),
        })
    }

    /// The error of a literal of another type than expected; names the found type.
    #[cold]
    pub fn unexpected(expected: impl Into<Cow<'static, str>>, literal: LiteralRef<'_>) -> Self {
        match literal.content() {
            Ok(content) => Self::mismatch(expected, content),
            Err(malformed) => malformed.into(),
        }
    }

    /// An error with a message of its own.
    pub fn other(message: impl Into<Cow<'static, str>>) -> Self {
        Self::at_root(Problem::Other(message.into()))
    }

    /// Adds the cause, which decides whether another try may help.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The error of a missing required field.
    #[cold]
    pub fn missing(field: &str) -> Self {
        Self::other(format!("field `{field}` is missing"))
    }

    /// The error of a field that has a value already.
    #[cold]
    pub(in crate::types) fn repeated() -> Self {
        Self::other("the field occurs twice")
    }

    fn at_root(problem: Problem) -> Self {
        ValueError(Box::new(Inner {
            path: Vec::new(),
            problem,
            source: None,
        }))
    }

    /// This error, with the index of the value in a list added to its path.
    #[must_use]
    pub fn at_index(self, index: usize) -> Self {
        self.inside(Segment::Index(index))
    }

    /// This error, with the key of the value in a map added to its path.
    #[must_use]
    pub fn at_key(self, key: &str) -> Self {
        self.inside(Segment::Key(Excerpt(key).to_string()))
    }

    /// This error, with a key of any type added to its path.
    pub(super) fn in_entry(self, key: &impl MapKey) -> Self {
        match key.as_text() {
            Some(text) => self.at_key(text),
            None => self.inside(Segment::Key(key.to_string())),
        }
    }

    /// This error, with the field `name` of an object added to its path.
    #[must_use]
    pub fn at_field(self, name: &'static str) -> Self {
        self.inside(Segment::Field(name))
    }

    /// This error, with the variable `name` of an interface added to its path.
    #[must_use]
    pub fn in_variable(self, name: &str) -> Self {
        self.inside(Segment::Variable(name.to_owned()))
    }

    fn inside(mut self, segment: Segment) -> Self {
        self.0.path.push(segment);
        self
    }
}

impl From<ReadError> for ValueError {
    #[cold]
    fn from(error: ReadError) -> Self {
        Self::at_root(Problem::Malformed(error))
    }
}

impl From<StoreError> for ValueError {
    #[cold]
    fn from(error: StoreError) -> Self {
        let message = Self::other(error.to_string());
        match error.into_source() {
            Some(source) => message.with_source(source),
            None => message,
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut outermost = true;
        for segment in self.0.path.iter().rev() {
            match segment {
                Segment::Variable(name) => f.write_str(name)?,
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) => write!(f, "[{key}]")?,
                Segment::Field(name) if outermost => f.write_str(name)?,
                Segment::Field(name) => write!(f, ".{name}")?,
            }
            outermost = false;
        }
        if !self.0.path.is_empty() {
            f.write_str(": ")?;
        }
        match &self.0.problem {
            Problem::Mismatch { expected, found } => {
                write!(f, "expected {expected}, found {found}")
            }
            Problem::Malformed(error) => write!(f, "malformed literal: {error}"),
            Problem::Other(message) => f.write_str(message),
        }
    }
}

impl fmt::Debug for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ValueError({self})")
    }
}

impl StdError for ValueError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as _)
    }
}

/// Quoted text, cut if it is too long for a message.
pub(super) struct Excerpt<'a>(pub(super) &'a str);

impl Excerpt<'_> {
    /// How many characters of a text are shown.
    const LIMIT: usize = 60;
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(Self::LIMIT) {
            Some((end, _)) => write!(f, "{:?}… ({} bytes)", &self.0[..end], self.0.len()),
            None => write!(f, "{:?}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Excerpt, ValueError};

    #[test]
    fn the_path_reads_from_the_outside_in() {
        let error = ValueError::mismatch("a float", "none")
            .at_key("mean")
            .at_index(3)
            .in_variable("stats");
        assert_eq!(
            error.to_string(),
            r#"stats[3]["mean"]: expected a float, found none"#
        );
        let error = ValueError::missing("y").at_field("place").at_index(3);
        assert_eq!(error.to_string(), "[3].place: field `y` is missing");
        let error = ValueError::missing("y").at_field("place");
        assert_eq!(error.to_string(), "place: field `y` is missing");
        assert_eq!(ValueError::other("too bad").to_string(), "too bad");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(Excerpt("é\n").to_string(), "\"é\\n\"");
        let long = "é".repeat(1000);
        assert_eq!(
            Excerpt(&long).to_string(),
            format!("\"{}\"… (2000 bytes)", "é".repeat(60))
        );
    }
}
