//! Executables of the workspace that other packages' tests run.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::build;

/// Examples, the connector server, `cargo flytekit` and the chores.
const EXAMPLES: [&str; 5] = [
    "cargo-flytekit",
    "flytekit-connector",
    "quickstart",
    "spark-wordcount",
    "xtask",
];

/// The executable with one of these names, for the tests of other packages. `beside` is an executable of the
/// caller.
///
/// Cargo builds it for its own package's tests. If only other tests are selected, nothing has built it, so
/// this calls cargo, which compiles the same as for all tests.
///
/// # Panics
///
/// If it cannot be built.
///
/// ```no_run
/// let quickstart = flytekit_test_support::example("quickstart", "target/debug/fixture".as_ref());
/// ```
pub fn example(name: &str, beside: &Path) -> PathBuf {
    static BUILT: LazyLock<()> = LazyLock::new(|| {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "--workspace", "--all-features"]);
        for example in EXAMPLES {
            cargo.args(["--bin", example]);
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let built = build(cargo.current_dir(root));
        assert!(built.success(), "{built}");
    });
    assert!(EXAMPLES.contains(&name), "{name} is not built");
    LazyLock::force(&BUILT);
    beside.with_file_name(name)
}
