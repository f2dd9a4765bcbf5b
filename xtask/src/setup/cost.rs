//! What each folder of `.tools/` costs, for people who wait for it.

use anyhow::{Context as _, Result};

use super::stamp::Stamp;
use crate::{report, workspace};

/// A folder, its megabytes on disk, and the seconds until it is complete.
///
/// The times are those of two cores that set up the tests' tools at once, with a mirror of the registries nearby.
const COSTS: [(&str, u32, u32); 18] = [
    ("backend", 80, 155),
    ("browser", 211, 7),
    ("cargo-deny", 9, 1),
    ("cargo-hack", 2, 1),
    ("connector", 5, 9),
    ("dask-2025.7", 25, 9),
    ("demo-python", 217, 8),
    ("go", 217, 9),
    ("installer", 63, 8),
    ("java", 105, 2),
    ("mdbook", 13, 1),
    ("moto", 55, 9),
    ("node", 198, 8),
    ("protoc", 10, 14),
    ("python", 1259, 64),
    ("spark-3.5", 346, 60),
    ("spark-4.0", 468, 65),
    ("spark-4.3", 492, 65),
];

/// Size and time of a folder, as in `492 MB, about a minute`.
pub(super) fn of(folder: &str) -> Result<String> {
    let (_, megabytes, seconds) = row(folder)?;
    Ok(format!("{megabytes} MB, {}", about(*seconds)))
}

/// Says what the missing ones of these folders cost together. They are filled in parallel.
pub(super) fn announce(folders: &[&str]) -> Result<()> {
    let tools = workspace::tools();
    let missing = folders
        .iter()
        .filter(|folder| !Stamp::exists(&tools.join(folder)));
    let rows = missing
        .map(|folder| row(folder))
        .collect::<Result<Vec<_>>>()?;
    let megabytes: u32 = rows.iter().map(|(_, megabytes, _)| megabytes).sum();
    // One alone says this itself.
    if let [_, _, ..] = &rows[..]
        && let Some(seconds) = rows.iter().map(|(.., seconds)| *seconds).max()
    {
        let (count, time) = (rows.len(), about(seconds));
        report::say(
            "Setting up",
            &format!("{count} tools in .tools ({megabytes} MB, {time})"),
        );
    }
    Ok(())
}

fn row(folder: &str) -> Result<&'static (&'static str, u32, u32)> {
    let row = COSTS.iter().find(|(name, ..)| *name == folder);
    row.with_context(|| format!("xtask/src/setup/cost.rs has no row for {folder}"))
}

/// A time that nobody takes for a promise.
fn about(seconds: u32) -> String {
    match seconds {
        0..20 => "some seconds".to_owned(),
        20..45 => "about half a minute".to_owned(),
        45..90 => "about a minute".to_owned(),
        _ => format!("about {} minutes", (seconds + 30) / 60),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn people_are_told_what_each_folder_costs() {
        let pins = workspace::root().join("xtask/python");
        for file in fs::read_dir(pins).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let folder = match name.trim_end_matches(".txt") {
                "demo" => "demo-python",
                "test" => "python",
                "uv" => "installer",
                other => other,
            };
            assert!(of(folder).is_ok(), "{name}");
        }
        assert_eq!(of("spark-4.3").unwrap(), "492 MB, about a minute");
        assert!(of("spark-2.0").is_err());
    }

    #[test]
    fn times_are_round() {
        assert_eq!(about(7), "some seconds");
        assert_eq!(about(155), "about 3 minutes");
    }
}
