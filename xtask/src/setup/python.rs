//! Virtual environments with pinned packages.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::stamp::{self, Stamp};
use crate::{process, report, workspace};

/// Prints the version, then what `venv` lacks: Debian's Python has `venv` but not `ensurepip`
/// until another package is installed.
const PROBE: &str = "
import importlib.util, sys
print('.'.join(map(str, sys.version_info[:3])))
print(' '.join(m for m in ('venv', 'ensurepip') if importlib.util.find_spec(m) is None))
";

/// Names under which Pythons are installed side by side, the usual one first.
const CANDIDATES: [&str; 5] = [
    "python3",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
];

/// A version's major and minor number.
type Release = (u32, u32);

/// A virtual environment to be made.
pub(super) struct Environment {
    /// What it is for, as the end of "Python environment for …".
    purpose: &'static str,
    folder: &'static str,
    requirements: &'static str,
    oldest: Release,
    newest: Release,
}

/// A Python that runs.
pub(super) struct Python {
    pub(super) program: PathBuf,
    version: String,
}

impl Environment {
    pub(super) const fn demo() -> Self {
        Self {
            purpose: "the demo",
            folder: "demo-python",
            requirements: "demo.txt",
            oldest: (3, 10),
            newest: (3, 14),
        }
    }

    pub(super) const fn tests() -> Self {
        Self {
            purpose: "the tests",
            folder: "python",
            requirements: "test.txt",
            oldest: (3, 10),
            newest: (3, 13),
        }
    }

    /// The environment's Python, after making the environment if need be.
    pub(super) fn provide(&self) -> Result<Python> {
        let folder = workspace::tools().join(self.folder);
        let requirements = requirements(self.requirements)?;
        // The environment's own Python answers, not the one it was made with: if that one was
        // upgraded or removed, the environment is broken, stamp or not.
        if let Ok(probe) = Probe::of(&folder.join("bin/python"))
            && stamp_of(&folder, &requirements, &probe.version).is_there()
        {
            return Ok(Python::of(&folder, probe.version));
        }
        let base = self.find_base()?;
        let what = format!(
            "Python {} environment for {} in .tools/{}",
            base.version, self.purpose, self.folder
        );
        report::step(&what, |ticker| {
            super::make_tools_folder()?;
            stamp::clear(&folder)?;
            let venv = ["-m", "venv"];
            process::run_quietly(Command::new(&base.program).args(venv).arg(&folder), ticker)?;
            let python = Python::of(&folder, base.version);
            let install = &mut python.pip_install(self.requirements);
            process::run_quietly(install, ticker).context(CANNOT_INSTALL)?;
            stamp_of(&folder, &requirements, &python.version).write()?;
            Ok(python)
        })
    }

    /// A Python of this machine that can make the environment.
    fn find_base(&self) -> Result<Python> {
        let mut refused = Vec::new();
        for name in CANDIDATES {
            let Some(program) = process::find_program(name) else {
                refused.push(format!("{name} is not on PATH"));
                continue;
            };
            match Probe::of(&program).and_then(|probe| self.accept(&probe).map(|()| probe)) {
                Ok(Probe { version, .. }) => return Ok(Python { program, version }),
                Err(reason) => refused.push(format!("{name} ({}): {reason}", program.display())),
            }
        }
        bail!(
            "no Python for {}: it needs {}, with venv and pip\n  {}",
            self.purpose,
            self.accepted(),
            refused.join("\n  ")
        )
    }

    /// Whether a Python can make the environment, and if not, what to do.
    fn accept(&self, probe: &Probe) -> Result<()> {
        let release = release(&probe.version)
            .with_context(|| format!("not a version: {:?}", probe.version))?;
        if !(self.oldest..=self.newest).contains(&release) {
            bail!("is {}, not {}", probe.version, self.accepted());
        }
        if !probe.missing.is_empty() {
            bail!(
                "has no {}; on Debian and Ubuntu: apt install python{}.{}-venv",
                probe.missing,
                release.0,
                release.1
            );
        }
        Ok(())
    }

    fn accepted(&self) -> String {
        let (oldest, newest) = (self.oldest, self.newest);
        format!(
            "Python {}.{} to {}.{}",
            oldest.0, oldest.1, newest.0, newest.1
        )
    }
}

