//! The size and the time of each folder of `.tools/`, for people who wait for it.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::stamp::Stamp;
use crate::{report, workspace};

/// A folder, its megabytes on disk, and the seconds until it is complete.
type Row = (&'static str, u32, u32);

/// The times are for two cores that set up all tools of the tests together, with a mirror of the registries
/// nearby.
const COSTS: [Row; 19] = [
    ("backend", 80, 155),
    ("browser", 211, 7),
    ("cargo-deny", 9, 1),
    ("cargo-hack", 2, 1),
    // In the folder of the Python environment for the tests.
    ("classes", 196, 38),
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

/// Size and time of a folder that is set up now, as in `492 MB, about a minute`.
///
/// # Errors
///
/// If the disk has no room for it. The errors of pip, tar and linkers about a full disk are less clear.
pub(super) fn of(folder: &str) -> Result<String> {
    let row = row(folder)?;
    check_room(&workspace::tools(), row.1)?;
    Ok(shown(row))
}

/// Reports the total size and time of the missing folders, which are filled in parallel.
pub(super) fn announce(folders: &[&str]) -> Result<()> {
    let tools = workspace::tools();
    let missing = folders
        .iter()
        .filter(|folder| !Stamp::exists(&tools.join(folder)));
    let rows = missing
        .map(|folder| row(folder))
        .collect::<Result<Vec<_>>>()?;
    let megabytes: u32 = rows.iter().map(|(_, megabytes, _)| megabytes).sum();
    check_room(&tools, megabytes)?;
    // A single folder reports its own cost.
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

fn check_room(tools: &Path, megabytes: u32) -> Result<()> {
    let disk = rustix::fs::statvfs(tools)
        .with_context(|| format!("cannot look at the disk of {}", tools.display()))?;
    let free = (disk.f_bavail * disk.f_frsize) >> 20;
    ensure!(
        u64::from(megabytes) <= free,
        "the disk of {} has {free} MB left, and this takes {megabytes} MB: make room, or make .tools a link to a \
         folder on another disk",
        tools.display()
    );
    Ok(())
}

fn row(folder: &str) -> Result<&'static Row> {
    let row = COSTS.iter().find(|(name, ..)| *name == folder);
    row.with_context(|| format!("xtask/src/setup/cost.rs has no row for {folder}"))
}

fn shown((_, megabytes, seconds): &Row) -> String {
    format!("{megabytes} MB, {}", about(*seconds))
}

/// A rough time, which nobody takes for a promise.
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
            assert!(row(folder).is_ok(), "{name}");
        }
        let newest = row("spark-4.3").unwrap();
        assert_eq!(shown(newest), "492 MB, about a minute");
        assert!(row("spark-2.0").is_err());
    }

    #[test]
    fn a_full_disk_is_told_with_its_cure() {
        assert!(check_room(workspace::root(), 0).is_ok());
        let full = check_room(workspace::root(), u32::MAX).unwrap_err();
        assert!(
            full.to_string().contains("4294967295 MB: make room"),
            "{full}"
        );
    }

    #[test]
    fn times_are_round() {
        assert_eq!(about(7), "some seconds");
        assert_eq!(about(155), "about 3 minutes");
    }
}
