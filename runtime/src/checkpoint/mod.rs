//! Checkpoints: the state that an attempt saves for the next attempt, in case it does not succeed.
//!
//! ```
//! use flytekit::prelude::*;
//!
//! /// The work that is done so far.
//! #[derive(Default, FlyteData)]
//! struct Progress {
//!     next: u64,
//!     sum: u64,
//! }
//!
//! #[task(retries = 3)]
//! fn sum(n: u64) -> Result<u64> {
//!     let checkpoint = flytekit::context().checkpoint();
//!     let mut progress: Progress = checkpoint.restore()?.unwrap_or_default();
//!     let mut paced = checkpoint.at_most_every(std::time::Duration::from_secs(60));
//!     while progress.next < n {
//!         progress.sum += progress.next;
//!         progress.next += 1;
//!         paced.when_due(|checkpoint| checkpoint.save(&progress))?;
//!     }
//!     Ok(progress.sum)
//! }
//! # assert_eq!(sum(4)?, 6);
//! # Ok::<(), flytekit::Error>(())
//! ```

mod paced;
mod place;

use std::path::Path;
use std::time::Duration;

pub use paced::PacedCheckpoint;

pub(crate) use place::CheckpointPlace;

use crate::context::Context;
use crate::error::Error;
use crate::store::{self, StoreError};
use crate::types::{FlyteData, MsgpackReader, MsgpackWriter};

/// The name under which flytekit keeps bytes.
const BYTES: &str = "_dst_cp";

/// The checkpoint of a run: an attempt saves its state, and the next attempt restores it. See
/// [`Context::checkpoint`].
///
/// An attempt has one checkpoint. Each save is atomic: it replaces the previous checkpoint as a whole, or not
/// at all. flytekit uses the same place, and each reads the checkpoints of the other. If an attempt restores
/// a checkpoint and ends before its first save, the next attempt restores the same checkpoint. A restored
/// checkpoint is always one of an earlier attempt.
///
/// Outside of a run, for example in a test, nothing is restored, and saved values are discarded.
#[derive(Clone, Debug)]
pub struct Checkpoint(Context);

impl Context {
    /// The checkpoint of this run: the previous attempt's for restoring, and this attempt's for saving.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint(self.clone())
    }
}

impl Checkpoint {
    /// Saves a value.
    ///
    /// # Errors
    ///
    /// If Flyte's types cannot represent the value, and those of [`save_bytes`](Self::save_bytes).
    ///
    /// ```
    /// # use flytekit::prelude::*;
    /// # fn epoch() -> Result<()> {
    /// flytekit::context().checkpoint().save(&vec![0.5, 0.25])?;
    /// # Ok(())
    /// # }
    /// # epoch().unwrap();
    /// ```
    pub fn save(&self, value: &impl FlyteData) -> Result<(), Error> {
        let bytes = MsgpackWriter::to_bytes(|out| value.pack(out)).map_err(|error| {
            let message =
                format!("the checkpoint is not saved: the value does not fit its type: {error}");
            Error::user(message).with_source(error)
        })?;
        self.save_bytes(&bytes)
    }

    /// Saves bytes.
    ///
    /// # Errors
    ///
    /// If they cannot be written; the previous checkpoint still exists then. A container that was started
    /// without `--checkpoint-path` cannot save.
    pub fn save_bytes(&self, bytes: &[u8]) -> Result<(), Error> {
        self.saved(|place| place.save_object(BYTES, &|folder| store::write(folder, BYTES, bytes)))
    }

    /// Saves a file, under its name.
    ///
    /// # Errors
    ///
    /// If there is no such file, and those of [`save_bytes`](Self::save_bytes).
    pub fn save_file(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(name) = name.filter(|_| path.is_file()) else {
            return Err(Error::user(format!(
                "the checkpoint is not saved: `{}` is not a file whose name is UTF-8",
                path.display()
            )));
        };
        self.saved(|place| {
            place.save_object(name, &|folder| {
                store::upload(path, &store::join(folder, name))
            })
        })
    }

    /// Saves all files of a folder, and of the folders in it.
    ///
    /// # Errors
    ///
    /// If there is no such folder or no file in it, and those of [`save_bytes`](Self::save_bytes).
    pub fn save_folder(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let holds_files = store::list(&path.to_string_lossy()).is_ok_and(|files| !files.is_empty());
        if !holds_files {
            return Err(Error::user(format!(
                "the checkpoint is not saved: `{}` is not a folder with files",
                path.display()
            )));
        }
        self.saved(|place| place.save_folder(&|folder| store::upload_folder(path, folder)))
    }

