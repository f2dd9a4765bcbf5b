//! Tasks that use checkpoints and decks.

use std::process;

use flytekit::deck::Deck;
use flytekit::prelude::*;

/// Counts to `n`. After each step but the last, it kills itself and the process that waits for it.
#[task(retries = 5)]
fn counts(n: u32) -> Result<Vec<String>> {
    let context = flytekit::context();
    let checkpoint = context.checkpoint();
    let steps: Vec<String> = checkpoint.restore()?.unwrap_or_default();
    let step = format!(
        "{} {} {}",
        context.node().unwrap_or("no node"),
        context.attempt(),
        context.task().name
    );
    let steps = [steps, vec![step]].concat();
    checkpoint.save(&steps)?;
    if steps.len() < n as usize {
        super::ends::kill(process::id())?;
    }
    Ok(steps)
}

/// Writes a deck, whether it succeeds or fails.
#[task(enable_deck)]
fn shows(fails: bool) -> Result<i64> {
    Deck::new("report").markdown("# Seen in the console");
    if fails {
        return Err(Error::user("as it was told"));
    }
    Ok(1)
}
