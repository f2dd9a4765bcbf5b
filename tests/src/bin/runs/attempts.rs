//! What an attempt knows, what it leaves for the next one, and what people look at.

use std::process;

use flytekit::deck::Deck;
use flytekit::prelude::*;

/// Counts to `n`, and is killed after each step but the last, with the process that waits for it.
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

/// Has something to look at, however it ends.
#[task(enable_deck)]
fn shows(fails: bool) -> Result<i64> {
    Deck::new("report").markdown("# Seen in the console");
    if fails {
        return Err(Error::user("as it was told"));
    }
    Ok(1)
}
