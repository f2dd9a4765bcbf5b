//! `cargo flytekit new`: a crate that builds, runs and tests itself.
//!
//! - [`name`]: the names that a crate may have.
//! - [`kind`]: the parts of each kind of crate, from the files in `templates/`.

mod kind;
mod name;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};
use tempfile::TempDir;

use kind::Kind;
use name::Name;

/// The name of the verb.
pub(crate) const VERB: &str = "new";

const PATH: &str = "path";
const SOURCES: &str = "sources";

/// The advice for each error about a missing or old cargo.
const RUSTUP: &str = "install Rust with rustup: https://rustup.rs";

/// The verb and its options.
pub(crate) fn command() -> Command {
    let path = Arg::new(PATH)
        .value_name("PATH")
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help("The folder to create; its name is the crate's");
    let sources = Arg::new(SOURCES)
        .long("flytekit")
        .value_name("DIRECTORY")
        .value_parser(value_parser!(PathBuf))
        .help("Depend on this checkout of flytekit's sources, and not on crates.io");
    let kinds = Kind::NAMED.map(|kind| {
        Arg::new(kind.flag())
            .long(kind.flag())
            .action(ArgAction::SetTrue)
            .help(format!("A crate with {}", kind.what()))
    });
    let flags = Kind::NAMED.map(Kind::flag);
    Command::new(VERB)
        .about("Create a crate that builds, runs and tests itself")
        .arg(path)
        .args(kinds)
        .group(ArgGroup::new("kind").args(flags))
        .arg(sources)
}

/// Creates the crate and prints the next steps.
///
/// # Errors
///
/// If a crate cannot have this path or this name, if cargo is missing or too old, or if a file cannot be
/// written. Then there is no new folder.
pub(crate) fn run(matches: &ArgMatches) -> Result<(), String> {
    let path: &PathBuf = matches.get_one(PATH).ok_or("the path is missing")?;
    let named = Kind::NAMED
        .into_iter()
        .find(|kind| matches.get_flag(kind.flag()));
    let kind = named.unwrap_or(Kind::Plain);
    let name = Name::of(path)?;
    kind.check(&name)?;
    let sources = matches.get_one::<PathBuf>(SOURCES);
    let sources = sources.map(|path| checkout(path)).transpose()?;
    check_cargo()?;
    create(path, &name, kind, sources.as_deref())?;
    // A closed standard output does not undo the crate.
    let _ = writeln!(io::stdout(), "{}", kind.farewell(&name, path));
    Ok(())
}

/// The absolute path of a checkout.
fn checkout(path: &Path) -> Result<PathBuf, String> {
    let absolute = path.canonicalize().map_err(|error| {
        format!(
            "there is no checkout of flytekit in {}: {error}",
            path.display()
        )
    })?;
    if absolute.join("runtime/Cargo.toml").is_file() {
        return Ok(absolute);
    }
    Err(format!(
        "{} is not a checkout of flytekit: it has no runtime/Cargo.toml",
        path.display()
    ))
}

fn cargo() -> Process {
    Process::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// Checks that cargo is there and can build the crate.
fn check_cargo() -> Result<(), String> {
    let output = cargo().arg("--version").output();
    let output = output.map_err(|error| format!("cannot start cargo: {error}; {RUSTUP}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let oldest = env!("CARGO_PKG_RUST_VERSION");
    match name::is_older(&said, oldest) {
        Some(true) => Err(format!(
            "{} is too old: flytekit needs Rust {oldest} or newer; run `rustup update`, or {RUSTUP}",
            said.trim()
        )),
        _ => Ok(()),
    }
}

/// Writes all files to a folder beside the crate's place, and moves the folder there when the crate is
/// complete.
fn create(path: &Path, name: &Name, kind: Kind, sources: Option<&Path>) -> Result<(), String> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !parent.is_dir() {
        return Err(format!(
            "cannot create {name}: there is no folder {}",
            parent.display()
        ));
    }
    if path.symlink_metadata().is_ok() {
        return Err(format!(
            "{} exists already: choose another name, or move it away",
            path.display()
        ));
    }
    let unwritten = |error: io::Error| format!("cannot write {}: {error}", path.display());
    let staged = TempDir::with_prefix_in(format!(".{name}-"), parent).map_err(unwritten)?;
    for (file, content) in kind.files(name, sources) {
        let file = staged.path().join(file);
        fs::create_dir_all(file.parent().unwrap_or(&file)).map_err(unwritten)?;
        fs::write(file, content).map_err(unwritten)?;
    }
    // Cargo knows which names crates cannot have, adds the crate to the workspace around it, and makes a Git
    // repository if necessary.
    let mut new = cargo();
    new.args(["new", "--quiet", "--bin", "--name", name.package()]);
    let output = new.arg(path).output();
    let output = output.map_err(|error| format!("cannot start cargo: {error}; {RUSTUP}"))?;
    if !output.status.success() {
        return Err(refusal(name, &String::from_utf8_lossy(&output.stderr)));
    }
    move_files(staged.path(), path).map_err(|error| {
        // Cargo has just created the folder.
        let _ = fs::remove_dir_all(path);
        unwritten(error)
    })
}

/// The error of `cargo new`, without its advice, which is about other commands.
fn refusal(name: &Name, said: &str) -> String {
    let advice = ["\nIf you need", "\n  help:", "\nhelp:"];
    let end = advice.iter().filter_map(|it| said.find(it)).min();
    let reason = said[..end.unwrap_or(said.len())].trim();
    let reason = reason.trim_start_matches("error: ");
    if end.is_some() {
        format!("{reason}; choose another name, such as `{name}_app`")
    } else {
        format!("cargo cannot create {name}: {reason}")
    }
}

/// Moves the files of a folder into another one, and replaces the files there.
fn move_files(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            move_files(&entry.path(), &target)?;
        } else {
            fs::rename(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_kind_at_a_time() {
        let parse = |args: &[&str]| command().try_get_matches_from([&["new"], args].concat());
        assert!(parse(&["app"]).is_ok() && parse(&["app", "--spark"]).is_ok());
        assert!(parse(&["app", "--spark", "--dask"]).is_err() && parse(&[]).is_err());
    }
}
