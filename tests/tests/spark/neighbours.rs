//! Machines with other users: a warning is printed about a local server that is open to everybody.

#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::Path;
use std::process::Command;

use flytekit_tests::{Ended, python, run};

/// Runs a program on this machine with other home directories, and without the files that mark a container:
const MACHINE: &str = r#"
set -e
root=$1 homes=$2
shift 2
mount -t tmpfs none "$root"
for entry in /*; do
    if [ "$entry" = /home ]; then
        mkdir "$root/home"
        mount --bind "$homes" "$root/home"
    elif [ -L "$entry" ]; then
        cp -P "$entry" "$root/"
    elif [ -d "$entry" ]; then
        mkdir "$root$entry"
        mount --rbind "$entry" "$root$entry"
    fi
done
exec chroot "$root" "$@"
"#;

/// A task on Sail with these home directories; `None` if the user may not create namespaces.
fn sums_among(homes: &Path) -> Option<Ended> {
    let unshare = ["--user", "--map-root-user", "--mount"];
    let tried = Command::new("unshare").args(unshare).arg("true").output();
    if !tried.is_ok_and(|tried| tried.status.success()) {
        eprintln!("not tested: unshare {unshare:?} is not allowed here");
        return None;
    }
    let root = tempfile::tempdir().expect("a folder");
    let mut command = Command::new("unshare");
    command.args(unshare).args(["sh", "-c", MACHINE, "machine"]);
    command.arg(root.path()).arg(homes);
    command.arg(env!("CARGO_BIN_EXE_queries"));
    command.args(["run", "queries.query", "--sql", "SELECT * FROM range(3)"]);
    command
        .args(["--spark", "sail"])
        .env("FLYTEKIT_PYTHON", python())
        .env("HOME", "/root")
        .env_remove("KUBERNETES_SERVICE_HOST");
    let ended = run(&mut command);
    assert!(ended.success(), "{ended}");
    Some(ended)
}

#[test]
fn sail_lets_others_in_and_says_so_where_there_are_some() {
    const WARNING: &str = "other users have home directories on this machine";
    let homes = tempfile::tempdir().expect("a folder");
    if let Some(ended) = sums_among(homes.path()) {
        assert!(!ended.stderr.contains(WARNING), "{ended}");
    }

    let somebody = homes.path().join("somebody");
    fs::create_dir(&somebody).expect("a folder");
    // Only the administrator can create another user's home directory. Other users skip this part.
    let is_administrator = somebody.metadata().expect("an owner").uid() == 0;
    if !is_administrator {
        eprintln!("not tested: only the administrator has others");
        return;
    }
    chown(&somebody, Some(1234), Some(1234)).expect("another owner");
    if let Some(ended) = sums_among(homes.path()) {
        assert!(ended.stderr.contains(WARNING), "{ended}");
        assert!(ended.stderr.contains("`--spark local`"), "{ended}");
    }
}
