//! Compares the crates of a plain app with those that `docs/dependencies.md` explains.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::{process, workspace};

const PAGE: &str = "docs/dependencies.md";

/// The maximum number of crates of a plain app, including its own.
const MOST: usize = 60;

/// The page describes one system; a few crates differ on others.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Compares the page with the crates that cargo would build.
pub(super) fn check() -> Result<()> {
    let page = workspace::root().join(PAGE);
    let page = fs::read_to_string(page).with_context(|| format!("cannot read {PAGE}"))?;
    let edges = [
        "tree",
        "--locked",
        "--package",
        "flytekit",
        "--edges",
        "normal,build",
    ];
    let mut tree = workspace::cargo(edges);
    tree.args(["--prefix", "none", "--no-dedupe", "--target", TARGET]);
    compare(&packages(&process::output(&mut tree)?), &explained(&page))
}

/// Names with versions, because two versions of one crate are both compiled.
fn packages(tree: &str) -> BTreeSet<String> {
    let lines = tree.lines().filter(|line| !line.is_empty());
    let packages = lines.map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "));
    packages.collect()
}

/// The crates of the first column of the page's tables.
fn explained(page: &str) -> BTreeSet<&str> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.filter_map(|row| row.split('|').next());
    cells
        .flat_map(|cell| cell.split('`').step_by(2))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect()
}

fn compare(packages: &BTreeSet<String>, explained: &BTreeSet<&str>) -> Result<()> {
    // The app itself adds one.
    let count = packages.len() + 1;
    ensure!(
        count <= MOST,
        "a plain app is built from {count} crates, but the maximum is {MOST}"
    );
    let mut names = BTreeSet::new();
    for package in packages {
        let name = package.split(' ').next().unwrap_or(package);
        ensure!(
            names.insert(name),
            "a plain app is built from two versions of {name}"
        );
    }
    let new: Vec<_> = names.difference(explained).collect();
    ensure!(
        new.is_empty(),
        "a plain app is built from {new:?}, but {PAGE} does not explain them"
    );
    let gone: Vec<_> = explained.difference(&names).collect();
    ensure!(
        gone.is_empty(),
        "{PAGE} explains {gone:?}, but a plain app is not built from them"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "flytekit v0.1.0 (/here)\nserde_json v1.0.1\nsyn v3.0.9\nsyn v3.0.9\n";
    const PAGE: &str = "\
        | crates | what for |\n\
        |---|---|\n\
        | `flytekit`, `serde_json` | `Value` |\n\
        | `syn` | the attribute |\n";

    fn check(tree: &str) -> Result<(), String> {
        compare(&packages(tree), &explained(PAGE)).map_err(|error| error.to_string())
    }

    #[test]
    fn each_crate_is_explained_and_each_explanation_of_use() {
        assert_eq!(check(TREE), Ok(()));
        let more = check(&format!("{TREE}prost v0.14.4\n")).unwrap_err();
        assert!(more.contains(r#"["prost"]"#), "{more}");
        let less = check("flytekit v0.1.0\nserde_json v1.0.1\n").unwrap_err();
        assert!(less.contains(r#"["syn"]"#), "{less}");
    }

    #[test]
    fn no_crate_is_there_twice() {
        let twice = check(&format!("{TREE}syn v2.0.1 (proc-macro)\n")).unwrap_err();
        assert!(twice.ends_with("two versions of syn"), "{twice}");
    }

    #[test]
    fn there_are_not_too_many() {
        let many: Vec<_> = (0..60).map(|index| format!("crate{index} v1\n")).collect();
        assert!(check(&many.concat()).unwrap_err().contains("61 crates"));
    }
}
