//! Where the page goes.

use std::sync::atomic::{AtomicBool, Ordering};

use super::page::page;
use super::parts::tabs;
use crate::console::tell;
use crate::context::Context;
use crate::store;

/// Flyte's name of it.
const FILE: &str = "deck.html";

/// Whether whoever runs tasks here wants to see their pages at once.
static OPENS: AtomicBool = AtomicBool::new(false);

/// Opens the pages of runs on this machine when they are written.
pub(crate) fn open_when_left() {
    OPENS.store(true, Ordering::Relaxed);
}

/// Writes the page of a run that has ended below a prefix, if it has one, and gives its place. That it cannot
/// be written fails no run.
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

/// The same on this machine, where somebody wants to know.
pub(crate) fn leave_here(context: &Context, folder: &str) {
    let Some(place) = leave(context, folder) else {
        return;
    };
    tell(format_args!("deck: {place}"));
    if OPENS.load(Ordering::Relaxed)
        && let Err(error) = webbrowser::open(&format!("file://{place}"))
    {
        tell(format_args!("warning: no browser opens the deck: {error}"));
    }
}