impl Python {
    fn of(environment: &Path, version: String) -> Self {
        Self {
            program: environment.join("bin/python"),
            version,
        }
    }

    /// A folder below `.tools/` that holds the packages of a requirement file, and whether it had
    /// to be made: for programs that pip can install and that need no environment to run.
    pub(super) fn provide_folder(
        &self,
        name: &str,
        requirements_file: &str,
        what: &str,
    ) -> Result<PathBuf> {
        let folder = workspace::tools().join(name);
        let stamp = Stamp::new(&folder, &[&requirements(requirements_file)?]);
        if !stamp.is_there() {
            report::step(&format!("{what} in .tools/{name}"), |ticker| {
                stamp::clear(&folder)?;
                let install = &mut self.pip_install(requirements_file);
                process::run_quietly(install.arg("--target").arg(&folder), ticker)
                    .context(CANNOT_INSTALL)?;
                stamp.write()
            })?;
        }
        Ok(folder)
    }

    fn pip_install(&self, requirements_file: &str) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(["-m", "pip", "install", "--no-input"])
            .args(["--disable-pip-version-check", "--progress-bar", "off"])
            // The files pin all that is needed: nothing else may come in unpinned.
            .arg("--no-deps")
            // flytekit 1.16 excludes Python 3.13, where what the tests use of it works. Which
            // Pythons are fit for these pins is for `Environment` to say.
            .arg("--ignore-requires-python")
            .arg("--requirement")
            .arg(requirements_path(requirements_file));
        command
    }
}

impl fmt::Display for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Python {}", self.version)
    }
}

/// What to do when pip fails, which is nearly always the network.
const CANNOT_INSTALL: &str = "cannot install the pinned packages; pip needs PyPI or a mirror of it \
    (see PIP_INDEX_URL and PIP_PROXY)";

/// What a Python says about itself.
struct Probe {
    version: String,
    /// Modules without which it cannot make an environment.
    missing: String,
}

impl Probe {
    fn of(program: &Path) -> Result<Self> {
        let answer = process::output(Command::new(program).args(["-c", PROBE]))?;
        let mut lines = answer.lines().map(str::to_owned);
        Ok(Self {
            version: lines.next().unwrap_or_default(),
            missing: lines.next().unwrap_or_default(),
        })
    }
}

fn stamp_of(folder: &Path, requirements: &str, python: &str) -> Stamp {
    Stamp::new(folder, &[python, requirements])
}

/// The pins of a requirement file, without its comments: those change nothing.
fn requirements(file: &str) -> Result<String> {
    let path = requirements_path(file);
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let pins: Vec<_> = text.lines().filter(|line| line.contains("==")).collect();
    Ok(pins.join("\n"))
}

fn requirements_path(file: &str) -> PathBuf {
    workspace::root().join("xtask/python").join(file)
}

/// `3.11.7` is of release 3.11.
fn release(version: &str) -> Option<Release> {
    let mut numbers = version.split('.');
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(version: &str) -> Probe {
        Probe {
            version: version.to_owned(),
            missing: String::new(),
        }
    }

    #[test]
    fn releases_compare_as_numbers() {
        assert_eq!(release("3.11.7"), Some((3, 11)));
        assert!(release("3.9.18") < release("3.10.0"));
        assert_eq!(release("three"), None);
    }

    #[test]
    fn a_python_that_the_pins_do_not_fit_is_refused() {
        let tests = Environment::tests();
        assert!(tests.accept(&probe("3.10.13")).is_ok());
        assert!(tests.accept(&probe("3.13.0")).is_ok());
        let refusal = tests.accept(&probe("3.9.2")).unwrap_err().to_string();
        assert_eq!(refusal, "is 3.9.2, not Python 3.10 to 3.13");
        assert!(tests.accept(&probe("3.14.0")).is_err());
    }

    #[test]
    fn a_python_without_pip_is_refused_with_the_package_to_install() {
        let debian = Probe {
            version: "3.11.2".to_owned(),
            missing: "ensurepip".to_owned(),
        };
        let refusal = Environment::demo().accept(&debian).unwrap_err().to_string();
        assert!(refusal.contains("apt install python3.11-venv"), "{refusal}");
    }
}
