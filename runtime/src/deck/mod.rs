//! Decks: a page for people beside a task's outputs, `deck.html`, with a tab for each [`Deck`].
//!
//! A task has a page if its attribute has `enable_deck`. Standard tabs show the timeline of the run, the
//! task's source, the program's dependencies, the inputs and the outputs; `deck_fields` selects some of
//! these.
//!
//! ```
//! use flytekit::deck::{Deck, time_it};
//! use flytekit::prelude::*;
//!
//! #[derive(FlyteData)]
//! struct Epoch {
//!     number: u32,
//!     loss: f64,
//! }
//!
//! #[task(enable_deck, deck_fields(timeline, input))]
//! fn train(epochs: u32) -> f64 {
//!     let losses: Vec<_> = time_it("training", || {
//!         (1..=epochs).map(|number| Epoch { number, loss: 1.0 / f64::from(number) }).collect()
//!     });
//!     let deck = Deck::new("training");
//!     deck.markdown("# How it went\n\nThe loss goes **down**.").table(&losses);
//!     losses.last().map_or(1.0, |last| last.loss)
//! }
//! # assert_eq!(train(4), 0.25);
//! ```
//!
//! The page is one file, which loads nothing from other places and runs no script. Text is escaped, and
//! values of secrets are redacted. The run writes the page at its end, also if it has failed. A page that
//! cannot be written does not fail the run.

mod dependencies;
mod html;
mod markdown;
mod page;
mod parts;
#[cfg(feature = "plots")]
mod plot;
mod table;
mod timeline;
mod written;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub use dependencies::LockFile;
pub use timeline::time_it;

pub(crate) use parts::ran;
pub(crate) use timeline::timed;
pub(crate) use written::{leave, leave_here, open_when_left};

use crate::console::redacted;
use crate::context::context;
use crate::types::FlyteData;
use html::escaped;
use timeline::Span;

/// The crate that draws plots.
#[cfg(feature = "plots")]
pub use plotters;

#[doc(inline)]
pub use crate::__flytekit_dependencies as dependencies;

/// The content of a task's page, which grows while the task runs.
#[derive(Debug, Default)]
pub(crate) struct Decks {
    own: Mutex<Vec<Deck>>,
    spans: Mutex<Vec<Span>>,
    /// Tabs whose content is only known after the function has returned.
    ended: Mutex<Vec<(&'static str, String)>>,
}

/// A tab of the page. Each method adds to the tab's end.
///
/// Clones are the same tab. Outside of a run, and in a task without `enable_deck`, the tab is not shown.
#[derive(Clone)]
pub struct Deck(Arc<Content>);

struct Content {
    name: String,
    html: Mutex<String>,
}

impl Deck {
    /// Creates a tab of this run's page. It replaces a tab with the same name.
    pub fn new(name: impl Into<String>) -> Self {
        let deck = Deck(Arc::new(Content {
            name: redacted(&name.into()).into_owned(),
            html: Mutex::default(),
        }));
        if let Some(decks) = context().decks() {
            let mut own = lock(&decks.own);
            match own.iter_mut().find(|it| it.0.name == deck.0.name) {
                Some(same) => *same = deck.clone(),
                None => own.push(deck.clone()),
            }
        }
        deck
    }

    /// Adds text as it is, with its line breaks.
    pub fn text(&self, text: impl fmt::Display) -> &Self {
        let text = text.to_string();
        self.put(&format!(
            "<pre class=\"text\">{}</pre>",
            escaped(&redacted(&text))
        ))
    }

    /// Adds a text in Markdown, with tables. HTML in it is shown as text.
    pub fn markdown(&self, text: &str) -> &Self {
        self.put(&markdown::html(&redacted(text)))
    }

    /// Adds HTML as it is: make sure that you trust it. Scripts in it do not run, and nothing is loaded for
    /// it, so an image must be a `data:` URL.
    pub fn html(&self, html: &str) -> &Self {
        self.put(&redacted(html))
    }

    /// Adds source code, with the name of its language.
    pub fn code(&self, language: &str, source: &str) -> &Self {
        self.put(&html::code(&redacted(language), &redacted(source)))
    }

    /// Adds values as a table, with a column for each field of a struct. Only the first rows are shown.
    ///
    /// ```
    /// use flytekit::deck::Deck;
    /// use flytekit::prelude::*;
    ///
    /// #[derive(FlyteData)]
    /// struct City {
    ///     name: String,
    ///     people: u64,
    /// }
    ///
    /// Deck::new("cities").table(&[City { name: "Ulm".to_owned(), people: 126_000 }]);
    /// ```
    pub fn table<T: FlyteData>(&self, rows: &[T]) -> &Self {
        self.put(&table::of_values(rows))
    }

    /// Adds the first rows of an Arrow batch.
    #[cfg(feature = "arrow")]
    pub fn batch(&self, batch: &arrow_array::RecordBatch) -> &Self {
        self.put(&table::of_batches(std::slice::from_ref(batch)))
    }

    /// Adds the first rows of a data frame, which Spark computes for that.
    ///
    /// # Errors
    ///
    /// If Spark cannot compute the rows.
    #[cfg(all(feature = "arrow", feature = "spark"))]
    pub fn frame(&self, frame: &crate::spark::DataFrame) -> crate::Result<&Self> {
        Ok(self.put(&table::of_frame(frame)?))
    }

    /// Adds a picture in SVG, for example from a plotting crate. The page shows it as an image, so nothing in
    /// it runs.
    pub fn svg(&self, svg: &str) -> &Self {
        self.image("image/svg+xml", redacted(svg).as_bytes())
    }

    /// Adds a picture with a media type such as `image/png`.
    pub fn image(&self, media_type: &str, bytes: &[u8]) -> &Self {
        let media_type = redacted(media_type);
        let (media_type, bytes) = (escaped(&media_type), STANDARD.encode(bytes));
        self.put(&format!(
            "<img alt=\"\" src=\"data:{media_type};base64,{bytes}\">"
        ))
    }

    fn put(&self, html: &str) -> &Self {
        let mut all = lock(&self.0.html);
        all.push_str(html);
        all.push('\n');
        drop(all);
        self
    }
}

impl fmt::Debug for Deck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Deck").field(&self.0.name).finish()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
