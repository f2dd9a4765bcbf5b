//! Checks the Go program of the tests with gofmt and `go vet`.

use anyhow::{Result, bail};

use crate::process;
use crate::setup::{Go, backend_sources};

/// Checks that the sources are formatted by gofmt.
pub(super) fn format(go: &Go) -> Result<()> {
    let mut gofmt = go.tool("gofmt");
    let others = process::output(gofmt.arg("-l").arg(backend_sources()))?;
    if !others.is_empty() {
        bail!(
            "gofmt would format these files differently:\n{}",
            others.trim_end()
        );
    }
    Ok(())
}

/// Checks all packages of the program.
pub(super) fn vet(go: &Go) -> Result<()> {
    let mut vet = go.command();
    // Flyte's own interfaces pass messages by value.
    let flags = ["vet", "-copylocks=false"];
    process::run(vet.args(flags).args(go.flags()).arg("./..."))
}
