//! Checks that the licences of all dependencies are permissive.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::manifests;
use super::spdx::Expression;

/// The licences that may be used without a review, by their SPDX identifiers.
const ACCEPTED: [&str; 12] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Checks the licence that each package of the tree declares.
pub(super) fn check() -> Result<()> {
    let mut refused = BTreeSet::new();
    for package in manifests::all_packages()? {
        let name = package["name"].as_str().unwrap_or_default();
        let version = package["version"].as_str().unwrap_or_default();
        if let Err(reason) = judge(package["license"].as_str()) {
            refused.insert(format!("{name} {version}: {reason}"));
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    let refused: Vec<_> = refused.into_iter().collect();
    bail!(
        "dependencies whose licence is not permissive:\n  {}",
        refused.join("\n  ")
    )
}

fn judge(licence: Option<&str>) -> Result<()> {
    let Some(licence) = licence else {
        bail!("declares no licence");
    };
    let accepted = Expression::parse(licence)?.holds(&|id| ACCEPTED.contains(&id));
    if !accepted {
        bail!("{licence}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissive_licences_pass() {
        for licence in [
            "MIT",
            "MIT/Apache-2.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
        ] {
            assert!(judge(Some(licence)).is_ok(), "{licence}");
        }
    }

    #[test]
    fn copyleft_passes_only_as_a_choice() {
        assert!(judge(Some("MIT OR LGPL-2.1-or-later")).is_ok());
        assert!(judge(Some("MIT AND LGPL-2.1-or-later")).is_err());
        assert!(judge(Some("MPL-2.0")).is_err());
    }

    #[test]
    fn no_licence_is_no_permission() {
        assert!(judge(None).is_err());
    }
}
