//! Checks the finished book, and its pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use crate::pages::resolved;

/// Checks that a drawing has colours for dark pages, too.
pub(super) fn picture(path: &Path, content: &[u8]) -> Result<()> {
    let is_drawing = path.extension().is_some_and(|it| it == "svg");
    let dark = b"prefers-color-scheme";
    ensure!(
        !is_drawing || content.windows(dark.len()).any(|it| it == dark),
        "{} has no colours for dark pages (`@media (prefers-color-scheme: dark)`)",
        path.display()
    );
    Ok(())
}

/// Checks that each link and picture of the finished pages leads somewhere, to a heading if it names one.
pub(super) fn links(html: &Path) -> Result<()> {
    let mut pages = BTreeMap::new();
    read(html, Path::new(""), &mut pages)?;
    let mut dead = BTreeSet::new();
    for (path, text) in &pages {
        for link in values(text, "href").chain(values(text, "src")) {
            if !leads_somewhere(html, &pages, path, link) {
                dead.insert(format!("{}: {link}", path.display()));
            }
        }
    }
    if dead.is_empty() {
        return Ok(());
    }
    let dead: Vec<_> = dead.into_iter().collect();
    bail!(
        "links of the book that lead nowhere:\n  {}",
        dead.join("\n  ")
    )
}

fn leads_somewhere(
    html: &Path,
    pages: &BTreeMap<PathBuf, String>,
    path: &Path,
    link: &str,
) -> bool {
    if link.contains(':') || link.starts_with("//") {
        return true;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    // mdBook's page for missing pages has links from the root.
    let target = resolved(path, file.trim_start_matches('/'));
    match pages.get(&target) {
        Some(text) if !anchor.is_empty() => values(text, "id").any(|id| id == anchor),
        Some(_) => true,
        None => html.join(&target).is_file(),
    }
}

/// The pages below a folder, by their paths.
fn read(html: &Path, below: &Path, pages: &mut BTreeMap<PathBuf, String>) -> Result<()> {
    let unread = || format!("cannot read {}", html.join(below).display());
    for entry in fs::read_dir(html.join(below)).with_context(unread)? {
        let entry = entry.with_context(unread)?;
        let path = below.join(entry.file_name());
        if entry.path().is_dir() {
            read(html, &path, pages)?;
        } else if path.extension().is_some_and(|it| it == "html") {
            let text = fs::read_to_string(entry.path()).with_context(unread)?;
            pages.insert(path, text);
        }
    }
    Ok(())
}

/// The values of an attribute in a page.
fn values<'a>(text: &'a str, attribute: &str) -> impl Iterator<Item = &'a str> {
    let start = format!(" {attribute}=\"");
    let parts: Vec<&str> = text.split(&*start).skip(1).collect();
    let values = parts.into_iter().filter_map(|part| part.split('"').next());
    values.filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_have_a_dark_side() {
        let light = b"<svg><style>.a{}</style></svg>";
        assert!(picture(Path::new("a.svg"), light).is_err());
        assert!(picture(Path::new("a.png"), light).is_ok());
        let dark = b"<svg><style>@media (prefers-color-scheme: dark) {}</style></svg>";
        assert!(picture(Path::new("a.svg"), dark).is_ok());
    }

    #[test]
    fn a_dead_link_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("a.html", "<h1 id=\"top\"></h1><a href=\"b.html#part\"></a>");
        write(
            "b.html",
            "<h2 id=\"part\"></h2><a href=\"https://c.example\"></a>",
        );
        links(folder.path()).unwrap();
        write("b.html", "<img src=\"d.svg\"><h2 id=\"other\"></h2>");
        let error = links(folder.path()).unwrap_err().to_string();
        assert!(error.contains("a.html: b.html#part"), "{error}");
        assert!(error.contains("b.html: d.svg"), "{error}");
    }
}
