//! Apps like those of users: separate packages that depend on flytekit without features.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::build;
use crate::{process, workspace};

/// The number of tasks in one module of a generated app.
const TASKS_PER_MODULE: u32 = 25;

/// A generated package.
pub(super) struct App {
    name: String,
    folder: PathBuf,
}

impl App {
    /// An app with one task that returns its input.
    pub(super) fn noop() -> Result<Self> {
        Self::generate("noop", &[], &format!("{NOOP}{MAIN}"))
    }

    /// An app with one task that returns its input, with these features of flytekit and no others.
    pub(super) fn bare(features: &[&str]) -> Result<Self> {
        let flytekit = workspace::root().join("runtime");
        let manifest = format!(
            "{}flytekit = {{ path = '{}', default-features = false, features = {features:?} }}\n",
            package("bare"),
            flytekit.display()
        );
        Self::write("bare", &manifest, &format!("{NOOP}{MAIN}"))
    }

    /// The program of an image that runs queries of `SQLite` databases by their templates.
    pub(super) fn of_queries() -> Result<Self> {
        let sqlite = workspace::root().join("sqlite");
        let manifest = format!(
            "{}flytekit-sqlite = {{ path = '{}' }}\n",
            manifest("queries", &[]),
            sqlite.display()
        );
        let source = format!("use flytekit_sqlite as _;\n\n{MAIN}");
        Self::write("queries", &manifest, &source)
    }

    /// An app with items that need these features of flytekit.
    pub(super) fn with_items(name: &str, features: &[&str], items: &str) -> Result<Self> {
        let source = format!("use flytekit::prelude::*;\n\n{items}\n{MAIN}");
        // An app without items does not use the prelude.
        let source = format!("#![allow(unused_imports)]\n{source}");
        Self::generate(name, features, &source)
    }

    /// An app with `count` [`tasks`].
    pub(super) fn with_tasks(count: u32) -> Result<Self> {
        let source = format!("{}{MAIN}", tasks(count));
        Self::generate(&format!("tasks-{count}"), &[], &source)
    }

    /// An app with `count` types that derive serde's traits, and are read and written as JSON once, in
    /// modules of 25. It does not use flytekit.
    pub(super) fn with_yardsticks(count: u32) -> Result<Self> {
        let (mut source, mut calls) = (Vec::new(), Vec::new());
        for first in (0..count).step_by(TASKS_PER_MODULE as usize) {
            let end = count.min(first + TASKS_PER_MODULE);
            let types: Vec<String> = (first..end).map(yardstick).collect();
            let module = first / TASKS_PER_MODULE;
            source.push(format!("mod types_{module} {{\n{}}}\n\n", types.join("\n")));
            let call = |index| format!("    types_{module}::copy_{index}(\"{{}}\");\n");
            calls.extend((first..end).map(call));
        }
        let main = format!("fn main() {{\n{}}}\n", calls.concat());
        let name = format!("yardsticks-{count}");
        Self::write(
            &name,
            &yardstick_manifest(&name),
            &format!("{}{main}", source.concat()),
        )
    }

    fn generate(name: &str, features: &[&str], source: &str) -> Result<Self> {
        Self::write(name, &manifest(name, features), source)
    }

