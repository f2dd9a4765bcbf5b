//! The code blocks and the commands of the pages.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flytekit_tests::run;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::root;

/// The beginnings of code in a line that is a command of ours.
const OURS: [&str; 3] = ["cargo flytekit ", "cargo xtask ", "flytekit-connector "];

/// A page in Markdown.
pub(super) struct Page {
    /// The path from the root folder.
    pub(super) path: PathBuf,
    pub(super) blocks: Vec<Block>,
    /// The commands of ours in the text.
    pub(super) commands: Vec<Block>,
}

/// A fenced block, or a command in the text.
#[derive(Clone, Debug)]
pub(super) struct Block {
    page: PathBuf,
    line: usize,
    /// The words after the fence.
    pub(super) info: String,
    pub(super) text: String,
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.page.display(), self.line)
    }
}

impl Block {
    /// A whole file.
    pub(super) fn file(path: &Path) -> Self {
        Self {
            page: path.to_owned(),
            line: 1,
            info: String::new(),
            text: fs::read_to_string(root().join(path)).expect("a text"),
        }
    }

    pub(super) fn language(&self) -> &str {
        self.info.split(',').next().unwrap_or_default()
    }
}

impl Page {
    fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(root().join(&path)).expect("a page");
        let mut page = Self {
            path,
            blocks: Vec::new(),
            commands: Vec::new(),
        };
        let mut open: Option<Block> = None;
        for (event, range) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
            let block = |info: &str, code: &str| Block {
                page: page.path.clone(),
                line: text[..range.start].matches('\n').count() + 1,
                info: info.to_owned(),
                text: code.to_owned(),
            };
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    open = Some(block(&info, ""));
                }
                Event::Text(code) => {
                    if let Some(block) = &mut open {
                        block.text.push_str(&code);
                    }
                }
                Event::End(TagEnd::CodeBlock) => page.blocks.extend(open.take()),
                Event::Code(code) if OURS.iter().any(|it| code.starts_with(it)) => {
                    let command = block("sh", &code);
                    page.commands.push(command);
                }
                _ => {}
            }
        }
        page
    }

    pub(super) fn in_languages(&self, languages: &[&str]) -> impl Iterator<Item = &Block> {
        let blocks = self.blocks.iter();
        blocks.filter(move |block| languages.contains(&block.language()))
    }
}

/// Whether code has a function with this name and these parameters.
pub(super) fn has_function(code: &str, name: &str, parameters: &[String]) -> bool {
    code.split(&format!("fn {name}(")).skip(1).any(|rest| {
        let signature = rest.split(['{', ';']).next().unwrap_or(rest);
        let words: Vec<&str> = signature
            .split(|it: char| !(it.is_alphanumeric() || "_:".contains(it)))
            .collect();
        parameters
            .iter()
            .all(|parameter| words.contains(&&*format!("{parameter}:")))
    })
}

/// All pages.
pub(super) fn pages() -> Vec<Page> {
    let pages: Vec<_> = tracked("*.md").into_iter().map(Page::read).collect();
    assert!(pages.len() > 30, "{} pages", pages.len());
    pages
}

/// The files of the repository whose paths match a pattern of Git's.
pub(super) fn tracked(pattern: &str) -> Vec<PathBuf> {
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", pattern]);
    let listed = run(git.current_dir(root()));
    assert!(listed.success(), "{listed}");
    listed.text().lines().map(PathBuf::from).collect()
}
