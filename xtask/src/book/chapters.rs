//! The place of each file of the repository in the book.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::pages::{Page, resolved};

/// The chapters by their paths in the repository.
pub(super) struct Chapters {
    chapters: BTreeMap<PathBuf, Chapter>,
}

struct Chapter {
    title: String,
    /// The path in the book.
    place: PathBuf,
}

impl Chapters {
    /// The chapters that a summary lists.
    pub(super) fn of(summary: &str) -> Result<Self> {
        let mut chapters: BTreeMap<PathBuf, Chapter> = BTreeMap::new();
        let links = Page::parse(summary).links.into_iter();
        // A chapter without a page only groups others.
        for link in links.filter(|link| !link.destination.is_empty()) {
            let path = resolved(Path::new(super::SUMMARY), &link.destination);
            let place = place(&path);
            ensure!(
                !chapters.values().any(|other| other.place == place),
                "two chapters of the book would be in {}",
                place.display()
            );
            let title = title(&summary[..link.range.start]);
            chapters.insert(path, Chapter { title, place });
        }
        Ok(Self { chapters })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Path, &Path)> {
        let chapters = self.chapters.iter();
        chapters.map(|(path, chapter)| (&**path, &*chapter.place))
    }

    pub(super) fn place(&self, path: &Path) -> Option<&Path> {
        Some(&self.chapters.get(path)?.place)
    }

    pub(super) fn title(&self, path: &Path) -> Option<&str> {
        Some(&self.chapters.get(path)?.title)
    }
}

/// The title of the link whose destination follows this text: `- [Types](`.
fn title(before: &str) -> String {
    let line = before.rsplit('\n').next().unwrap_or(before);
    let title = line.split_once('[').map_or(line, |(_, title)| title);
    title.trim_end_matches("](").to_owned()
}

/// The path of a chapter in the book.
fn place(path: &Path) -> PathBuf {
    let is_page = path.extension().is_some_and(|it| it == "md");
    let name = path.file_name().unwrap_or_default();
    if path == Path::new("README.md") {
        "index.md".into()
    } else if path.starts_with("docs") || (is_page && path.parent() == Some(Path::new(""))) {
        name.into()
    } else if path.starts_with("macros/docs") {
        Path::new("attributes").join(name)
    } else if is_page {
        path.to_owned()
    } else {
        let mut place = Path::new("sources").join(path).into_os_string();
        place.push(".md");
        place.into()
    }
}

/// Whether a file is shown, not read.
pub(super) fn is_picture(path: &Path) -> bool {
    path.extension()
        .is_some_and(|it| it == "svg" || it == "png")
}

/// The path of a picture in the book.
pub(super) fn picture(path: &Path) -> PathBuf {
    path.file_name().unwrap_or_default().into()
}

/// The path from one file of the book to another.
pub(super) fn relative(from: &Path, to: &Path) -> String {
    let depth = from.components().count().saturating_sub(1);
    let mut path = "../".repeat(depth);
    // Links have `/` as their separator.
    let parts: Vec<_> = to.iter().map(|part| part.to_string_lossy()).collect();
    path.push_str(&parts.join("/"));
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_file_has_its_place() {
        let of = |path: &str| place(Path::new(path)).display().to_string();
        assert_eq!(of("README.md"), "index.md");
        assert_eq!(of("CONTRIBUTING.md"), "CONTRIBUTING.md");
        assert_eq!(of("docs/types.md"), "types.md");
        assert_eq!(of("macros/docs/task.md"), "attributes/task.md");
        assert_eq!(of("tests/backend/README.md"), "tests/backend/README.md");
        assert_eq!(
            of("runtime/src/error.rs"),
            "sources/runtime/src/error.rs.md"
        );
    }

    #[test]
    fn no_two_chapters_share_a_place() {
        assert!(Chapters::of("[a](a.md) [b](../a.md)").is_err());
    }
}
