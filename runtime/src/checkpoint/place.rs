//! The places of checkpoints. A new checkpoint replaces the old one atomically, although stores only replace
//! single files atomically.
//!
//! ```text
//! raw/_flytecheckpoints/…            the saved files, where flytekit looks for them
//! raw/_flytecheckpoints-<unique>/…   the files that are about to be saved
//! raw/_flytecheckpoints.current      names the folder of the saved files, unless it is the first
//! ```
//!
//! A single file is written to its final place. Several files are written beside that place. Then the third
//! file names them, which is the moment of the change. Then they are moved or copied to the final place, the
//! third file is removed, and finally the files beside. A process may be killed between any two of these
//! steps: the third file names only files that are complete. Readers look at that file first. They ignore it
//! if its files do not exist, because these have moved.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::context::unique;
use crate::store::{self, StoreError};

/// The places of this attempt's checkpoint, and of the previous attempt's.
#[derive(Debug)]
pub(crate) struct CheckpointPlace {
    own: String,
    previous: String,
    kept: Mutex<Option<Kept>>,
}

/// The saved files of this attempt.
#[derive(Debug, Default)]
struct Kept {
    files: Vec<String>,
    /// The folder that the pointer file names, if there is one.
    elsewhere: Option<String>,
}

impl CheckpointPlace {
    /// An absent place is empty text, the backend's two quotes, or a template that nobody has rendered.
    pub(crate) fn new(own: &str, previous: &str) -> Self {
        let given = |uri: &str| {
            let uri = uri.trim().trim_end_matches('/');
            let is_none = uri == "\"\"" || uri.starts_with("{{");
            if is_none {
                String::new()
            } else {
                uri.to_owned()
            }
        };
        CheckpointPlace {
            own: given(own),
            previous: given(previous),
            kept: Mutex::new(None),
        }
    }

    pub(super) fn can_save(&self) -> bool {
        !self.own.is_empty()
    }

    /// Saves a single file, which `put` writes into a folder under this name.
    pub(super) fn save_object(
        &self,
        name: &str,
        put: &dyn Fn(&str) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut kept = self.kept()?;
        let state = kept.get_or_insert_default();
        if state.files.iter().any(|file| file != name) {
            return self.replace(state, vec![name.to_owned()], put);
        }
        put(&self.own)?;
        state.files = vec![name.to_owned()];
        self.settle(state)
    }

    /// Saves the files that `put` writes into a folder.
    pub(super) fn save_folder(
        &self,
        put: &dyn Fn(&str) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut kept = self.kept()?;
        let state = kept.get_or_insert_default();
        // The names do not matter: any of the files is in the way of the next save.
        self.replace(state, vec![String::new()], put)
    }

    /// Replaces everything that exists by the files that `put` writes.
    fn replace(
        &self,
        state: &mut Kept,
        files: Vec<String>,
        put: &dyn Fn(&str) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let beside = format!("{}-{}", self.own, unique());
        if let Err(error) = put(&beside) {
            // A leftover does no harm.
            let _ = store::remove_folder(&beside);
            return Err(error);
        }
        self.point_to(&beside)?;
        let before = state.elsewhere.replace(beside.clone());
        let placed = store::remove_folder(&self.own)
            .and_then(|()| store::move_or_copy_folder(&beside, &self.own));
        if let Some(before) = before {
            self.forget(&before);
        }
        if let Err(error) = placed {
            // The checkpoint is saved, but not where flytekit looks for it. Only another whole save may
            // follow.
            tracing::warn!("the checkpoint stays where it was written: {error}");
            state.files = vec![String::new()];
            return Ok(());
        }
        state.files = files;
        self.settle(state)
    }

    /// Removes the pointer: from now on the files in the final place count.
    fn settle(&self, state: &mut Kept) -> Result<(), StoreError> {
        if state.elsewhere.is_some() {
            store::remove(&pointer(&self.own))?;
        }
        if let Some(folder) = state.elsewhere.take() {
            self.forget(&folder);
        }
        Ok(())
    }

    /// Removes a folder that no pointer names, unless it has the checkpoint of another attempt.
    fn forget(&self, folder: &str) {
        let is_own = folder.strip_prefix(&self.own);
        if is_own.is_some_and(|rest| rest.starts_with('-'))
            && let Err(error) = store::remove_folder(folder)
        {
            tracing::warn!("the copy of a checkpoint is left over: {error}");
        }
    }

    fn point_to(&self, folder: &str) -> Result<(), StoreError> {
        store::write("", &pointer(&self.own), folder.as_bytes())
    }

    /// The saved files, which the first call looks up.
    fn kept(&self) -> Result<MutexGuard<'_, Option<Kept>>, StoreError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.is_none() {
            *kept = Some(Kept {
                files: files(&self.own)?,
                elsewhere: pointed_to(&self.own)?,
            });
        }
        Ok(kept)
    }

    /// The place and the files of an earlier attempt's checkpoint, if there is one. From now on this attempt
    /// has the checkpoint, too.
    pub(super) fn find(&self) -> Result<Option<(String, Vec<String>)>, StoreError> {
        let found = self.look()?;
        if let Some((folder, _)) = &found
            && self.can_save()
            && let Err(error) = self.hand_on(folder)
        {
            tracing::warn!("the next attempt may not find the checkpoint: {error}");
        }
        Ok(found)
    }

    fn look(&self) -> Result<Option<(String, Vec<String>)>, StoreError> {
        if self.previous.is_empty() {
            return Ok(None);
        }
        if let Some(folder) = pointed_to(&self.previous)? {
            let files = files(&folder)?;
            if !files.is_empty() {
                return Ok(Some((folder, files)));
            }
        }
        let files = files(&self.previous)?;
        Ok((!files.is_empty()).then(|| (self.previous.clone(), files)))
    }

    /// Lets the next attempt find the checkpoint in `folder`, unless this attempt has saved one.
    fn hand_on(&self, folder: &str) -> Result<(), StoreError> {
        let mut kept = self.kept()?;
        let state = kept.get_or_insert_default();
        if state.files.is_empty() && state.elsewhere.is_none() {
            self.point_to(folder)?;
            state.elsewhere = Some(folder.to_owned());
        }
        Ok(())
    }
}

/// The pointer file beside a checkpoint, which names its place.
fn pointer(checkpoint: &str) -> String {
    format!("{checkpoint}.current")
}

/// The folder that the pointer file beside a checkpoint names.
fn pointed_to(checkpoint: &str) -> Result<Option<String>, StoreError> {
    match store::read(&pointer(checkpoint)) {
        Ok(folder) => Ok(String::from_utf8(folder).ok()),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The files below a prefix; there may be none.
fn files(folder: &str) -> Result<Vec<String>, StoreError> {
    match store::list(folder) {
        Ok(entries) => Ok(entries.into_iter().map(|entry| entry.path).collect()),
        Err(error) if error.is_not_found() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
