//! Blocks of TOML: manifests of crates, and the settings of `flytekit.toml`.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use flytekit_tests::run;
use serde_json::Value;
use toml::Table;

use super::blocks::Block;
use super::root;

/// The tables of a manifest on our pages.
const OF_MANIFESTS: [&str; 4] = ["dependencies", "features", "package", "profile"];

/// A package of the workspace, as `cargo metadata` describes it.
pub(super) fn package(name: &str) -> Option<&'static Value> {
    static METADATA: LazyLock<Value> =
        LazyLock::new(|| metadata(root()).unwrap_or_else(|error| panic!("{error}")));
    let mut packages = METADATA["packages"].as_array()?.iter();
    packages.find(|package| package["name"] == name)
}

/// # Errors
///
/// What cargo says of the manifest in this folder, which includes its warnings.
fn metadata(folder: &Path) -> Result<Value, String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([
        "metadata",
        "--no-deps",
        "--offline",
        "--format-version",
        "1",
    ]);
    let ended = run(cargo.current_dir(folder));
    if ended.success() && ended.stderr.is_empty() {
        Ok(serde_json::from_slice(&ended.stdout).expect("metadata"))
    } else {
        Err(ended.stderr)
    }
}

#[track_caller]
pub(super) fn check(block: &Block) {
    // A line of dependencies stands without its table.
    let mut text = block.text.clone();
    if text.starts_with("flytekit") {
        text.insert_str(0, "[dependencies]\n");
    }
    let parsed: Table = text
        .parse()
        .unwrap_or_else(|error| panic!("{block}: {error}"));
    if parsed.keys().any(|key| OF_MANIFESTS.contains(&&**key)) {
        check_manifest(block, &text, &parsed);
    } else {
        check_settings(block);
    }
}

/// Cargo accepts a manifest with these lines, and the crates have the features that it names.
fn check_manifest(block: &Block, text: &str, parsed: &Table) {
    let folder = tempfile::tempdir().expect("a folder");
    let package_of_it = "[package]\nname = \"page\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    let manifest = format!("{package_of_it}[workspace]\n{text}");
    fs::create_dir(folder.path().join("src")).expect("a folder");
    fs::write(folder.path().join("src/lib.rs"), "").expect("a file");
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("a file");
    if let Err(complaint) = metadata(folder.path()) {
        panic!("{block}: {complaint}");
    }
    let dependencies = parsed.get("dependencies").and_then(|it| it.as_table());
    for (name, dependency) in dependencies.into_iter().flatten() {
        if name.starts_with("flytekit") {
            let package = package(name);
            let package =
                package.unwrap_or_else(|| panic!("{block}: {name} is not a crate of ours"));
            check_dependency(block, package, dependency);
        }
    }
}

fn check_dependency(block: &Block, package: &Value, dependency: &toml::Value) {
    let version = package["version"].as_str().expect("a version");
    let named = dependency.get("version").unwrap_or(dependency).as_str();
    let fits =
        named.is_some_and(|named| version.starts_with(&format!("{named}.")) || version == named);
    assert!(fits, "{block}: the version is {version}, not {named:?}");
    let features = dependency.get("features").and_then(|it| it.as_array());
    for feature in features.into_iter().flatten() {
        let feature = feature.as_str().expect("a name");
        let known = package["features"].get(feature).is_some();
        assert!(
            known,
            "{block}: {} has no feature {feature}",
            package["name"]
        );
    }
}

/// An executable reads the settings of its crate, and refuses unknown keys.
fn check_settings(block: &Block) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("flytekit.toml"), &block.text).expect("a file");
    let mut settings = Command::new(env!("CARGO_BIN_EXE_fixture"));
    settings
        .args(["settings", "--crate-folder"])
        .arg(folder.path());
    // The variable that the page names.
    settings.env("ACME_CLIENT_SECRET", "secret");
    let ended = run(settings.current_dir(folder.path()));
    assert!(ended.success(), "{block}: {ended}");
    assert!(ended.text().contains("flytekit.toml"), "{block}: {ended}");
}
