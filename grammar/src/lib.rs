//! What a well-formed value is.
