//! Allows only one set-up at a time: two would remove each other's files.

use std::fs::File;

use anyhow::{Context as _, Result};
use rustix::fs::{FlockOperation, flock};

use crate::{report, workspace};

/// Held while `.tools/` may change. The system releases it however the process ends.
pub(super) struct Lock(#[expect(dead_code, reason = "an open file is what holds it")] File);

impl Lock {
    /// Waits until no other set-up is running.
    pub(super) fn take() -> Result<Self> {
        super::make_tools_folder()?;
        let path = workspace::tools().join(".lock");
        let file = File::create(&path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            report::say("Waiting", "for another set-up");
            flock(&file, FlockOperation::LockExclusive).context("cannot lock .tools/.lock")?;
        }
        Ok(Self(file))
    }
}
