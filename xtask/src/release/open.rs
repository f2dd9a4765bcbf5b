//! The points that a person must decide or fill in before a release.

use std::fs;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{packages, workspace};

const CHANGES: &str = "CHANGELOG.md";

/// The open points of all crates.
pub(super) fn points(published: &[Value]) -> Result<Vec<String>> {
    let changes = fs::read_to_string(workspace::root().join(CHANGES))
        .with_context(|| format!("cannot read {CHANGES}"))?;
    let mut points: Vec<String> = published.iter().filter_map(undated(&changes)).collect();
    points.sort();
    points.dedup();
    if published.iter().any(lacks_repository) {
        points.push("Cargo.toml: [workspace.package] has no `repository`".to_owned());
    }
    Ok(points)
}

fn lacks_repository(package: &Value) -> bool {
    package["repository"].as_str().is_none_or(str::is_empty)
}

/// A crate whose version has no section such as `## 0.1.0`; a date may follow the version.
fn undated(changes: &str) -> impl Fn(&Value) -> Option<String> {
    move |package| {
        let version = packages::version(package);
        let head = format!("## {version}");
        let mut lines = changes.lines();
        let told = lines.any(|line| line.split(" - ").next() == Some(&head));
        (!told).then(|| format!("{CHANGES}: no section `{head}`"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_version_has_its_section() {
        let package = json!({"name": "flytekit", "version": "0.1.0"});
        assert_eq!(
            undated("## Unreleased\n\n## 0.1.0 - 2026-12-01\n")(&package),
            None
        );
        assert!(undated("## Unreleased\n\n## 0.1.01\n")(&package).is_some());
    }

    #[test]
    fn an_empty_address_is_none() {
        assert!(lacks_repository(&json!({"repository": ""})));
        assert!(lacks_repository(&json!({"repository": null})));
        assert!(!lacks_repository(
            &json!({"repository": "https://example.org"})
        ));
    }
}
