//! Writes the page.

use std::sync::atomic::{AtomicBool, Ordering};

use super::page::page;
use super::parts::tabs;
use crate::console::tell;
use crate::context::Context;
use crate::store;

/// Flyte's name of the page.
const FILE: &str = "deck.html";

/// Whether pages of local runs open in a browser.
static OPENS: AtomicBool = AtomicBool::new(false);

/// Makes local runs open their pages in a browser.
pub(crate) fn open_when_left() {
    OPENS.store(true, Ordering::Relaxed);
}

/// Writes the page of an ended run below a prefix, if the task has one, and returns its place. A page that
/// cannot be written does not fail the run.
pub(crate) fn leave(context: &Context, prefix: &str) -> Option<String> {
    let tabs = tabs(context)?;
    let page = page(&context.task().name, &tabs);
    match store::write(prefix, FILE, page.as_bytes()) {
        Ok(()) => Some(store::join(prefix, FILE)),
        Err(error) => {
            tell(format_args!("warning: there is no deck: {error}"));
            None
        }
    }
}

/// Like [`leave`], for a local run: also prints the page's path.
pub(crate) fn leave_here(context: &Context, folder: &str) {
    let Some(place) = leave(context, folder) else {
        return;
    };
    tell(format_args!("deck: {place}"));
    if OPENS.load(Ordering::Relaxed)
        && let Err(error) = webbrowser::open(&format!("file://{place}"))
    {
        tell(format_args!(
            "warning: cannot open the deck in a browser: {error}"
        ));
    }
}
