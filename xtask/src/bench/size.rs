//! The stripped release binary of a plain app.

use std::fs;

use anyhow::{Context as _, Result};

use super::app::App;
use super::finding::{Amount, Cost, Findings};
use crate::report;

/// 2.5 MiB.
const AT_MOST: f64 = 2.5 * 1_048_576.0;

/// Builds it and reads its size.
pub(super) fn measure(findings: &mut Findings) -> Result<()> {
    report::say("Building", "a plain app, for release");
    let program = App::noop()?.release()?;
    let size = fs::metadata(&program)
        .context("cannot look at the app")?
        .len();
    #[expect(clippy::cast_precision_loss, reason = "no program has 2^53 bytes")]
    let bytes = size as f64;
    findings.costs.push(Cost {
        what: "size of the stripped release binary",
        amount: Amount::Bytes {
            bytes,
            at_most: AT_MOST,
        },
    });
    Ok(())
}
