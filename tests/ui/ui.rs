//! Every mistake is refused where it is written, once, with a message that a person has reviewed.
//!
//! A folder for each topic, a file for each rule, and beside it what rustc says.
//! `TRYBUILD=overwrite cargo test -p flytekit-ui-tests` writes that anew: read it as a user would.

#[test]
fn mistakes_are_refused_where_they_are_written() {
    trybuild::TestCases::new().compile_fail("*/*.rs");
}
