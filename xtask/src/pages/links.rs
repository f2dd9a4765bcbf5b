//! Checks that the links of all pages lead somewhere: to files, to headings, and to our pages on docs.rs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use super::{Page, resolved};
use crate::{packages, process, workspace};

const DOCS_RS: &str = "https://docs.rs/";

/// Checks all pages that Git knows. The docs must have been built.
///
/// Other addresses are not checked, because a check must not fail when another server is down.
pub(crate) fn check() -> Result<()> {
    let mut pages = BTreeMap::new();
    for path in tracked()? {
        let text = fs::read_to_string(workspace::root().join(&path))
            .with_context(|| format!("cannot read {}", path.display()))?;
        pages.insert(path, text);
    }
    let published = packages::published()?;
    let ours: Vec<&str> = published.iter().map(packages::name).collect();
    let folders: Vec<&Path> = published.iter().map(packages::folder).collect();
    ensure!(
        folders.iter().all(|it| it.starts_with(workspace::root())),
        "a published crate lies outside of {}",
        workspace::root().display()
    );
    let docs = workspace::target().join("doc");
    let mut dead = Vec::new();
    for (path, text) in &pages {
        // The pages of the attributes and of packages are shown outside of the repository.
        let alone = is_shown_alone(&workspace::root().join(path), &folders);
        for link in Page::parse(text).links {
            let problem = match link.local() {
                Some(local) if alone && !local.path.is_empty() => {
                    Some("is relative, on a page that is shown outside of the repository")
                }
                Some(local) => dead_end(&pages, &resolved(path, local.path), local.anchor),
                None => dead_docs(&docs, &ours, &link.destination),
            };
            dead.extend(problem.map(|problem| {
                let (path, line) = (path.display(), link.line(text));
                format!("{path}:{line}: {} {problem}", link.destination)
            }));
        }
    }
    if dead.is_empty() {
        return Ok(());
    }
    bail!("links that lead nowhere:\n  {}", dead.join("\n  "))
}

/// The Markdown files of the repository.
fn tracked() -> Result<Vec<PathBuf>> {
    let mut git = std::process::Command::new("git");
    git.current_dir(workspace::root());
    let files = process::output(git.args(["ls-files", "--cached", "*.md"]))?;
    Ok(files.lines().map(PathBuf::from).collect())
}

/// Whether crates.io or docs.rs shows a page: the readme of a published crate, and the pages that docs include.
fn is_shown_alone(path: &Path, published: &[&Path]) -> bool {
    let Some(folder) = path.parent() else {
        return false;
    };
    let is_readme = path.ends_with("README.md") && published.contains(&folder);
    is_readme || folder.ends_with("macros/docs") || folder.ends_with("runtime/docs")
}

fn dead_end(
    pages: &BTreeMap<PathBuf, String>,
    target: &Path,
    anchor: Option<&str>,
) -> Option<&'static str> {
    if !workspace::root().join(target).exists() {
        return Some("is not a file");
    }
    let (Some(anchor), Some(text)) = (anchor, pages.get(target)) else {
        return None;
    };
    let has = Page::parse(text).anchors.iter().any(|it| it == anchor);
    (!has).then_some("is not a heading of that page")
}

/// A page of our docs on docs.rs must be among the docs that were built here.
fn dead_docs(docs: &Path, ours: &[&str], destination: &str) -> Option<&'static str> {
    let path = destination.strip_prefix(DOCS_RS)?;
    let mut parts = path.splitn(3, '/');
    let (name, _version) = (parts.next()?, parts.next());
    if !ours.contains(&name) {
        return None;
    }
    let (page, anchor) = match parts.next()?.split_once('#') {
        Some((page, anchor)) => (page, Some(anchor)),
        None => (path.splitn(3, '/').nth(2)?, None),
    };
    let Ok(html) = fs::read_to_string(docs.join(page)) else {
        return Some("is not a page of the docs");
    };
    let has = |anchor: &str| html.contains(&format!("id=\"{anchor}\""));
    (!anchor.is_none_or(has)).then_some("is not a heading of that page of the docs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_needs_a_file_and_a_heading() {
        let readme = PathBuf::from("README.md");
        let pages = BTreeMap::from([(readme.clone(), "# Try it\n".to_owned())]);
        assert_eq!(dead_end(&pages, &readme, Some("try-it")), None);
        assert_eq!(dead_end(&pages, Path::new("xtask/src"), None), None);
        assert!(dead_end(&pages, &readme, Some("try")).is_some());
        assert!(dead_end(&pages, Path::new("docs/nothing.md"), None).is_some());
    }

    #[test]
    fn a_page_of_our_docs_must_be_built() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("flytekit")).unwrap();
        let page = "<h1 id=\"features\">";
        fs::write(folder.path().join("flytekit/index.html"), page).unwrap();
        let dead = |path: &str| {
            dead_docs(folder.path(), &["flytekit"], &format!("{DOCS_RS}{path}")).is_some()
        };
        assert!(!dead("flytekit/latest/flytekit/index.html#features"));
        assert!(dead("flytekit/latest/flytekit/index.html#none"));
        assert!(dead("flytekit/latest/flytekit/attr.tusk.html"));
        assert!(!dead("prost") && !dead("flytekit"));
    }
}