    fn write(name: &str, manifest: &str, source: &str) -> Result<Self> {
        let folder = super::folder().join("apps").join(name);
        let write = || {
            fs::create_dir_all(folder.join("src"))?;
            fs::write(folder.join("Cargo.toml"), manifest)?;
            // The versions of the tests' lock file, so that cargo need not ask the registry.
            fs::copy(
                workspace::root().join("Cargo.lock"),
                folder.join("Cargo.lock"),
            )?;
            fs::write(folder.join("src/main.rs"), source)
        };
        write().with_context(|| format!("cannot write the app {name}"))?;
        let name = name.to_owned();
        Ok(Self { name, folder })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn source(&self) -> PathBuf {
        self.folder.join("src/main.rs")
    }

    /// A command of cargo on this package, with the target folder that all apps share.
    pub(super) fn cargo(&self, subcommand: &str) -> Command {
        self.cargo_into(&build::target(), subcommand)
    }

    /// A command of cargo on this package.
    pub(super) fn cargo_into(&self, target: &Path, subcommand: &str) -> Command {
        let mut cargo = workspace::cargo([subcommand, "--quiet", "--manifest-path"]);
        cargo
            .arg(self.folder.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(target);
        cargo
    }

    /// Downloads the crates that a build needs.
    pub(super) fn fetch(&self) -> Result<()> {
        let mut cargo = workspace::cargo(["fetch", "--quiet", "--manifest-path"]);
        process::run(cargo.arg(self.folder.join("Cargo.toml")))
    }

    /// The program of a release build, stripped.
    pub(super) fn release(&self) -> Result<PathBuf> {
        build::stripped(&mut self.cargo("build"))?.program(&self.name)
    }
}

const NOOP: &str = "\
    use flytekit::prelude::*;\n\n\
    #[task]\n\
    fn noop(n: i64) -> i64 {\n    n\n}\n\n";

const MAIN: &str = "\
    fn main() -> std::process::ExitCode {\n    flytekit::main()\n}\n";

fn manifest(name: &str, features: &[&str]) -> String {
    let flytekit = workspace::root().join("runtime");
    format!(
        "{}flytekit = {{ path = '{}', features = {features:?} }}\n",
        package(name),
        flytekit.display()
    )
}

fn yardstick_manifest(name: &str) -> String {
    format!(
        "{}serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n",
        package(name)
    )
}

/// A manifest up to its dependencies.
fn package(name: &str) -> String {
    format!(
        "[package]\n\
         name = \"{name}\"\n\
         edition = \"2024\"\n\n\
         [workspace]\n\n\
         [dependencies]\n"
    )
}

/// The source code of `count` tasks, each with two inputs, a few options and documentation, in modules of 25.
pub(super) fn tasks(count: u32) -> String {
    let firsts = (0..count).step_by(TASKS_PER_MODULE as usize);
    let modules = firsts.map(|first| {
        let end = count.min(first + TASKS_PER_MODULE);
        module(first / TASKS_PER_MODULE, first..end)
    });
    modules.collect()
}

fn module(index: u32, tasks: std::ops::Range<u32>) -> String {
    let tasks: Vec<String> = tasks.map(task).collect();
    format!(
        "mod tasks_{index} {{\n    use flytekit::prelude::*;\n\n{}}}\n\n",
        tasks.join("\n")
    )
}

fn task(index: u32) -> String {
    format!(
        "    /// Scales a number.\n    \
         #[task(retries = 3, cache(version = \"1.0\"), requests(cpu = \"500m\", mem = \"1Gi\"))]\n    \
         fn scale_{index}(\n        \
         /// The number.\n        value: f64,\n        \
         /// How many times it is taken.\n        times: i32,\n    \
         ) -> f64 {{\n        value * f64::from(times)\n    }}\n"
    )
}

fn yardstick(index: u32) -> String {
    format!(
        "    #[derive(serde::Serialize, serde::Deserialize)]\n    \
         struct Scale{index} {{\n        value: f64,\n        times: i32,\n        label: String,\n    }}\n\n    \
         pub fn copy_{index}(json: &str) -> Option<String> {{\n        \
         let scale: Scale{index} = serde_json::from_str(json).ok()?;\n        \
         serde_json::to_string(&scale).ok()\n    }}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_stand_in_modules() {
        let source = module(1, 25..27);
        assert!(source.starts_with("mod tasks_1 {\n    use flytekit::prelude::*;\n"));
        assert!(source.contains("\n    fn scale_26(\n"));
        assert_eq!(source.matches("#[task(").count(), 2);
    }
}
