//! Pictures of large workflows, in a browser: readable in light and dark.

use std::fs;
use std::process::Command;

use flytekit_test_support::browser::{Browser, Colours};
use flytekit_test_support::run;
use serde_json::json;

const PICTURED: &str = env!("CARGO_BIN_EXE_pictured");
const PROBLEMS: &str = include_str!("pictures.js");

#[test]
fn a_hundred_nodes_are_readable() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut browser = Browser::start(1600, 1200);
    for name in ["broad", "loose", "fanned"] {
        let mut command = Command::new(PICTURED);
        command.args(["describe", &format!("pictured.{name}"), "--format", "svg"]);
        let ended = run(command
            .env_remove("CARGO_MANIFEST_DIR")
            .current_dir(folder.path()));
        assert!(ended.success(), "{ended}");
        let path = folder.path().join(format!("{name}.svg"));
        fs::write(&path, &ended.stdout).expect("a file");
        for colours in [Colours::Light, Colours::Dark] {
            browser.open(&format!("file://{}", path.display()), colours);
            let problems = browser.asked(PROBLEMS);
            assert_eq!(problems, json!([]), "{name}, {colours:?}");
        }
        let width = browser.asked("document.documentElement.viewBox.baseVal.width");
        let width = width.as_f64().expect("a number");
        // Nodes without an order fill several rows.
        assert!(name != "loose" || width < 1400.0, "{width}");
    }
}
