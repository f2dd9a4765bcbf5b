//! Where things are in this checkout.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout's root folder.
pub(crate) fn root() -> &'static Path {
    let this_package = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A package of a workspace always lies in a folder of it.
    this_package.parent().unwrap_or(this_package)
}

/// The ignored folder that set-up fills. Several work trees may share one by a link: its own path says
/// whether it was moved, not theirs.
pub(crate) fn tools() -> PathBuf {
    let folder = root().join(".tools");
    folder.canonicalize().unwrap_or(folder)
}

/// The example that has an engine of its own and, to show that, a workspace of its own.
pub(crate) const CUSTOM_ENGINE: &str = "examples/custom-engine/Cargo.toml";

/// The cargo that runs this program, so that all builds use one toolchain; it starts in the root.
pub(crate) fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    // Build scripts that look at them (`ring`'s does) would run again, with all that depends on them, each
    // time that cargo is asked with them after it was asked without: of this package nobody below is one.
    for (name, _) in env::vars_os() {
        let own = name.to_str().unwrap_or_default();
        if own.starts_with("CARGO_PKG_") || own.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// Makes cargo build another workspace's packages into this one's target folder, where much of what they
/// depend on is built already, with the profile that dependencies have here.
pub(crate) fn share_target(command: &mut Command) {
    command.arg("--target-dir").arg(target());
    command.env("CARGO_PROFILE_DEV_DEBUG", "false");
}

/// This workspace's target folder.
pub(crate) fn target() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| OsString::from("target"));
    root().join(target)
}
