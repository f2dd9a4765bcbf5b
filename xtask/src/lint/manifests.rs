//! Checks the manifests, as `cargo metadata` shows them.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{packages, workspace};

/// The workspaces of this checkout whose manifests are checked.
const WORKSPACES: [&str; 2] = ["Cargo.toml", workspace::CUSTOM_ENGINE];

/// Clippy's lint on newer parts of the standard library, and users, rely on each crate's own `rust-version`:
/// if it differs or is missing, nothing checks it.
pub(super) fn check_rust_versions() -> Result<()> {
    promised_version().map(drop)
}

/// The oldest Rust that can build all packages.
pub(crate) fn promised_version() -> Result<String> {
    let mut promised = None;
    for manifest in WORKSPACES {
        for package in packages::of(manifest, &["--no-deps"])? {
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
    for package in packages::of("Cargo.toml", &["--no-deps"])? {
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
                "{} depends on {name} {version}: it must require one version with `=`",
                package["name"]
            );
        }
    }
    Ok(())
}

/// Checks that the page of each published crate describes the crate and has its keywords, categories and
/// docs, and that its package has the licence and a readme.
pub(crate) fn check_published() -> Result<()> {
    let missing: Vec<String> = packages::published()?.iter().flat_map(missing).collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!("published crates lack:\n  {}", missing.join("\n  "))
}

/// The parts that a published crate lacks, one per line.
fn missing(package: &Value) -> Vec<String> {
    let name = packages::name(package);
    let list = |key: &str| package[key].as_array().map_or(0, Vec::len);
    let folder = packages::folder(package);
    let file = |file: &str| folder.join(file).is_file();
    let docs = &package["metadata"]["docs"]["rs"];
    let rules = [
        ("a description", package["description"].is_string()),
        // crates.io refuses more than five.
        ("one to five keywords", (1..=5).contains(&list("keywords"))),
        (
            "one to five categories",
            (1..=5).contains(&list("categories")),
        ),
        ("README.md", file("README.md")),
        ("LICENSE", file("LICENSE")),
        ("all features in its docs", docs["all-features"] == true),
        (
            "`--cfg docsrs` in its docs",
            docs["rustdoc-args"] == serde_json::json!(["--cfg", "docsrs"]),
        ),
    ];
    let broken = rules.into_iter().filter(|(_, holds)| !holds);
    broken.map(|(what, _)| format!("{name}: {what}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{check_pins_of, missing};

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

    #[test]
    fn a_published_crate_is_presentable() {
        let package = json!({
            "name": "bare",
            "manifest_path": "/nowhere/Cargo.toml",
            "description": "Is there",
            "keywords": ["a", "b", "c", "d", "e", "f"],
            "categories": [],
        });
        let missing = missing(&package);
        let lacks = |what: &str| missing.contains(&format!("bare: {what}"));
        assert!(!lacks("a description"), "{missing:?}");
        assert!(lacks("one to five keywords") && lacks("one to five categories"));
        assert!(lacks("README.md") && lacks("LICENSE"), "{missing:?}");
        assert!(lacks("all features in its docs"), "{missing:?}");
    }
}
