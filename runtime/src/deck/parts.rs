//! The standard tabs.

use std::time::SystemTime;

use super::{dependencies, html, lock, table, timeline};
use crate::console::redacted;
use crate::context::Context;
use crate::declare::DeckField;
use crate::execute::{Product, RunResult};
use crate::typed;
use crate::types::LiteralMapRef;

/// A tab, as HTML.
pub(super) struct Tab {
    pub(super) name: String,
    pub(super) html: String,
}

/// Records the inputs and the result of a run that has ended.
pub(crate) fn ran(context: &Context, inputs: &[u8], result: &RunResult) {
    let (Some(decks), Some(options)) = (context.decks(), context.deck_options()) else {
        return;
    };
    let mut ended = lock(&decks.ended);
    if options.fields.contains(&DeckField::Input) {
        ended.push(("Input", literals(inputs)));
    }
    if let Ok(products) = result
        && options.fields.contains(&DeckField::Output)
        && let Product::Outputs(outputs) = &products.product
    {
        ended.push(("Output", literals(&outputs.to_vec())));
    }
}

fn literals(map: &[u8]) -> String {
    match typed::object(LiteralMapRef::new(map)) {
        Ok(members) if members.is_empty() => "<p class=\"more\">none</p>".to_owned(),
        Ok(members) => table::of_members(members.iter()),
        Err(error) => table::failed(&error),
    }
}

/// The tabs of a run's page, in flytekit's order; `None` if the task has no page.
pub(super) fn tabs(context: &Context) -> Option<Vec<Tab>> {
    let (decks, options) = (context.decks()?, context.deck_options()?);
    let is_wanted = |field| options.fields.contains(&field);
    let tab = |name: &str, html: String| Tab {
        name: name.to_owned(),
        html,
    };
    let mut tabs = Vec::new();
    if is_wanted(DeckField::Timeline) {
        let whole = SystemTime::now().duration_since(context.started());
        let spans = &mut lock(&decks.spans);
        tabs.push(tab(
            "Timeline",
            timeline::html(spans, whole.unwrap_or_default()),
        ));
    }
    for deck in lock(&decks.own).iter() {
        tabs.push(tab(&deck.0.name, lock(&deck.0.html).clone()));
    }
    if is_wanted(DeckField::SourceCode) {
        let source = redacted(options.source);
        tabs.push(tab("Source Code", html::code("Rust", &source)));
    }
    if is_wanted(DeckField::Dependencies) {
        tabs.push(tab("Dependencies", dependencies::html()));
    }
    let ended = lock(&decks.ended);
    tabs.extend(ended.iter().map(|(name, html)| tab(name, html.clone())));
    Some(tabs)
}
