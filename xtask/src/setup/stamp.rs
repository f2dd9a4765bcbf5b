//! Records the ingredients of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The name of a stamp.
const FILE: &str = ".stamp";

/// A file that lists the ingredients of a folder. It is written last: a folder with the right stamp is
/// complete.
pub(super) struct Stamp {
    file: PathBuf,
    content: String,
}

impl Stamp {
    /// The stamp of `folder` for these ingredients.
    ///
    /// The folder's own path is always an ingredient, because virtual environments break when they are moved.
    pub(super) fn new(folder: &Path, ingredients: &[&str]) -> Self {
        let mut content = format!("{}\n", folder.display());
        for ingredient in ingredients {
            content.push_str(ingredient);
            content.push('\n');
        }
        Self {
            file: folder.join(FILE),
            content,
        }
    }

    /// Whether the folder was complete once, with any ingredients.
    pub(super) fn exists(folder: &Path) -> bool {
        folder.join(FILE).exists()
    }

    /// Whether the folder is complete and has the same ingredients.
    pub(super) fn is_there(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|found| found == self.content)
    }

    /// Declares the folder complete.
    pub(super) fn write(&self) -> Result<()> {
        // The file is renamed into place: a partial write must neither pass for a stamp, nor hide that a
        // stamp is missing.
        let unfinished = self.file.with_extension("unfinished");
        fs::write(&unfinished, &self.content)
            .and_then(|()| fs::rename(&unfinished, &self.file))
            .with_context(|| format!("cannot write {}", self.file.display()))
    }
}

/// Removes the rest of an earlier set-up of `folder`, its stamp first: if this is interrupted, the remaining
/// files do not pass for a complete folder.
pub(super) fn clear(folder: &Path) -> Result<()> {
    let remove = || {
        if Stamp::exists(folder) {
            fs::remove_file(folder.join(FILE))?;
        }
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        std::io::Result::Ok(())
    };
    remove().with_context(|| format!("cannot remove the old {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_complete_once_stamped() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = Stamp::new(folder.path(), &["pysail==0.7.2", "3.11.7"]);
        assert!(!stamp.is_there());
        stamp.write().unwrap();
        assert!(stamp.is_there());
    }

    #[test]
    fn another_pin_or_python_is_another_stamp() {
        let folder = tempfile::tempdir().unwrap();
        Stamp::new(folder.path(), &["pysail==0.7.2", "3.11.7"])
            .write()
            .unwrap();
        assert!(!Stamp::new(folder.path(), &["pysail==0.7.3", "3.11.7"]).is_there());
        assert!(!Stamp::new(folder.path(), &["pysail==0.7.2", "3.12.1"]).is_there());
    }

    #[test]
    fn a_moved_folder_is_not_complete() {
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        Stamp::new(old.path(), &["pin"]).write().unwrap();
        fs::copy(old.path().join(FILE), new.path().join(FILE)).unwrap();
        assert!(!Stamp::new(new.path(), &["pin"]).is_there());
    }

    #[test]
    fn clearing_takes_the_stamp_along() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = Stamp::new(folder.path(), &["pin"]);
        stamp.write().unwrap();
        clear(folder.path()).unwrap();
        assert!(!stamp.is_there());
        clear(folder.path()).unwrap();
    }
}
