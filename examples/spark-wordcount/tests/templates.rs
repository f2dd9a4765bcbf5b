//! The templates of this example, as they leave its binary.

use std::path::Path;

#[test]
fn templates_are_those_of_the_snapshots() {
    let binary = Path::new(env!("CARGO_BIN_EXE_spark-wordcount"));
    flytekit_tests::check_templates("spark-wordcount", binary);
}
