//! The table of flytekit's features, on the front page of its docs and in the book.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::{packages, workspace};

/// The page with the table.
pub(crate) const PAGE: &str = "runtime/docs/features.md";

/// The row of an app without features.
pub(crate) const NONE: &str = "none";

/// The features that other features consist of, which the page names below the table.
pub(crate) const PARTS: [&str; 3] = ["children", "first-process", "object-store"];

/// Checks that the page has a row for each feature, and that each row says how many crates the feature adds.
pub(crate) fn check() -> Result<()> {
    let page = read()?;
    compare(&features()?, &page)?;
    for [name, _, crates, ..] in page.lines().filter_map(cells) {
        ensure!(
            crates.chars().any(|it| it.is_ascii_digit()) || name.starts_with("---"),
            "{PAGE} has no numbers for {name}: run `cargo xtask bench features --write`"
        );
    }
    Ok(())
}

/// The names of the rows, in the order of the page.
pub(crate) fn rows() -> Result<Vec<String>> {
    Ok(names(&read()?))
}

/// Replaces the numbers of the named rows.
pub(crate) fn write(numbers: &[(String, [String; 3])]) -> Result<()> {
    let page = replaced(&read()?, numbers);
    fs::write(workspace::root().join(PAGE), page).with_context(|| format!("cannot write {PAGE}"))
}

fn read() -> Result<String> {
    fs::read_to_string(workspace::root().join(PAGE)).with_context(|| format!("cannot read {PAGE}"))
}

/// flytekit's features, without its defaults and parts.
fn features() -> Result<BTreeSet<String>> {
    let published = packages::published()?;
    let flytekit = published.iter().find(|it| packages::name(it) == "flytekit");
    let features = flytekit.and_then(|flytekit| flytekit["features"].as_object());
    let features = features.context("cargo metadata has no features of flytekit")?;
    let names = features.keys().filter(|name| *name != "default");
    Ok(names.cloned().collect())
}

fn compare(features: &BTreeSet<String>, page: &str) -> Result<()> {
    let rows = names(page).into_iter().filter(|name| name != NONE);
    let parts = PARTS.map(str::to_owned);
    let told: BTreeSet<String> = rows.chain(parts).collect();
    let untold: Vec<_> = features.difference(&told).collect();
    ensure!(untold.is_empty(), "{PAGE} has no row for {untold:?}");
    let gone: Vec<_> = told.difference(features).collect();
    ensure!(
        gone.is_empty(),
        "{PAGE} has a row for {gone:?}, which is not a feature"
    );
    Ok(())
}

fn names(page: &str) -> Vec<String> {
    let rows = page.lines().filter_map(cells);
    rows.map(|cells| cells[0].trim_matches('`').to_owned())
        .collect()
}

/// The five cells of a row of the table, if it is one below the head.
fn cells(line: &str) -> Option<[&str; 5]> {
    let inner = line.strip_prefix("| ")?.strip_suffix('|')?;
    let cells: Vec<&str> = inner.split('|').map(str::trim).collect();
    let cells: [&str; 5] = cells.try_into().ok()?;
    (cells[0] != "feature").then_some(cells)
}

fn replaced(page: &str, numbers: &[(String, [String; 3])]) -> String {
    let lines = page.lines().map(|line| {
        let row = cells(line).and_then(|cells| {
            let name = cells[0].trim_matches('`');
            let (_, numbers) = numbers.iter().find(|(of, _)| of == name)?;
            Some(format!(
                "| {} | {} | {} |",
                cells[0],
                cells[1],
                numbers.join(" | ")
            ))
        });
        row.unwrap_or_else(|| line.to_owned()) + "\n"
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
        | feature | what for | crates | CPU | program |\n\
        |---|---|--:|--:|--:|\n\
        | none | tasks | 50 | 20 | 2 |\n\
        | `s3` | stores | | | |\n";

    fn features(names: &[&str]) -> BTreeSet<String> {
        let names = names.iter().chain(&PARTS);
        names.map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn the_table_has_a_row_for_each_feature() {
        assert!(compare(&features(&["s3"]), TABLE).is_ok());
        let more = compare(&features(&["s3", "dask"]), TABLE).unwrap_err();
        assert!(more.to_string().contains(r#"["dask"]"#), "{more}");
        let less = compare(&features(&[]), TABLE).unwrap_err();
        assert!(less.to_string().contains(r#"["s3"]"#), "{less}");
    }

    #[test]
    fn only_numbers_are_replaced() {
        let numbers = ["+150", "+90", "+1.2 MiB"].map(str::to_owned);
        let written = replaced(TABLE, &[("s3".to_owned(), numbers)]);
        assert!(written.ends_with(
            "| none | tasks | 50 | 20 | 2 |\n| `s3` | stores | +150 | +90 | +1.2 MiB |\n"
        ));
    }
}
