//! Runs the executable.

use std::process::Command;

#[test]
fn the_connector_is_in_the_executable() {
    let output = Command::new(env!("CARGO_BIN_EXE_new-connector"))
        .arg("list")
        .output()
        .expect("the executable starts");
    let connectors = String::from_utf8_lossy(&output.stdout);
    assert!(connectors.contains("Sleep Connector"), "{connectors}");
}
