//! How people write values and settings: JSON and YAML, read into one tree.
//!
//! A key that is given twice is a mistake in both: whichever value a reader picked, the writer may have
//! meant the other.

pub(crate) mod json;
#[cfg(feature = "yaml")]
pub(crate) mod yaml;
