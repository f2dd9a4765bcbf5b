//! The tables in `docs/benchmarks.md`.

use std::fs;

use anyhow::{Context as _, Result};

use crate::{report, workspace};

const FILE: &str = "docs/benchmarks.md";
const END: &str = "<!-- end -->";

/// A part of the page that is measured and written together.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// The benchmarks that take a few minutes.
    Flytekit,
    /// Compiling shapes of all sizes, which takes minutes.
    Build,
    /// Values, which take flytekit for Python minutes.
    Values,
    /// Packaging and registering, which take flytekit for Python minutes for a thousand tasks.
    Register,
    /// Tasks by their templates, for which an app with Arrow is built.
    Shim,
    /// Graphs and maps, beside flytekit's.
    Dynamic,
    /// The connector server, beside flytekit's.
    Connector,
    /// Benchmarks that start Spark.
    Spark,
    /// Benchmarks that start Dask.
    Dask,
}

impl Part {
    fn begin(self) -> &'static str {
        match self {
            Self::Flytekit => "<!-- begin: written by `cargo xtask bench --write` -->",
            Self::Build => "<!-- begin: written by `cargo xtask bench build --write` -->",
            Self::Values => "<!-- begin: written by `cargo xtask bench values --write` -->",
            Self::Register => "<!-- begin: written by `cargo xtask bench register --write` -->",
            Self::Shim => "<!-- begin: written by `cargo xtask bench shim --write` -->",
            Self::Dynamic => "<!-- begin: written by `cargo xtask bench dynamic --write` -->",
            Self::Connector => "<!-- begin: written by `cargo xtask bench connector --write` -->",
            Self::Spark => "<!-- begin: written by `cargo xtask bench spark --write` -->",
            Self::Dask => "<!-- begin: written by `cargo xtask bench dask --write` -->",
        }
    }
}

/// Writes the report between the markers of its part.
pub(super) fn write(part: Part, report: &str) -> Result<()> {
    let path = workspace::root().join(FILE);
    let page = fs::read_to_string(&path).with_context(|| format!("cannot read {FILE}"))?;
    let begin = part.begin();
    let page = replaced(&page, part, report)
        .with_context(|| format!("{FILE} has no line {begin:?} with a line {END:?} after it"))?;
    fs::write(&path, page).with_context(|| format!("cannot write {FILE}"))?;
    report::say("Wrote", FILE);
    Ok(())
}

fn replaced(page: &str, part: Part, report: &str) -> Option<String> {
    let begin = part.begin();
    let (before, rest) = page.split_once(begin)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!(
        "{before}{begin}\n\n{}\n\n{END}{after}",
        report.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let (first, second) = (Part::Flytekit.begin(), Part::Spark.begin());
        let page = format!("# Benchmarks\n\n{first}\nold\n{END}\n\n{second}\n{END}\n");
        let expected = format!("# Benchmarks\n\n{first}\n\nnew\n\n{END}\n\n{second}\n{END}\n");
        let written = replaced(&page, Part::Flytekit, "new\n").unwrap();
        assert_eq!(written, expected);
        assert_eq!(replaced(&written, Part::Flytekit, "new").unwrap(), expected);
        let written = replaced(&page, Part::Spark, "new").unwrap();
        assert!(written.contains("old") && written.ends_with(&format!("new\n\n{END}\n")));
    }

    #[test]
    fn a_page_without_markers_is_refused() {
        let page = format!("{END}\n{}\n", Part::Spark.begin());
        assert_eq!(replaced(&page, Part::Spark, "new"), None);
    }

    #[test]
    fn the_page_has_the_markers() {
        let page = fs::read_to_string(workspace::root().join(FILE)).unwrap();
        for part in [
            Part::Flytekit,
            Part::Build,
            Part::Values,
            Part::Register,
            Part::Shim,
            Part::Dynamic,
            Part::Connector,
            Part::Spark,
            Part::Dask,
        ] {
            assert!(replaced(&page, part, "new").is_some());
        }
    }
}
