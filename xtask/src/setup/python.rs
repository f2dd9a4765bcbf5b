//! Virtual environments with pinned packages.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::cost;
use super::installer::{Installer, Into};
use super::spark;
use super::stamp::{self, Stamp};
use crate::{process, report, workspace};

/// Prints the version, then the modules that `venv` lacks: Debian's Python has `venv` but not `ensurepip`
/// until another package is installed.
const PROBE: &str = "
import importlib.util, sys
print('.'.join(map(str, sys.version_info[:3])))
print(' '.join(m for m in ('venv', 'ensurepip') if importlib.util.find_spec(m) is None))
";

/// The names of Pythons that can be installed side by side, the usual one first.
const CANDIDATES: [&str; 5] = [
    "python3",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
];

/// A version's major and minor number.
type Release = (u32, u32);

/// A virtual environment to create.
pub(super) struct Environment {
    /// The purpose, as the end of "Python environment for …".
    purpose: &'static str,
    folder: &'static str,
    requirements: &'static str,
    oldest: Release,
    newest: Release,
}

/// A Python that works.
pub(super) struct Python {
    pub(super) program: PathBuf,
    pub(super) version: String,
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

    /// The Python that creates environments: the environment's own if it is complete, or one of this machine.
    pub(super) fn find_python(&self) -> Result<Python> {
        match self.complete()? {
            Some(python) => Ok(python),
            None => self.find_base(),
        }
    }

    /// The environment's Python, if the environment is complete.
    fn complete(&self) -> Result<Option<Python>> {
        let folder = self.folder();
        // The environment's own Python is tried, not the one that created it: if that one was upgraded or
        // removed, the environment is broken even with a stamp.
        let Ok(Probe { version, .. }) = Probe::of(&folder.join("bin/python")) else {
            return Ok(None);
        };
        let is_there = self.stamp(&version)?.is_there();
        Ok(is_there.then(|| Python::of(&folder, version)))
    }

    /// The environment's Python; the environment is created first if necessary.
    pub(super) fn provide(&self, installer: &Installer) -> Result<Python> {
        if let Some(python) = self.complete()? {
            return Ok(python);
        }
        let (folder, version) = (self.folder(), &installer.base().version);
        let requirements = Requirements::read(self.requirements)?;
        let what = format!(
            "Python {version} environment for {} in .tools/{} ({})",
            self.purpose,
            self.folder,
            cost::of(self.folder)?
        );
        report::step(&what, |ticker| {
            super::make_tools_folder()?;
            stamp::clear(&folder)?;
            installer.make_environment(&folder, ticker)?;
            let (sparks, others): (Vec<_>, Vec<_>) =
                requirements.pins().partition(|pin| spark::is_spark(pin));
            installer.install(&others, &Into::Environment(&folder), ticker)?;
            for pin in sparks {
                spark::unpack(installer, pin, &self.packages(version)?, ticker)?;
            }
            self.stamp(version)?.write()?;
            Ok(Python::of(&folder, version.clone()))
        })
    }

    fn folder(&self) -> PathBuf {
        workspace::tools().join(self.folder)
    }

    /// The home of the environment's Spark.
    pub(super) fn spark(&self, python: &Python) -> Result<PathBuf> {
        Ok(self.packages(&python.version)?.join("pyspark"))
    }

    /// The folder of the environment's packages.
    fn packages(&self, version: &str) -> Result<PathBuf> {
        let (major, minor) = release(version).context("a Python without a version")?;
        let library = format!("lib/python{major}.{minor}/site-packages");
        Ok(self.folder().join(library))
    }

    fn stamp(&self, python: &str) -> Result<Stamp> {
        let requirements = Requirements::read(self.requirements)?;
        Ok(Stamp::new(&self.folder(), &[python, &requirements.text()]))
    }

    /// A Python of this machine that can create the environment.
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
            "no Python for {}: it needs {}, with venv and pip\n  {}\n\
             install one: apt install python3-venv python3-pip, dnf install python3, brew install python@3.12",
            self.purpose,
            self.accepted(),
            refused.join("\n  ")
        )
    }

    /// Checks that a Python can create the environment; the error says what to do.
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
}

impl fmt::Display for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Python {}", self.version)
    }
}

/// The answer of a Python about itself.
struct Probe {
    version: String,
    /// The modules that it needs to create an environment, and lacks.
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

/// The pins of a requirement file, without comments, which have no effect.
pub(super) struct Requirements {
    pins: Vec<String>,
}

impl Requirements {
    pub(super) fn read(file: &str) -> Result<Self> {
        let path = workspace::root().join("xtask/python").join(file);
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let pins = text.lines().filter(|line| line.contains("=="));
        Ok(Self {
            pins: pins.map(str::to_owned).collect(),
        })
    }

    pub(super) fn pins(&self) -> impl Iterator<Item = &str> {
        self.pins.iter().map(String::as_str)
    }

    /// All pins, one per line.
    pub(super) fn text(&self) -> String {
        self.pins.join("\n")
    }
}

/// The release of a version: 3.11 for `3.11.7`.
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
    fn the_page_about_the_first_hour_names_the_pythons_of_the_demo() {
        let page = fs::read_to_string(workspace::root().join("docs/first-hour.md")).unwrap();
        let accepted = Environment::demo().accepted();
        assert!(page.contains(&format!("no Python for the demo: it needs {accepted}")));
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
