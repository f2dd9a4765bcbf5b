//! The notations in which people write values and settings: JSON and YAML, parsed into one tree type.
//!
//! A duplicate key is a mistake in both: whichever value a parser picked, the writer may have meant the
//! other.

pub(crate) mod json;
#[cfg(feature = "yaml")]
pub mod yaml;
