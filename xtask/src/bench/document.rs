//! The tables in `docs/benchmarks.md`.

use std::fs;

use anyhow::{Context as _, Result};

use crate::{report, workspace};

const FILE: &str = "docs/benchmarks.md";
const BEGIN: &str = "<!-- begin: written by `cargo xtask bench --write` -->";
const END: &str = "<!-- end -->";

/// Puts the report between the markers.
pub(super) fn write(report: &str) -> Result<()> {
    let path = workspace::root().join(FILE);
    let page = fs::read_to_string(&path).with_context(|| format!("cannot read {FILE}"))?;
    let page = replaced(&page, report)
        .with_context(|| format!("{FILE} has no line {BEGIN:?} with a line {END:?} after it"))?;
    fs::write(&path, page).with_context(|| format!("cannot write {FILE}"))?;
    report::say("Wrote", FILE);
    Ok(())
}

fn replaced(page: &str, report: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!(
        "{before}{BEGIN}\n\n{}\n\n{END}{after}",
        report.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let page = format!("# Benchmarks\n\n{BEGIN}\nold\n{END}\n\nMore.\n");
        let expected = format!("# Benchmarks\n\n{BEGIN}\n\nnew\n\n{END}\n\nMore.\n");
        assert_eq!(replaced(&page, "new\n").unwrap(), expected);
        assert_eq!(replaced(&expected, "new").unwrap(), expected);
    }

    #[test]
    fn a_page_without_markers_is_refused() {
        assert_eq!(replaced(&format!("{END}\n{BEGIN}\n"), "new"), None);
    }

    #[test]
    fn the_page_has_the_markers() {
        let page = fs::read_to_string(workspace::root().join(FILE)).unwrap();
        assert!(replaced(&page, "new").is_some());
    }
}
