//! The templates of this example in its binary.

use std::path::Path;

#[test]
fn templates_are_those_of_the_snapshots() {
    flytekit_tests::check_templates("quickstart", Path::new(env!("CARGO_BIN_EXE_quickstart")));
}

#[test]
fn objects_are_those_of_the_snapshots() {
    flytekit_tests::check_objects("quickstart", Path::new(env!("CARGO_BIN_EXE_quickstart")));
}
