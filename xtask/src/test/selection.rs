//! Runs some of the tests, built with the features of the whole workspace.
//!
//! Cargo enables the features that the packages of one command need: a command for one package would compile
//! half of the shared dependencies once more, with other features. So each command selects the whole
//! workspace: it names the targets of the selected packages, and builds but does not run targets of the same
//! name in other packages.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{process, workspace};

/// Flags of `cargo test` that select targets.
const TARGETS: [&str; 11] = [
    "--all-targets",
    "--bench",
    "--benches",
    "--bin",
    "--bins",
    "--doc",
    "--example",
    "--examples",
    "--lib",
    "--test",
    "--tests",
];

/// The parsed arguments for `cargo test`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Selection {
    packages: Vec<String>,
    /// The arguments that do not select a package.
    others: Vec<String>,
}

impl Selection {
    pub(super) fn parse(args: &[String]) -> Self {
        let mut selection = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let attached = ["--package=", "-p"].map(|flag| arg.strip_prefix(flag));
            match (arg.as_str(), attached) {
                ("--", _) => {
                    selection.others.push(arg.clone());
                    selection.others.extend(args.by_ref().cloned());
                }
                ("-p" | "--package", _) => selection.packages.extend(args.next().cloned()),
                (_, [Some(name), _] | [_, Some(name)]) => selection.packages.push(name.to_owned()),
                _ => selection.others.push(arg.clone()),
            }
        }
        selection
    }

    /// The command of cargo.
    pub(super) fn command(&self) -> Result<Command> {
        let mut command = workspace::cargo(["test", "--workspace", "--all-features"]);
        if !self.packages.is_empty() {
            if !self.names_targets() {
                command.args(targets(&self.packages)?);
            }
            command.arg("--config").arg(self.runner()?);
        }
        command.args(&self.others);
        Ok(command)
    }

    fn names_targets(&self) -> bool {
        let flags = self.others.iter().take_while(|arg| *arg != "--");
        let mut flags = flags.map(|arg| arg.split('=').next().unwrap_or(arg));
        flags.any(|flag| TARGETS.contains(&flag))
    }

    /// Lets cargo start executables through [`run_if_selected`].
    fn runner(&self) -> Result<String> {
        let this = env::current_exe().context("cannot find this program")?;
        let runner = [
            &this.display().to_string(),
            "run-if",
            &self.packages.join(","),
        ];
        Ok(format!("target.'cfg(all())'.runner={runner:?}"))
    }
}

/// The flags that select all tests of these packages.
fn targets(names: &[String]) -> Result<Vec<String>> {
    let mut cargo = workspace::cargo(["metadata", "--format-version", "1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&process::output(&mut cargo)?)?;
    let mut flags = Vec::new();
    for name in names {
        let mut packages = metadata["packages"].as_array().into_iter().flatten();
        let Some(package) = packages.find(|package| package["name"] == **name) else {
            bail!("the workspace has no package {name}");
        };
        let targets = package["targets"].as_array().into_iter().flatten();
        for target in targets.filter(|target| target["test"] == true) {
            let name = target["name"].as_str().unwrap_or_default();
            match target["kind"][0].as_str() {
                Some(kind @ ("bin" | "test")) => {
                    flags.extend([format!("--{kind}"), name.to_owned()]);
                }
                _ => flags.push("--lib".to_owned()),
            }
        }
    }
    flags.sort_by_key(|flag| flag != "--lib");
    let libraries = flags.iter().filter(|flag| *flag == "--lib").count();
    flags.drain(..libraries.saturating_sub(1));
    Ok(flags)
}

/// Replaces this process with a test's executable, if its package, which cargo names, is one of these.
pub(crate) fn run_if_selected(packages: &str, executable: &[String]) -> Result<()> {
    let package = env::var("CARGO_PKG_NAME").context("cargo names no package")?;
    if !packages.split(',').any(|selected| selected == package) {
        return Ok(());
    }
    let (program, args) = executable.split_first().context("nothing to run")?;
    Err(Command::new(program).args(args).exec()).with_context(|| format!("cannot run {program}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Selection {
        let args: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
        Selection::parse(&args)
    }

    #[test]
    fn packages_are_told_from_other_arguments() {
        let selection = parsed("-p flytekit --lib --package=xtask -pquickstart name -- -p no");
        assert_eq!(selection.packages, ["flytekit", "xtask", "quickstart"]);
        assert_eq!(selection.others, ["--lib", "name", "--", "-p", "no"]);
        assert!(selection.names_targets());
        assert!(!parsed("-p flytekit name -- --test").names_targets());
    }

    #[test]
    fn the_targets_of_packages_are_named() {
        let names = ["quickstart", "flytekit", "flytekit-proto"].map(str::to_owned);
        let flags = targets(&names).unwrap();
        let expected = ["--lib", "--bin", "quickstart", "--test", "run"];
        assert_eq!(flags[..5], expected.map(str::to_owned));
        assert!(targets(&["no-such-package".to_owned()]).is_err());
    }
}
