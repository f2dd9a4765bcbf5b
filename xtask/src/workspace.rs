//! Finds folders in this checkout.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout's root folder.
pub(crate) fn root() -> &'static Path {
    let this_package = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The package of a workspace is always in a subfolder.
    this_package.parent().unwrap_or(this_package)
}

/// The ignored folder that set-up fills. Several work trees may share one through a link; whether it was
/// moved depends on its own path, not on theirs.
pub(crate) fn tools() -> PathBuf {
    let folder = root().join(".tools");
    folder.canonicalize().unwrap_or(folder)
}

/// The example with an engine of its own and, to demonstrate that, a workspace of its own.
pub(crate) const CUSTOM_ENGINE: &str = "examples/custom-engine/Cargo.toml";

/// The fuzz targets, which only nightly compilers run, and which are a workspace of their own.
pub(crate) const FUZZ_TARGETS: &str = "fuzz/Cargo.toml";

/// The cargo that runs this program, so that all builds use one toolchain; it starts in the root.
pub(crate) fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    // Build scripts that depend on these variables (such as `ring`'s) would run again, with everything that
    // depends on them, whenever cargo is called with and without them in turn. No command below needs this
    // package's variables.
    for (name, _) in env::vars_os() {
        let own = name.to_str().unwrap_or_default();
        if own.starts_with("CARGO_PKG_") || own.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// Lets cargo build another workspace's packages into this one's target folder, where many of their
/// dependencies are already built, with the profile that dependencies have here.
pub(crate) fn share_target(command: &mut Command) {
    command.arg("--target-dir").arg(target());
    command.env("CARGO_PROFILE_DEV_DEBUG", "false");
}

/// This workspace's target folder.
pub(crate) fn target() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| OsString::from("target"));
    root().join(target)
}
