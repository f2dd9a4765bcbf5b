//! Every mistake is reported at its position, once, with a message that a person has reviewed.
//!
//! There is a folder per topic, a file per rule, and beside it rustc's output.
//! `TRYBUILD=overwrite cargo test -p flytekit-ui-tests` writes the output again: read it as a user would.

#[test]
fn mistakes_are_refused_where_they_are_written() {
    trybuild::TestCases::new().compile_fail("*/*.rs");
}
