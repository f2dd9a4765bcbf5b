//! The environment in which a command line is evaluated.

use std::path::{Path, PathBuf};

use super::file::OF_CRATE;
use crate::environment::Environment;

/// The environment in which a command line is evaluated.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    pub(super) environment: Environment,
    /// The working directory.
    pub(super) directory: PathBuf,
    /// The user's home directory.
    pub(super) home: Option<PathBuf>,
}

impl Surroundings {
    pub(super) fn of_process() -> Self {
        Surroundings {
            environment: Environment::of_process(),
            // A deleted folder contains no files.
            directory: std::env::current_dir().unwrap_or_default(),
            home: std::env::home_dir(),
        }
    }

    /// The crate's `flytekit.toml`, and the crate's folder, if they are found: upwards from the folder of the
    /// flag, or else of `cargo run`, or else from the working directory.
    pub(super) fn of_crate(&self, flag: Option<&str>) -> Result<OfCrate, String> {
        if let Some(folder) = flag {
            let folder = self.directory.join(folder);
            // The path is resolved first, because the parents of a path with `..` are wrong.
            let found = folder.canonicalize().ok().filter(|it| it.is_dir());
            let folder = found.ok_or_else(|| {
                format!(
                    "--crate-folder names `{}`, which is not a folder",
                    folder.display()
                )
            })?;
            let file = upward(&folder);
            return Ok(OfCrate {
                file,
                folder: Some(folder),
            });
        }
        let said = self
            .environment
            .get("CARGO_MANIFEST_DIR")
            .map(PathBuf::from);
        let from_crate = said.as_deref().and_then(upward);
        let file = from_crate.or_else(|| upward(&self.directory));
        let parent = || Some(file.as_ref()?.parent()?.to_owned());
        let folder = said.or_else(parent);
        Ok(OfCrate { file, folder })
    }

    /// The config file of flytekit and flytectl.
    pub(super) fn config(&self, flag: Option<&str>) -> Result<Option<PathBuf>, String> {
        let variables = ["_FLYTECTL_CONFIG_PYFLYTE_OVERRIDE", "FLYTECTL_CONFIG"];
        let variable = |name| Some((name, self.environment.get(name)?));
        let named = flag.map(|path| ("--config", path));
        let named = named.or_else(|| variables.into_iter().find_map(variable));
        if let Some((who, path)) = named {
            let path = self.directory.join(path);
            if path.is_dir() || !path.exists() {
                let path = path.display();
                return Err(format!("{who} names `{path}`, which is not a file"));
            }
            return Ok(Some(path));
        }
        let here = self.directory.join("flytekit.config");
        let homes = self.home.iter();
        let at_home =
            homes.flat_map(|home| ["config", "config.yaml"].map(|it| home.join(".flyte").join(it)));
        Ok([here]
            .into_iter()
            .chain(at_home)
            .find(|path| path.is_file()))
    }
}

/// The files of the crate.
#[derive(Debug)]
pub(super) struct OfCrate {
    pub(super) file: Option<PathBuf>,
    pub(super) folder: Option<PathBuf>,
}

fn upward(folder: &Path) -> Option<PathBuf> {
    let candidates = folder.ancestors().map(|folder| folder.join(OF_CRATE));
    candidates.into_iter().find(|path| path.is_file())
}
