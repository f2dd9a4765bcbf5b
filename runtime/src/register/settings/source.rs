//! Where values come from.

use std::fmt;
use std::path::PathBuf;

/// Where a value comes from.
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
    /// Nowhere: it is what holds if nothing else is said.
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

/// A value as it is shown, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Its name: its path in `flytekit.toml`, if it can stand there.
    pub(crate) name: String,
    /// It, or `set` for a secret; none if nothing gives it.
    pub(crate) value: Option<String>,
    /// Where it comes from.
    pub(crate) source: Source,
}
