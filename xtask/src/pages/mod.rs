//! Pages in Markdown: their links and headings.
//!
//! - [`links`]: the check that each link leads somewhere.

#[cfg(test)]
mod cures;
pub(crate) mod links;

use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The links and the anchors of a page.
pub(crate) struct Page {
    pub(crate) links: Vec<Link>,
    pub(crate) anchors: Vec<String>,
}

/// The destination of a link or a picture.
pub(crate) struct Link {
    /// The range of the destination in the text.
    pub(crate) range: Range<usize>,
    pub(crate) destination: String,
}

/// The destination of a link without a scheme: a path, which is empty on the page itself, and an anchor.
pub(crate) struct Local<'a> {
    pub(crate) path: &'a str,
    pub(crate) anchor: Option<&'a str>,
}

impl Page {
    pub(crate) fn parse(text: &str) -> Self {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        let mut page = Self {
            links: Vec::new(),
            anchors: Vec::new(),
        };
        let mut heading: Option<String> = None;
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.extend(link(text, range, &dest_url));
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let anchor = anchor(&heading.take().unwrap_or_default());
                    page.add_anchor(&anchor);
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        page
    }

    /// A second heading with the same words gets a number.
    fn add_anchor(&mut self, anchor: &str) {
        let numbered = |number: usize| match number {
            0 => anchor.to_owned(),
            number => format!("{anchor}-{number}"),
        };
        let mut free = (0..).map(numbered).filter(|it| !self.anchors.contains(it));
        let free = free.next();
        self.anchors.extend(free);
    }
}

/// The link in this part of the text; a reference has its destination elsewhere.
fn link(text: &str, range: Range<usize>, destination: &str) -> Option<Link> {
    let found = text[range.clone()].rfind(&format!("]({destination}"))?;
    let start = range.start + found + "](".len();
    Some(Link {
        range: start..start + destination.len(),
        destination: destination.to_owned(),
    })
}

/// The anchor that GitHub and mdBook give a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        _ if letter.is_alphanumeric() => Some(letter.to_ascii_lowercase()),
        _ => None,
    });
    kept.collect()
}

impl Link {
    /// The destination, unless it has a scheme or is the path of an item in Rust.
    pub(crate) fn local(&self) -> Option<Local<'_>> {
        if self.destination.contains(':') {
            return None;
        }
        let (path, anchor) = match self.destination.split_once('#') {
            Some((path, anchor)) => (path, Some(anchor)),
            None => (&*self.destination, None),
        };
        Some(Local { path, anchor })
    }

    /// The line of the text that contains the destination.
    pub(crate) fn line(&self, text: &str) -> usize {
        text[..self.range.start].matches('\n').count() + 1
    }
}

/// The path of a link's target, both relative to the root folder.
pub(crate) fn resolved(page: &Path, path: &str) -> PathBuf {
    if path.is_empty() {
        return page.to_owned();
    }
    let mut target = page.parent().unwrap_or(page).to_owned();
    for component in Path::new(path).components() {
        match component {
            Component::ParentDir => drop(target.pop()),
            Component::CurDir => {}
            other => target.push(other),
        }
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stand_where_they_say() {
        let text = "# A\n\n[a `b`](c.md#d) and ![picture](e.svg), <https://f.example>\n";
        let page = Page::parse(text);
        let shown: Vec<_> = page
            .links
            .iter()
            .map(|it| &text[it.range.clone()])
            .collect();
        assert_eq!(shown, ["c.md#d", "e.svg"]);
        assert_eq!(page.links[0].line(text), 3);
        let local = page.links[0].local().unwrap();
        assert_eq!((local.path, local.anchor), ("c.md", Some("d")));
    }

    #[test]
    fn code_has_no_links() {
        assert!(
            Page::parse("`[a](b)`\n\n```rust\n[a](b)\n```\n")
                .links
                .is_empty()
        );
    }

    #[test]
    fn anchors_are_those_of_github() {
        let page = Page::parse("# `#[task]` on Spark 4.0\n## Same as\n## Same\n## Same\n");
        let anchors = ["task-on-spark-40", "same-as", "same", "same-1"];
        assert_eq!(page.anchors, anchors);
    }

    #[test]
    fn targets_are_found_from_the_page() {
        let of = |page: &str, path: &str| resolved(Path::new(page), path);
        assert_eq!(of("docs/a.md", "../x/b.md"), Path::new("x/b.md"));
        assert_eq!(of("a.md", "docs/b.md"), Path::new("docs/b.md"));
        assert_eq!(of("docs/a.md", ""), Path::new("docs/a.md"));
    }
}
