//! What an attempt leaves for the next one, should it not come to its end.
//!
//! ```
//! use flytekit::prelude::*;
//!
//! /// What has been done so far.
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

/// The checkpoint of a run: what the attempt before has saved, and what this one does. See
/// [`Context::checkpoint`].
///
/// An attempt has one checkpoint: each save replaces the one before, whole or not at all. It is where
/// flytekit has its own, and each reads what the other has saved. An attempt that restores and ends
/// before it saves hands on what it has restored. What is restored is always of an attempt before this one.
///
/// Outside of a run nothing is restored, and what is saved goes nowhere: a test may call the task's function.
#[derive(Clone, Debug)]
pub struct Checkpoint(Context);

impl Context {
    /// What the attempt before has left for this one, and what this one leaves.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint(self.clone())
    }
}

impl Checkpoint {
    /// Saves a value.
    ///
    /// # Errors
    ///
    /// When Flyte's types cannot hold it, and as [`save_bytes`](Self::save_bytes).
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
            let message = format!("the checkpoint is not saved: the value {error}");
            Error::user(message).with_source(error)
        })?;
        self.save_bytes(&bytes)
    }

    /// Saves bytes.
    ///
    /// # Errors
    ///
    /// When they cannot be written: what was saved before is still there then. In a container that was
    /// started without `--checkpoint-path` nothing can be saved.
    pub fn save_bytes(&self, bytes: &[u8]) -> Result<(), Error> {
        self.saved(|place| place.save_object(BYTES, &|folder| store::write(folder, BYTES, bytes)))
    }

    /// Saves a file, under its name.
    ///
    /// # Errors
    ///
    /// When there is no such file, and as [`save_bytes`](Self::save_bytes).
    pub fn save_file(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(name) = name.filter(|_| path.is_file()) else {
            return Err(Error::user(format!(
                "the checkpoint is not saved: `{}` is no file whose name is UTF-8",
                path.display()
            )));
        };
        self.saved(|place| {
            place.save_object(name, &|folder| {
                store::upload(path, &store::join(folder, name))
            })
        })
    }

    /// Saves all files of a folder, and of its folders.
    ///
    /// # Errors
    ///
    /// When there is no such folder or no file in it, and as [`save_bytes`](Self::save_bytes).
    pub fn save_folder(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let holds_files = store::list(&path.to_string_lossy()).is_ok_and(|files| !files.is_empty());
        if !holds_files {
            return Err(Error::user(format!(
                "the checkpoint is not saved: `{}` is no folder with files",
                path.display()
            )));
        }
        self.saved(|place| place.save_folder(&|folder| store::upload_folder(path, folder)))
    }

    /// The value that was saved, if there is one.
    ///
    /// # Errors
    ///
    /// When what was saved is no such value, and as [`restore_bytes`](Self::restore_bytes).
    pub fn restore<T: FlyteData>(&self) -> Result<Option<T>, Error> {
        let Some(bytes) = self.restore_bytes()? else {
            return Ok(None);
        };
        let value = T::unpack(&mut MsgpackReader::new(&bytes)).map_err(|error| {
            let message = format!(
                "the checkpoint is not restored: what an attempt before has saved {error}; has the type \
                 changed since?"
            );
            Error::user(message).with_source(error)
        })?;
        Ok(Some(value))
    }

    /// The bytes or the content of the file that was saved, if there is one.
    ///
    /// # Errors
    ///
    /// When they cannot be read, and when a folder of several files was saved.
    pub fn restore_bytes(&self) -> Result<Option<Vec<u8>>, Error> {
        self.restored_file(store::read)
    }

    /// Copies the file that was saved to a path of this machine, and says whether there was one.
    ///
    /// # Errors
    ///
    /// As [`restore_bytes`](Self::restore_bytes), and when the file cannot be written.
    pub fn restore_file(&self, to: impl AsRef<Path>) -> Result<bool, Error> {
        let to = to.as_ref();
        let restored = self.restored_file(|file| store::download(file, to))?;
        Ok(restored.is_some())
    }

    /// Copies what was saved into a folder of this machine, which is made if need be, and says whether there
    /// was something.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or its files cannot be written.
    pub fn restore_folder(&self, to: impl AsRef<Path>) -> Result<bool, Error> {
        let Some((folder, _)) = self.found()? else {
            return Ok(false);
        };
        store::download_folder(&folder, to.as_ref()).map_err(not_restored)?;
        Ok(true)
    }

    /// The same checkpoint, saved at most once in a while.
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
                 the task's args have to give as {{.checkpointOutputPrefix}}",
            ));
        }
        save(place).map_err(|error| {
            let message = format!("the checkpoint is not saved: {error}");
            Error::from(error).said_as(message)
        })
    }

    /// Where what was saved lies, and its files.
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
                "the checkpoint is not restored: it is a folder of {} files, which `restore_folder` takes",
                files.len()
            ))),
        }
    }
}

fn not_restored(error: StoreError) -> Error {
    let message = format!("the checkpoint is not restored: {error}");
    Error::from(error).said_as(message)
}
