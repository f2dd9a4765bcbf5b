//! The template of this example, as it leaves its binary.

use std::path::Path;

#[test]
fn templates_are_those_of_the_snapshots() {
    flytekit_tests::check_templates("dask-pi", Path::new(env!("CARGO_BIN_EXE_dask-pi")));
}
