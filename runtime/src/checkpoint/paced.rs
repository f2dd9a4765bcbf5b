//! A checkpoint that is saved at most once in a while.

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

    /// Calls `save` if the time has passed since the last save ended, and says whether it did. Before the
    /// first save the time counts from when this was made.
    ///
    /// # Errors
    ///
    /// Those of `save`, which is then due at once.
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
