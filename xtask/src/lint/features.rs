//! Checks that each crate has the same features in all builds of the whole workspace.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use crate::{process, workspace};

/// The sets of features with which each package is built, one per build.
type Builds = BTreeMap<String, BTreeSet<String>>;

/// Compares builds with and without tests, as dependencies of programs and of build scripts.
pub(super) fn check() -> Result<()> {
    let mut builds = Builds::new();
    for edges in ["normal,build", "normal,build,dev"] {
        let mut tree = workspace::cargo(["tree", "--workspace", "--all-features"]);
        tree.args(["--edges", edges, "--prefix", "none", "--format", "{p}|{f}"]);
        read(&process::output(&mut tree)?, &mut builds);
    }
    let problems = problems(&builds);
    if problems.is_empty() {
        return Ok(());
    }
    bail!(
        "crates are built more than once; add features to tests/features/Cargo.toml:\n  {}",
        problems.join("\n  ")
    )
}

/// Parses lines of `name v1.2.3|one,two`, with ` (*)` at the end if they were printed before.
fn read(tree: &str, builds: &mut Builds) {
    for (package, features) in tree.lines().filter_map(|line| line.split_once('|')) {
        let features = features.trim_end_matches(" (*)").to_owned();
        builds
            .entry(package.to_owned())
            .or_default()
            .insert(features);
    }
}

fn problems(builds: &Builds) -> Vec<String> {
    let several = builds.iter().filter(|(_, features)| features.len() > 1);
    several
        .map(|(package, features)| {
            let features: Vec<_> = features.iter().map(|it| format!("`{it}`")).collect();
            format!("{package}: {}", features.join(" and "))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_set_of_features_is_a_problem() {
        let mut builds = Builds::new();
        read(
            "syn v3.0.9|full\nquote v1.0.47|\nsyn v3.0.9|full (*)\n",
            &mut builds,
        );
        assert_eq!(problems(&builds), [""; 0]);
        read("quote v1.0.47|default\n", &mut builds);
        assert_eq!(problems(&builds), ["quote v1.0.47: `` and `default`"]);
    }
}
