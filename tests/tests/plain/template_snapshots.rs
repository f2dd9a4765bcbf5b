//! The templates of the fixture, as they leave its binary.

use std::path::Path;

#[test]
fn templates_of_the_fixture() {
    flytekit_tests::check_templates("fixture", Path::new(env!("CARGO_BIN_EXE_fixture")));
}
