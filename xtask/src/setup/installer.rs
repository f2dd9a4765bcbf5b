//! Installs pinned packages with uv, which shares the files of earlier installations, or else with pip.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context as _, Result};

use super::cost;
use super::python::{Python, Requirements};
use super::stamp::{self, Stamp};
use crate::report::Ticker;
use crate::{process, report, workspace};

/// Advice for a failed installation, whose cause is nearly always the network.
const CANNOT_INSTALL: &str = "cannot install the pinned packages; pip needs PyPI or a mirror of it \
    (see PIP_INDEX_URL and PIP_PROXY)";

/// uv's variables for pip's settings, which uv does not read by itself.
const SETTINGS: [(&str, &str); 5] = [
    ("index-url", "UV_DEFAULT_INDEX"),
    ("extra-index-url", "UV_INDEX"),
    ("find-links", "UV_FIND_LINKS"),
    ("cert", "SSL_CERT_FILE"),
    ("trusted-host", "UV_INSECURE_HOST"),
];

/// Creates environments and installs packages, with a Python of this machine.
pub(super) struct Installer {
    base: Python,
    made: OnceLock<Made>,
}

/// The tools of the installer, created when something has to be installed.
struct Made {
    /// A Python with pip.
    pip: PathBuf,
    /// The variables that uv needs; None if uv is not available.
    uv: Option<Vec<(&'static str, String)>>,
}

/// The target of an installation.
pub(super) enum Into<'a> {
    /// The environment in this folder.
    Environment(&'a Path),
    /// This folder, which is not an environment.
    Folder(&'a Path),
}

impl Installer {
    pub(super) fn new(base: Python) -> Self {
        Self {
            base,
            made: OnceLock::new(),
        }
    }

    /// The Python that creates environments.
    pub(super) fn base(&self) -> &Python {
        &self.base
    }

    /// Creates an empty environment.
    pub(super) fn make_environment(&self, folder: &Path, ticker: &Ticker) -> Result<()> {
        let made = self.made(ticker)?;
        if let Some(mut uv) = made.uv() {
            uv.args(["venv", "--python"])
                .arg(&self.base.program)
                .arg(folder);
            if process::run_quietly(&mut uv, ticker).is_ok() {
                return Ok(());
            }
            stamp::clear(folder)?;
        }
        venv(&self.base, folder, ticker)
    }

    /// Installs exactly these packages.
    pub(super) fn install(&self, pins: &[&str], into: &Into<'_>, ticker: &Ticker) -> Result<()> {
        let made = self.made(ticker)?;
        if let Some(mut uv) = made.uv() {
            uv.args(["pip", "install", "--no-deps", "--python"]);
            match into {
                Into::Environment(folder) => uv.arg(folder),
                Into::Folder(folder) => uv.arg(&self.base.program).arg("--target").arg(folder),
            };
            // uv enforces the Python versions that a package declares; pip can be told not to.
            if process::run_quietly(uv.args(pins), ticker).is_ok() {
                return Ok(());
            }
        }
        let mut pip = match into {
            Into::Environment(folder) => {
                let python = folder.join("bin/python");
                let mut ensure = Command::new(&python);
                process::run_quietly(ensure.args(["-m", "ensurepip"]), ticker)?;
                pip(&python, "install")
            }
            Into::Folder(folder) => {
                let mut pip = pip(&made.pip, "install");
                pip.arg("--target").arg(folder);
                pip
            }
        };
        // flytekit 1.16 excludes Python 3.13, although the parts that the tests use work there. `Environment`
        // decides which Pythons can be used with these pins.
        pip.args(["--no-compile", "--ignore-requires-python"]);
        process::run_quietly(pip.args(pins), ticker).context(CANNOT_INSTALL)
    }

    /// Downloads the archive of a package's sources into a folder.
    pub(super) fn download(&self, pin: &str, folder: &Path, ticker: &Ticker) -> Result<()> {
        let mut pip = pip(&self.made(ticker)?.pip, "download");
        pip.args(["--no-cache-dir", "--no-binary", ":all:", pin, "--dest"]);
        process::run_quietly(pip.arg(folder), ticker).context(CANNOT_INSTALL)
    }

    /// The first thread creates the tools, and the others wait.
    fn made(&self, ticker: &Ticker) -> Result<&Made> {
        static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _one = ONE.lock();
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let made = Made::provide(&self.base, ticker)?;
        Ok(self.made.get_or_init(|| made))
    }
}

impl Made {
    fn provide(base: &Python, ticker: &Ticker) -> Result<Self> {
        let folder = folder();
        let requirements = Requirements::read("uv.txt")?;
        let stamp = Stamp::new(&folder, &[&base.version, &requirements.text()]);
        let mut made = Self {
            pip: folder.join("bin/python"),
            uv: None,
        };
        if !stamp.is_there() {
            let what = format!("uv in .tools/installer ({})", cost::of("installer")?);
            report::say("Setting up", &what);
            super::make_tools_folder()?;
            stamp::clear(&folder)?;
            venv(base, &folder, ticker)?;
            let mut install = pip(&made.pip, "install");
            install.args(requirements.pins());
            if let Err(error) = process::run_quietly(&mut install, ticker) {
                report::say("Going on", "with pip, because it cannot install uv");
                ticker.news(&error.to_string());
                return Ok(made);
            }
            stamp.write()?;
        }
        let list = Command::new(&made.pip)
            .args(["-m", "pip", "config", "list"])
            .output();
        let list = list.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        made.uv = Some(uv_settings(&list.unwrap_or_default()));
        Ok(made)
    }

    fn uv(&self) -> Option<Command> {
        let mut command = Command::new(folder().join("bin/uv"));
        command.envs(self.uv.as_ref()?.iter().cloned());
        Some(command)
    }
}

/// A command of pip, which installs and downloads exactly the given packages: the files pin all that is
/// needed.
fn pip(python: &Path, command: &str) -> Command {
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", command, "--no-input", "--no-deps"]);
    pip.args(["--disable-pip-version-check", "--progress-bar", "off"]);
    pip
}

fn folder() -> PathBuf {
    workspace::tools().join("installer")
}

fn venv(base: &Python, folder: &Path, ticker: &Ticker) -> Result<()> {
    let mut venv = Command::new(&base.program);
    process::run_quietly(venv.args(["-m", "venv"]).arg(folder), ticker)
}

/// Parses `pip config list`, with lines such as `global.index-url='https://…'` and `:env:.cert='/…'`; those
/// of the environment come last and win. uv's own variables take precedence.
fn uv_settings(list: &str) -> Vec<(&'static str, String)> {
    let mut settings: Vec<(&str, String)> = Vec::new();
    for (key, value) in list.lines().filter_map(|line| line.split_once('=')) {
        let name = key.rsplit('.').next().unwrap_or(key);
        let known = SETTINGS.iter().find(|(setting, _)| *setting == name);
        let Some((_, variable)) = known.filter(|(_, it)| std::env::var_os(it).is_none()) else {
            continue;
        };
        settings.retain(|(other, _)| other != variable);
        // Several values are on separate lines.
        let value = value.trim_matches('\'').replace("\\n", " ");
        let separator = if name == "find-links" { "," } else { " " };
        let values: Vec<_> = value.split_whitespace().collect();
        settings.push((variable, values.join(separator)));
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uv_is_told_what_pip_is() {
        let list = "global.index-url='https://mirror/simple'\n\
            global.timeout='60'\n\
            :env:.index-url='https://other/simple'\n\
            :env:.find-links='\\n/wheels\\n/more'\n";
        let expected = [
            ("UV_DEFAULT_INDEX", "https://other/simple".to_owned()),
            ("UV_FIND_LINKS", "/wheels,/more".to_owned()),
        ];
        assert_eq!(uv_settings(list), expected);
        assert_eq!(uv_settings(""), []);
    }
}
