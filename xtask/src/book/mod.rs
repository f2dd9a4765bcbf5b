//! Builds the guides as a book with mdBook, from the pages of `docs/` and the files that they link to.
//!
//! `docs/SUMMARY.md` lists the chapters, by their paths in the repository. mdBook takes pages of one folder, so
//! they are copied into one, with their links rewritten. A source file becomes a page with the code.

mod chapters;
mod check;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use self::chapters::Chapters;
use crate::pages::{Page, resolved};
use crate::setup::{self, Program};
use crate::{report, workspace};

const SUMMARY: &str = "docs/SUMMARY.md";

/// The pages of the attributes, which link to each other as rustdoc's links do.
const ATTRIBUTES: &str = "macros/docs";

/// Builds the book and says where it is.
pub(crate) fn run() -> Result<()> {
    build()?;
    report::say(
        "Finished",
        &folder().join("index.html").display().to_string(),
    );
    Ok(())
}

/// Builds the book and checks it. A warning of mdBook is an error.
pub(crate) fn build() -> Result<()> {
    let mdbook = setup::program(Program::MdBook)?;
    let book = source();
    if book.exists() {
        fs::remove_dir_all(&book).with_context(|| format!("cannot remove {}", book.display()))?;
    }
    write(&book)?;
    report::say("Building", "the book");
    let output = Command::new(&mdbook)
        .args(["build", "--dest-dir"])
        .args([folder(), source()])
        .output()
        .with_context(|| format!("cannot run {}", mdbook.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() || said.contains("WARN") || said.contains("ERROR") {
        bail!("mdbook reports problems of the book:\n{}", said.trim());
    }
    check::links(&folder())
}

/// The folder of mdBook's input.
fn source() -> PathBuf {
    workspace::target().join("book")
}

/// The folder of the finished pages.
pub(crate) fn folder() -> PathBuf {
    source().join("html")
}

/// Writes mdBook's input.
fn write(book: &Path) -> Result<()> {
    let summary = read(Path::new(SUMMARY))?;
    let chapters = Chapters::of(&summary)?;
    let source = book.join("src");
    for file in ["book.toml", "book.css"] {
        copy(&Path::new("docs").join(file), &book.join(file))?;
    }
    save(
        &source.join("SUMMARY.md"),
        &rewritten(Path::new(SUMMARY), &summary, &chapters, &mut Vec::new())?,
    )?;
    let mut pictures = Vec::new();
    for (path, target) in chapters.iter() {
        let text = read(path)?;
        let text = match path.extension().and_then(|it| it.to_str()) {
            Some("md") => titled(
                path,
                &rewritten(path, &text, &chapters, &mut pictures)?,
                &chapters,
            ),
            extension => as_page(path, extension.unwrap_or("text"), &text),
        };
        save(&source.join(target), &text)?;
    }
    for picture in pictures {
        check::picture(&picture, &read_bytes(&picture)?)?;
        copy(&picture, &source.join(chapters::picture(&picture)))?;
    }
    Ok(())
}

/// A page's text with links to places in the book.
fn rewritten(
    path: &Path,
    text: &str,
    chapters: &Chapters,
    pictures: &mut Vec<PathBuf>,
) -> Result<String> {
    let mut text = text.to_owned();
    // The last link is changed first, so that the places of the links before it stay valid.
    for link in Page::parse(&text.clone()).links.into_iter().rev() {
        let attribute = link.destination.strip_prefix("macro@crate::");
        let (target, anchor) = match (attribute, link.local()) {
            (Some(name), _) => (Path::new(ATTRIBUTES).join(format!("{name}.md")), None),
            (None, Some(local)) if !local.path.is_empty() => {
                (resolved(path, local.path), local.anchor)
            }
            _ => continue,
        };
        let place = if chapters::is_picture(&target) {
            pictures.push(target.clone());
            chapters::picture(&target)
        } else if let Some(place) = chapters.place(&target) {
            place.to_owned()
        } else {
            let (path, line) = (path.display(), link.line(&text));
            bail!(
                "{path}:{line}: {} is not in the book: add it to {SUMMARY}",
                target.display()
            );
        };
        let from = chapters.place(path).unwrap_or(Path::new("SUMMARY.md"));
        let anchor = anchor.map_or(String::new(), |it| format!("#{it}"));
        let destination = format!("{}{anchor}", chapters::relative(from, &place));
        text.replace_range(link.range, &destination);
    }
    Ok(text)
}

/// A page with a title, as mdBook shows it well. rustdoc gives the pages of attributes a title, and mdBook does not.
fn titled(path: &Path, text: &str, chapters: &Chapters) -> String {
    // mdBook does not highlight Dockerfiles, and complains about them in the browser's console.
    let text = text.replace("\n```dockerfile\n", "\n```bash\n");
    match chapters.title(path) {
        Some(title) if !text.starts_with("# ") => format!("# {title}\n\n{text}"),
        _ => text,
    }
}

/// A source file as a page.
fn as_page(path: &Path, language: &str, code: &str) -> String {
    let language = match language {
        "rs" => "rust,ignore",
        "py" => "python",
        other => other,
    };
    // A fence inside of a comment would end a shorter one.
    let fence = "`````";
    let code = code.trim_end();
    format!(
        "# {}\n\n{fence}{language}\n{code}\n{fence}\n",
        path.display()
    )
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(workspace::root().join(path))
        .with_context(|| format!("cannot read {}", path.display()))
}

fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    fs::read(workspace::root().join(path))
        .with_context(|| format!("cannot read {}", path.display()))
}

fn copy(path: &Path, target: &Path) -> Result<()> {
    save(target, read_bytes(path)?)
}

fn save(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, content))
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_chapters() {
        let chapters = Chapters::of(
            "[Start](../README.md)\n- [Types](types.md)\n- [Task](../macros/docs/task.md)\n",
        )
        .unwrap();
        let mut pictures = Vec::new();
        let mut of =
            |path: &str, text: &str| rewritten(Path::new(path), text, &chapters, &mut pictures);
        let text = "[t](../macros/docs/task.md#pods) [r](../README.md) ![p](p.svg) [h](#x)";
        let expected = "[t](attributes/task.md#pods) [r](index.md) ![p](p.svg) [h](#x)";
        assert_eq!(of("docs/types.md", text).unwrap(), expected);
        assert_eq!(
            of("README.md", "[t](docs/types.md)").unwrap(),
            "[t](types.md)"
        );
        let back = of("macros/docs/task.md", "[t](macro@crate::task)").unwrap();
        assert_eq!(back, "[t](../attributes/task.md)");
        let missing = of("docs/types.md", "\n[x](x.md)").unwrap_err().to_string();
        assert!(
            missing.starts_with("docs/types.md:2: docs/x.md is not"),
            "{missing}"
        );
        assert_eq!(pictures, [Path::new("docs/p.svg")]);
    }

    #[test]
    fn each_page_has_a_title() {
        let chapters = Chapters::of("- [`#[task]`](../macros/docs/task.md)\n").unwrap();
        let titled = |text: &str| titled(Path::new("macros/docs/task.md"), text, &chapters);
        assert_eq!(titled("A task."), "# `#[task]`\n\nA task.");
        assert_eq!(titled("# Tasks"), "# Tasks");
    }

    #[test]
    fn a_source_is_a_page() {
        let page = as_page(Path::new("a/b.rs"), "rs", "fn main() {}\n");
        assert_eq!(page, "# a/b.rs\n\n`````rust,ignore\nfn main() {}\n`````\n");
    }
}
