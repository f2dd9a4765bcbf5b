//! Watches ten thousand runs at the same time.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use flytekit_test_support::{example, run, script};

/// The maximum memory of a server in a debug build with all these calls. Each call takes a few kilobytes.
const MOST: f64 = 160e6;

#[test]
fn ten_thousand_runs_are_watched_at_once() {
    let load = Path::new(env!("CARGO_BIN_EXE_connector_load"));
    let connector = example("flytekit-connector", load);
    let folder = tempfile::tempdir().unwrap();
    let certificates = run(script("certificates.py").arg(folder.path()));
    assert!(certificates.success(), "{certificates}");
    let measured = run(Command::new(load)
        .arg(folder.path())
        .args(["64", "1", "10000"])
        .arg(connector)
        .args(["serve", "--port=PORT", "--prometheus-port=none"]));
    assert!(measured.success(), "{measured}");
    let text = measured.text();
    let series = text.lines().filter_map(|line| line.split_once(' '));
    let series: BTreeMap<_, f64> = series
        .map(|(name, it)| (name, it.parse().unwrap()))
        .collect();
    assert!(series["watch_wall_seconds"] > 0.0, "{measured}");
    assert!(series["watched_bytes"] < MOST, "{measured}");
}
