//! The sources of values.

use std::fmt;
use std::path::PathBuf;

/// The source of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The command line.
    Flag(&'static str),
    /// A variable of the environment.
    Environment(&'static str),
    /// A file's key.
    File(PathBuf, String),
    /// The folder of the crate.
    Crate(PathBuf),
    /// Another setting, which has no other use.
    Follows(&'static str),
    /// No source: the built-in default.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Flag(name) => write!(f, "flag --{name}"),
            Source::Environment(name) => write!(f, "environment {name}"),
            Source::File(path, key) => write!(f, "{} ({key})", path.display()),
            Source::Crate(path) => write!(f, "{}", path.display()),
            Source::Follows(key) => write!(f, "because of {key}"),
            Source::Default => f.write_str("default"),
        }
    }
}

/// A value for display, and its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The name: the path in `flytekit.toml`, if it can be there.
    pub(crate) name: String,
    /// The value, or `set` for a secret; None if it is unset.
    pub(crate) value: Option<String>,
    /// The source of the value.
    pub(crate) source: Source,
}
