//! Checks the manifests, as `cargo metadata` shows them.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{process, workspace};

/// The workspaces of this checkout whose manifests are checked.
const WORKSPACES: [&str; 2] = ["Cargo.toml", workspace::CUSTOM_ENGINE];

/// Clippy's lint on newer parts of the standard library, and users, rely on each crate's own `rust-version`:
/// if it differs or is missing, nothing checks it.
pub(super) fn check_rust_versions() -> Result<()> {
    promised_version().map(drop)
}

/// The oldest Rust that can build all packages.
pub(super) fn promised_version() -> Result<String> {
    let mut promised = None;
    for manifest in WORKSPACES {
        for package in packages(manifest, &["--no-deps"])? {
            let (name, version) = (&package["name"], &package["rust_version"]);
            if version.is_null() {
                bail!("{name} has no rust-version; inherit the workspace's");
            }
            let promised = promised.get_or_insert_with(|| version.clone());
            if promised != version {
                bail!("{name} has the rust-version {version}, others have {promised}");
            }
        }
    }
    let promised = promised.as_ref().and_then(Value::as_str);
    promised
        .map(str::to_owned)
        .context("no package has a rust-version")
}

/// The attribute generates paths of the runtime that include its version: with a caret requirement, cargo
/// could update one of the two without the other.
pub(super) fn check_pins() -> Result<()> {
    for package in packages("Cargo.toml", &["--no-deps"])? {
        check_pins_of(&package)?;
    }
    Ok(())
}

fn check_pins_of(package: &Value) -> Result<()> {
    const PINNED: [&str; 4] = [
        "flytekit",
        "flytekit-grammar",
        "flytekit-macros",
        "flytekit-proto",
    ];
    const WITHOUT: &str = "*";
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    for dependency in dependencies {
        let name = dependency["name"].as_str().unwrap_or_default();
        let version = dependency["req"].as_str().unwrap_or_default();
        if PINNED.contains(&name) && version != WITHOUT && !version.starts_with('=') {
            bail!(
                "{} depends on {name} {version}, where it needs one version: `=`",
                package["name"]
            );
        }
    }
    Ok(())
}

/// All packages that the workspaces are built from, including dependencies.
pub(super) fn all_packages() -> Result<Vec<Value>> {
    let mut all = Vec::new();
    for manifest in WORKSPACES {
        all.extend(packages(manifest, &["--all-features"])?);
    }
    Ok(all)
}

fn packages(manifest: &str, options: &[&str]) -> Result<Vec<Value>> {
    let mut cargo = workspace::cargo(["metadata", "--format-version", "1", "--manifest-path"]);
    let metadata = process::output(cargo.arg(manifest).args(options))?;
    let mut metadata: Value =
        serde_json::from_str(&metadata).context("cargo metadata prints no JSON")?;
    match metadata["packages"].take() {
        Value::Array(packages) => Ok(packages),
        other => bail!("cargo metadata gives no list of packages but {other}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::check_pins_of;

    #[test]
    fn crates_that_share_private_names_are_pinned() {
        let package = |name: &str, req: &str| json!({"name": "flytekit", "dependencies": [{"name": name, "req": req}]});
        assert!(check_pins_of(&package("flytekit-macros", "=0.1.0")).is_ok());
        assert!(check_pins_of(&package("syn", "^3")).is_ok());
        let error = check_pins_of(&package("flytekit-macros", "^0.1.0")).unwrap_err();
        assert!(
            error.to_string().contains("flytekit-macros ^0.1.0"),
            "{error}"
        );
    }
}
