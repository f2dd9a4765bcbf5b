//! A checkpoint that is saved at most once per interval.

use std::time::{Duration, Instant};

use super::Checkpoint;

/// Saves when enough time has passed: see [`Checkpoint::at_most_every`].
#[derive(Debug)]
pub struct PacedCheckpoint {
    checkpoint: Checkpoint,
    every: Duration,
    last: Instant,
}

impl PacedCheckpoint {
    pub(super) fn new(checkpoint: Checkpoint, every: Duration) -> Self {
        PacedCheckpoint {
            checkpoint,
            every,
            last: Instant::now(),
        }
    }

    /// Calls `save` if the interval has passed since the end of the last save, and returns whether it did.
    /// Before the first save, the interval begins with the creation of this value.
    ///
    /// # Errors
    ///
    /// Those of `save`; the next save is due immediately then.
    ///
    /// ```
    /// # use std::time::Duration;
    /// let checkpoint = flytekit::context().checkpoint();
    /// let mut paced = checkpoint.at_most_every(Duration::ZERO);
    /// for epoch in 0..3_u64 {
    ///     assert!(paced.when_due(|checkpoint| checkpoint.save(&epoch))?);
    /// }
    /// # Ok::<(), flytekit::Error>(())
    /// ```
    pub fn when_due<E>(
        &mut self,
        save: impl FnOnce(&Checkpoint) -> Result<(), E>,
    ) -> Result<bool, E> {
        if self.last.elapsed() < self.every {
            return Ok(false);
        }
        save(&self.checkpoint)?;
        self.last = Instant::now();
        Ok(true)
    }
}
