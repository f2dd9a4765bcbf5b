//! A function as its author sees it: with blanks, line breaks and comments, which tokens do not have.

use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::ToTokens;

use super::function::Source;

/// The function's text from its visibility to the end of its body, as far to the left as it goes.
///
/// Comments of the signature are missing: they lie between tokens. If the compiler has no text, as for code
/// that another macro wrote, this is the text of the tokens.
pub(crate) fn of(source: &Source) -> String {
    let (vis, sig, body) = (&source.vis, &source.sig, &source.body);
    let head = quote::quote!(#vis #sig);
    if !proc_macro::is_available() {
        return format!("{head} {body}");
    }
    let mut page = Page::default();
    page.put_all(head);
    page.put_body(body.clone());
    page.text
}

/// The written text, and the end of its last token in the author's file.
#[derive(Default)]
struct Page {
    text: String,
    /// The indentation of the whole text.
    margin: usize,
    end: Option<(usize, usize)>,
}

impl Page {
    fn put_all(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let whole = group.to_string();
                    let (open, close) = (whole.chars().next(), whole.chars().next_back());
                    let brackets = (open.filter(|it| "([{".contains(*it)), close);
                    let (Some(open), Some(close)) = brackets else {
                        self.put_all(group.stream());
                        continue;
                    };
                    self.put(group.span_open(), &open.to_string());
                    self.put_all(group.stream());
                    self.put(group.span_close(), &close.to_string());
                }
                TokenTree::Punct(punct) => {
                    let is_joint = punct.spacing() == Spacing::Joint;
                    self.put(punct.span(), &punct.as_char().to_string());
                    // The end of a part of `->` is that of the whole.
                    if is_joint && let Some((_, column)) = &mut self.end {
                        *column = usize::MAX;
                    }
                }
                other => self.put(other.span(), &other.to_string()),
            }
        }
    }

    /// The body has its text as a whole.
    fn put_body(&mut self, body: TokenStream) {
        for token in body {
            let text = match &token {
                TokenTree::Group(group) => group.span().unwrap().source_text(),
                _ => None,
            };
            let Some(text) = text else {
                self.put_all(token.into_token_stream());
                continue;
            };
            let margin = self.margin;
            let mut lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
            let first = lines.next().unwrap_or_default();
            self.put(token.span(), first);
            for line in lines {
                let indented = line.len() - line.trim_start_matches(' ').len();
                self.text.push('\n');
                self.text.push_str(&line[indented.min(margin)..]);
            }
        }
    }

    /// Writes a token as far from the one before as it is in the file.
    fn put(&mut self, span: proc_macro2::Span, text: &str) {
        let span = span.unwrap();
        let (start, end) = (span.start(), span.end());
        let (line, column) = (start.line(), start.column());
        match self.end {
            None => self.margin = column - 1,
            Some((_, usize::MAX)) => {}
            Some((before, _)) if line > before => {
                self.text.push('\n');
                let indented = (column - 1).saturating_sub(self.margin);
                self.text.extend(std::iter::repeat_n(' ', indented));
            }
            Some((_, before)) if column > before => self.text.push(' '),
            Some(_) => {}
        }
        self.text.push_str(text);
        self.end = Some((end.line(), end.column()));
    }
}