    /// The saved value, if there is one.
    ///
    /// # Errors
    ///
    /// If the checkpoint is not such a value, and those of [`restore_bytes`](Self::restore_bytes).
    pub fn restore<T: FlyteData>(&self) -> Result<Option<T>, Error> {
        let Some(bytes) = self.restore_bytes()? else {
            return Ok(None);
        };
        let value = T::unpack(&mut MsgpackReader::new(&bytes)).map_err(|error| {
            let message = format!(
                "the checkpoint is not restored: the saved value does not fit its type: {error}; has the \
                 type changed since?"
            );
            Error::user(message).with_source(error)
        })?;
        Ok(Some(value))
    }

    /// The saved bytes, or the content of the saved file, if there is one.
    ///
    /// # Errors
    ///
    /// If they cannot be read, or if a folder of several files was saved.
    pub fn restore_bytes(&self) -> Result<Option<Vec<u8>>, Error> {
        self.restored_file(store::read)
    }

    /// Copies the saved file to a local path, and returns whether there was one.
    ///
    /// # Errors
    ///
    /// Those of [`restore_bytes`](Self::restore_bytes), and if the file cannot be written.
    pub fn restore_file(&self, to: impl AsRef<Path>) -> Result<bool, Error> {
        let to = to.as_ref();
        let restored = self.restored_file(|file| store::download(file, to))?;
        Ok(restored.is_some())
    }

    /// Copies the saved files into a local folder, which it creates if necessary, and returns whether there
    /// was a checkpoint.
    ///
    /// # Errors
    ///
    /// If the checkpoint cannot be read, or its files cannot be written.
    pub fn restore_folder(&self, to: impl AsRef<Path>) -> Result<bool, Error> {
        let Some((folder, _)) = self.found()? else {
            return Ok(false);
        };
        store::download_folder(&folder, to.as_ref()).map_err(not_restored)?;
        Ok(true)
    }

    /// This checkpoint, saved at most once per `time`.
    ///
    /// ```
    /// # use std::time::Duration;
    /// let checkpoint = flytekit::context().checkpoint();
    /// let mut paced = checkpoint.at_most_every(Duration::from_secs(3600));
    /// let is_saved = paced.when_due(|checkpoint| checkpoint.save(&1_u64))?;
    /// assert!(!is_saved, "an hour has not passed");
    /// # Ok::<(), flytekit::Error>(())
    /// ```
    pub fn at_most_every(&self, time: Duration) -> PacedCheckpoint {
        PacedCheckpoint::new(self.clone(), time)
    }

    fn saved(
        &self,
        save: impl FnOnce(&CheckpointPlace) -> Result<(), StoreError>,
    ) -> Result<(), Error> {
        let Some(place) = self.0.checkpoint_place() else {
            tracing::debug!("outside of a run no checkpoint is saved");
            return Ok(());
        };
        if !place.can_save() {
            return Err(Error::user(
                "the checkpoint is not saved: the container was started without `--checkpoint-path`, which \
                 the task's args must give as {{.checkpointOutputPrefix}}",
            ));
        }
        save(place).map_err(|error| {
            let message = format!("the checkpoint is not saved: {error}");
            Error::from(error).said_as(message)
        })
    }

    /// The place of the saved checkpoint, and its files.
    fn found(&self) -> Result<Option<(String, Vec<String>)>, Error> {
        let place = self.0.checkpoint_place();
        let found = place.map_or(Ok(None), CheckpointPlace::find);
        found.map_err(not_restored)
    }

    fn restored_file<T>(
        &self,
        read: impl FnOnce(&str) -> Result<T, StoreError>,
    ) -> Result<Option<T>, Error> {
        let Some((folder, files)) = self.found()? else {
            return Ok(None);
        };
        match &files[..] {
            [file] => read(&store::join(&folder, file))
                .map(Some)
                .map_err(not_restored),
            files => Err(Error::user(format!(
                "the checkpoint is not restored: it is a folder of {} files: use `restore_folder`",
                files.len()
            ))),
        }
    }
}

fn not_restored(error: StoreError) -> Error {
    let message = format!("the checkpoint is not restored: {error}");
    Error::from(error).said_as(message)
}
