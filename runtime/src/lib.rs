//! flytekit for Rust.
