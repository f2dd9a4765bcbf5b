//! Other users of this machine.

use std::fs;
use std::path::{Path, PathBuf};

/// The warning on a machine with other users.
pub(super) const WARNING: &str = "other users have home directories on this machine, and this server accepts \
    all of them: while it runs, they can read and write with your rights. `--spark local` keeps them out";

/// The folders of home directories.
const HOMES: [&str; 2] = ["/home", "/Users"];

/// Files that exist in containers, whose loopback interface is not shared.
const CONTAINER: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];

/// Whether somebody else has a home directory here.
pub(super) fn are_here() -> bool {
    let is_container = CONTAINER.iter().any(|file| Path::new(file).exists())
        || std::env::var_os("KUBERNETES_SERVICE_HOST").is_some();
    let own = std::env::home_dir();
    let beside_own = own.as_deref().and_then(Path::parent).map(Path::to_owned);
    let homes = HOMES.iter().map(PathBuf::from).chain(beside_own);
    let own = own.as_deref().and_then(owner);
    !is_container && homes.into_iter().any(|folder| has_others(&folder, own))
}

/// Whether a folder has subfolders of users other than the system administrator and this user.
fn has_others(homes: &Path, own: Option<u32>) -> bool {
    /// On a machine with many users, the first ones are enough.
    const LOOKED_AT: usize = 1000;
    const ADMINISTRATOR: u32 = 0;
    let Ok(entries) = fs::read_dir(homes) else {
        return false;
    };
    let folders = entries.take(LOOKED_AT).flatten().map(|entry| entry.path());
    let mut owners = folders
        .filter(|path| path.is_dir())
        .filter_map(|it| owner(&it));
    owners.any(|owner| owner != ADMINISTRATOR && Some(owner) != own)
}

#[cfg(unix)]
fn owner(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().ok().map(|found| found.uid())
}

#[cfg(not(unix))]
fn owner(_: &Path) -> Option<u32> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn others_are_told_by_their_homes() {
        let homes = tempfile::tempdir().unwrap();
        fs::create_dir(homes.path().join("somebody")).unwrap();
        fs::write(homes.path().join("file"), "").unwrap();
        let somebody = owner(&homes.path().join("somebody"));
        assert!(!has_others(homes.path(), somebody));
        // The administrator does not count, and may run the tests.
        let is_person = somebody != Some(0);
        assert_eq!(has_others(homes.path(), Some(u32::MAX)), is_person);
        assert!(!has_others(Path::new("/no/such/folder"), None));
    }
}
