//! Runs every type once through the backend's own compiler and plugins.

use std::path::Path;

use flytekit_test_support::backend::check;
use serde_json::Map;

#[test]
fn tasks_of_every_type_compile_and_are_built() {
    let program = Path::new(env!("CARGO_BIN_EXE_types"));
    check("types", program, &Map::new(), |_| false);
}
