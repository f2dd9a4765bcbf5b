//! Keeps the beginning and the end of a text of any length.

use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How much is kept at either end of a growing text: more than is shown, so that a secret at the edge of the
/// shown part is still complete when secrets are removed.
const KEPT: usize = 256 << 10;

/// The beginning and the end of a text. Its size is bounded, however long the text is.
#[derive(Debug, Default)]
pub(crate) struct Ends {
    beginning: String,
    /// The last part of the text after the beginning.
    end: String,
    /// How many bytes there are between the two.
    between: usize,
}

impl Ends {
    /// Keeps the ends of the text that `write` writes. User code may run in it; its panic becomes part of the
    /// text.
    pub(crate) fn of(write: impl FnOnce(&mut dyn Write) -> fmt::Result) -> Self {
        let mut ends = Ends::default();
        let written = catch_unwind(AssertUnwindSafe(|| write(&mut ends)));
        let problem = match written {
            Ok(Ok(())) => return ends,
            Ok(Err(fmt::Error)) => "it cannot be told further",
            Err(payload) => {
                // The payload's destructor may panic, too.
                std::mem::forget(payload);
                "telling it further panics"
            }
        };
        // Writing to an `Ends` cannot fail.
        let _ = write!(ends, " … ({problem})");
        ends
    }

    /// At most about `limit` bytes of the text, after `edit` was applied to each part of it.
    pub(crate) fn shown(&self, limit: usize, edit: impl Fn(&str) -> String) -> String {
        let beginning = edit(&self.beginning);
        let end = edit(&self.end);
        if self.between == 0 && beginning.len() + end.len() <= limit {
            return beginning + &end;
        }
        let whole = beginning.len() + self.between + end.len();
        let (first, rest) = beginning.split_at(boundary(&beginning, limit / 2));
        let last = if self.between == 0 {
            // As one text, because the shown end may begin in the first part.
            &(rest.to_owned() + &end)
        } else {
            &end
        };
        let last = last_part(last, limit / 2);
        let left_out = whole - first.len() - last.len();
        format!("{first}\n… {left_out} bytes are left out here …\n{last}")
    }
}

impl Write for Ends {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = if self.end.is_empty() && self.between == 0 {
            boundary(text, KEPT - self.beginning.len().min(KEPT))
        } else {
            0
        };
        let (first, rest) = text.split_at(room);
        self.beginning.push_str(first);
        let kept = last_part(rest, KEPT);
        self.between += rest.len() - kept.len();
        self.end.push_str(kept);
        if self.end.len() > 2 * KEPT {
            let surplus = self.end.len() - last_part(&self.end, KEPT).len();
            self.between += surplus;
            self.end.drain(..surplus);
        }
        Ok(())
    }
}

/// The last index up to `limit` at which a character begins.
fn boundary(text: &str, limit: usize) -> usize {
    let mut at = limit.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The end of a text, of at most `limit` bytes.
fn last_part(text: &str, limit: usize) -> &str {
    let mut at = text.len().saturating_sub(limit);
    while !text.is_char_boundary(at) {
        at += 1;
    }
    &text[at..]
}

#[cfg(test)]
mod tests {
    use super::{Ends, KEPT};

    fn shown(text: &str, limit: usize) -> String {
        Ends::of(|out| out.write_str(text)).shown(limit, str::to_owned)
    }

    #[test]
    fn what_is_short_is_whole() {
        for text in ["", "short", &"é".repeat(50)] {
            assert_eq!(shown(text, 100), text);
        }
    }

    #[test]
    fn what_is_long_is_cut_between_characters() {
        for length in [51, 1000, KEPT, 4 * KEPT] {
            let text = format!("<{}>", "é".repeat(length));
            let cut = shown(&text, 100);
            let (first, rest) = cut.split_once("\n… ").expect("a cut");
            let (count, last) = rest
                .split_once(" bytes are left out here …\n")
                .expect("a cut");
            assert!(first.starts_with("<é") && last.ends_with("é>"), "{cut}");
            assert_eq!(
                first.len() + last.len() + count.parse::<usize>().expect("a number"),
                text.len()
            );
            assert!(first.len() <= 50 && last.len() <= 50, "{cut}");
        }
    }

    #[test]
    fn a_text_that_comes_in_pieces_is_the_same() {
        let piece = "0123456789é";
        let text = piece.repeat(300_000);
        let pieces = Ends::of(|out| (0..300_000).try_for_each(|_| out.write_str(piece)));
        assert_eq!(pieces.shown(1000, str::to_owned), shown(&text, 1000));
        assert!(pieces.beginning.len() + pieces.end.len() <= 4 * KEPT);
    }

    #[test]
    fn a_secret_at_the_edge_goes_whole() {
        let text = format!("{}secret{}", "x".repeat(47), "x".repeat(1000));
        let ends = Ends::of(|out| out.write_str(&text));
        let shown = ends.shown(100, |text| text.replace("secret", "[gone]"));
        assert!(shown.starts_with("xxx") && !shown.contains("se"), "{shown}");
    }

    #[test]
    fn a_panic_is_the_end_of_the_text() {
        let ends = Ends::of(|out| {
            out.write_str("half of it")?;
            panic!("no more")
        });
        let shown = ends.shown(100, str::to_owned);
        assert_eq!(shown, "half of it … (telling it further panics)");
    }
}
