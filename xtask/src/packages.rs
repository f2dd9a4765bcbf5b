//! The packages of this workspace, as `cargo metadata` shows them.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{process, workspace};

/// All packages that `cargo metadata` lists for a manifest.
pub(crate) fn of(manifest: &str, options: &[&str]) -> Result<Vec<Value>> {
    let mut cargo = workspace::cargo(["metadata", "--format-version", "1", "--manifest-path"]);
    let metadata = process::output(cargo.arg(manifest).args(options))?;
    let mut metadata: Value =
        serde_json::from_str(&metadata).context("the output of cargo metadata is not JSON")?;
    match metadata["packages"].take() {
        Value::Array(packages) => Ok(packages),
        other => bail!("the packages of cargo metadata are not a list but {other}"),
    }
}

/// The packages that a release publishes, each after those that it depends on.
pub(crate) fn published() -> Result<Vec<Value>> {
    let packages = of("Cargo.toml", &["--no-deps"])?;
    // `publish = false` is an empty list of registries.
    let published = packages
        .into_iter()
        .filter(|package| package["publish"].is_null());
    in_order(published.collect())
}

/// A package's name.
pub(crate) fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap_or_default()
}

/// A package's version.
pub(crate) fn version(package: &Value) -> &str {
    package["version"].as_str().unwrap_or_default()
}

/// The folder of a package's manifest, as an absolute path.
pub(crate) fn folder(package: &Value) -> &Path {
    let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
    manifest.parent().unwrap_or(manifest)
}

fn in_order(mut packages: Vec<Value>) -> Result<Vec<Value>> {
    let mut waiting: BTreeSet<String> = packages.iter().map(|it| name(it).to_owned()).collect();
    let mut ordered = Vec::new();
    while !packages.is_empty() {
        let ready = packages.iter().position(|it| !waits(it, &waiting));
        let ready = ready.context("published crates depend on each other in a circle")?;
        let package = packages.remove(ready);
        waiting.remove(name(&package));
        ordered.push(package);
    }
    Ok(ordered)
}

/// Whether a package depends on one of these. Cargo publishes a package before those that only its tests need.
fn waits(package: &Value, waiting: &BTreeSet<String>) -> bool {
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    let mut needed = dependencies.filter(|it| it["kind"].as_str() != Some("dev"));
    needed.any(|it| waiting.contains(name(it)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(name: &str, needs: &[&str], tests_need: &[&str]) -> Value {
        let needs = needs.iter().map(|it| json!({"name": it, "kind": null}));
        let tests = tests_need
            .iter()
            .map(|it| json!({"name": it, "kind": "dev"}));
        json!({"name": name, "dependencies": needs.chain(tests).collect::<Vec<_>>()})
    }

    #[test]
    fn each_package_follows_those_that_it_needs() {
        let packages = vec![
            package("app", &["lib", "serde"], &[]),
            package("lib", &["base"], &[]),
            package("base", &[], &["lib"]),
        ];
        let ordered = in_order(packages).unwrap();
        assert_eq!(
            ordered.iter().map(name).collect::<Vec<_>>(),
            ["base", "lib", "app"]
        );
    }

    #[test]
    fn a_circle_is_refused() {
        let packages = vec![package("a", &["b"], &[]), package("b", &["a"], &[])];
        assert!(in_order(packages).is_err());
    }
}
