//! The places of secrets: places that Flyte's injectors use, files that Kubernetes mounts, and variables that
//! people set in their shells.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::bounded;
use crate::context::Mode;
use crate::declare::{Mount, Secret};

/// More than the limits of Kubernetes and of the clouds.
const LARGEST: u64 = 4 << 20;

/// The default folder of files.
const FOLDER: &str = "/etc/secrets";

/// A secret to look for.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) group: &'a str,
    pub(super) key: &'a str,
    /// The requests of tasks.
    pub(super) declared: Vec<&'static Secret>,
}

/// The places, as the environment configures them.
#[derive(Debug)]
pub(super) struct Places {
    variable_prefix: String,
    folders: Vec<PathBuf>,
    file_prefix: String,
    /// Whether this is a container of Flyte.
    is_container: bool,
    variable: fn(&str) -> Option<OsString>,
}

/// A place that may contain a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Variable {
        name: String,
        value: Option<OsString>,
    },
    File(PathBuf),
}

/// The reason why a place's content is not a secret.
#[derive(Debug)]
pub(super) enum NoSecret {
    Unreadable(io::Error),
    TooLarge,
    NoText,
}

impl Places {
    pub(super) fn of_process() -> Self {
        let is_container = Mode::of_process() == Mode::Container;
        Places::new(|name| std::env::var_os(name), is_container)
    }

    fn new(variable: fn(&str) -> Option<OsString>, is_container: bool) -> Self {
        let setting = |name: &str| {
            let value = variable(name)?.into_string().ok()?;
            Some(value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let mut folders = vec![PathBuf::from(FOLDER)];
        if let Some(folder) = setting("FLYTE_SECRETS_DEFAULT_DIR").map(PathBuf::from) {
            folders.retain(|usual| *usual != folder);
            folders.insert(0, folder);
        }
        Places {
            variable_prefix: setting("FLYTE_SECRETS_ENV_PREFIX").unwrap_or("_FSEC_".to_owned()),
            folders,
            file_prefix: setting("FLYTE_SECRETS_FILE_PREFIX").unwrap_or_default(),
            is_container,
            variable,
        }
    }

    /// The places of a secret, the best first.
    pub(super) fn of(&self, asked: &Asked<'_>) -> Vec<Place> {
        let prefix = &self.variable_prefix;
        let mut places = self.variables(prefix, asked);
        places.extend(self.variable_of(prefix, &[asked.key]));
        places.extend(asked.declared.iter().filter_map(|it| self.named_by(it)));
        let plain = self.variables("", asked);
        let files = self.folders.iter().flat_map(|it| self.files(it, asked));
        if self.is_container {
            places.extend(files);
            places.extend(plain);
        } else {
            places.extend(plain);
            places.extend(files);
        }
        distinct(places)
    }

    /// The variables of a secret whose names have this prefix.
    fn variables(&self, prefix: &str, asked: &Asked<'_>) -> Vec<Place> {
        let (group, key) = (asked.group, asked.key);
        let versions = asked.versions();
        let of_versions = versions.flat_map(|it| self.variable_of(prefix, &[group, it, key]));
        let mut variables: Vec<_> = of_versions.collect();
        variables.extend(self.variable_of(prefix, &[group, key]));
        variables
    }

    /// The variable with this name, and with a name that a shell can set.
    fn variable_of(&self, prefix: &str, parts: &[&str]) -> [Place; 2] {
        let name = format!("{prefix}{}", parts.join("_").to_uppercase());
        let of_shell = name.replace(|it: char| !it.is_ascii_alphanumeric(), "_");
        [name, of_shell].map(|name| self.variable_named(name))
    }

    fn variable_named(&self, name: String) -> Place {
        let value = (self.variable)(&name);
        Place::Variable { name, value }
    }

    /// The variable that a task names, or the file whose path it contains.
    fn named_by(&self, secret: &Secret) -> Option<Place> {
        let name = Some(secret.env_var).filter(|name| !name.is_empty())?;
        let path = (self.variable)(name).map(PathBuf::from);
        // If the request allows both, a value is not mistaken for a path.
        let is_file = |path: &PathBuf| match secret.mount {
            Mount::EnvVar => false,
            Mount::File => true,
            Mount::Any => self.folders.iter().any(|folder| path.starts_with(folder)),
        };
        let file = path.filter(is_file).map(Place::File);
        Some(file.unwrap_or_else(|| self.variable_named(name.to_owned())))
    }

    /// The files of a secret below a folder.
    fn files(&self, folder: &Path, asked: &Asked<'_>) -> Vec<Place> {
        let (group, key) = (asked.group, format!("{}{}", self.file_prefix, asked.key));
        // In Azure, a group is a URL.
        let name = group.trim_end_matches('/').rsplit('/').next();
        let name = name.unwrap_or(group);
        let mut paths = Vec::new();
        for version in asked.versions() {
            paths.push(vec![group, version, &key]);
        }
        paths.extend([vec![group, &key], vec![&key]]);
        for version in asked.versions() {
            paths.extend([vec![group, version], vec![name, version]]);
        }
        paths.push(vec![name]);
        let files = paths.into_iter().flat_map(|path| {
            let path = path.join("/");
            [path.to_lowercase(), path]
        });
        files.map(|path| Place::File(folder.join(path))).collect()
    }
}

impl Asked<'_> {
    fn versions(&self) -> impl Iterator<Item = &'static str> {
        let versions = self.declared.iter().map(|secret| secret.version);
        versions.filter(|version| !version.is_empty())
    }
}

fn distinct(places: Vec<Place>) -> Vec<Place> {
    let mut distinct = Vec::with_capacity(places.len());
    for place in places {
        if !distinct.contains(&place) {
            distinct.push(place);
        }
    }
    distinct
}

impl Place {
    pub(super) fn is_file(&self) -> bool {
        matches!(self, Place::File(_))
    }

    /// The place's name, for people.
    pub(super) fn name(&self) -> String {
        match self {
            Place::Variable { name, .. } => name.clone(),
            Place::File(path) => path.display().to_string(),
        }
    }

    /// The content, if the place exists.
    pub(super) fn read(&self) -> Result<Option<Vec<u8>>, NoSecret> {
        match self {
            Place::Variable { value, .. } => {
                let value = value.clone();
                Ok(value.map(OsString::into_encoded_bytes))
            }
            Place::File(path) => read(path),
        }
    }

    /// The content as text, if the place exists.
    pub(super) fn text(&self) -> Result<Option<String>, NoSecret> {
        let text = self.read()?.map(String::from_utf8).transpose();
        text.map_err(|_| NoSecret::NoText)
    }
}

/// A file's content. Folders do not count as files, and neither do pipes, because a read of a pipe would wait
/// for a writer.
fn read(path: &Path) -> Result<Option<Vec<u8>>, NoSecret> {
    match bounded::read(path, LARGEST) {
        Ok(content) => Ok(Some(content)),
        Err(error) => match error.kind() {
            ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::InvalidInput => Ok(None),
            ErrorKind::FileTooLarge => Err(NoSecret::TooLarge),
            _ => Err(NoSecret::Unreadable(error)),
        },
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_file() {
            "file"
        } else {
            "environment variable"
        };
        write!(f, "{kind} {}", self.name())
    }
}

impl fmt::Display for NoSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoSecret::Unreadable(error) => write!(
                f,
                "cannot be read: {error}; check that the user of this process has permission"
            ),
            NoSecret::TooLarge => {
                write!(
                    f,
                    "has more than {} MiB, which no secret has",
                    LARGEST >> 20
                )
            }
            NoSecret::NoText => f.write_str("is not text (UTF-8); read its bytes there"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSIONED: Secret = Secret::new("My-Group", "Key").version("v1").env_var("MINE");

    fn asked(secret: &'static Secret) -> Asked<'static> {
        Asked {
            group: secret.group,
            key: secret.key,
            declared: vec![secret],
        }
    }

    fn names(places: &Places, asked: &Asked<'_>) -> Vec<String> {
        places.of(asked).iter().map(Place::name).collect()
    }

    #[test]
    fn places_are_those_of_flyte_and_of_shells() {
        let places = Places::new(|_| None, false);
        let asked = asked(&VERSIONED);
        let variables = [
            "_FSEC_MY-GROUP_V1_KEY",
            "_FSEC_MY_GROUP_V1_KEY",
            "_FSEC_MY-GROUP_KEY",
            "_FSEC_MY_GROUP_KEY",
            "_FSEC_KEY",
            "MINE",
        ];
        let plain = [
            "MY-GROUP_V1_KEY",
            "MY_GROUP_V1_KEY",
            "MY-GROUP_KEY",
            "MY_GROUP_KEY",
        ];
        let files = [
            "/etc/secrets/my-group/v1/key",
            "/etc/secrets/My-Group/v1/Key",
            "/etc/secrets/my-group/key",
            "/etc/secrets/My-Group/Key",
            "/etc/secrets/key",
            "/etc/secrets/Key",
            "/etc/secrets/my-group/v1",
            "/etc/secrets/My-Group/v1",
            "/etc/secrets/my-group",
            "/etc/secrets/My-Group",
        ];
        let here = names(&places, &asked);
        assert_eq!(here, [&variables[..], &plain, &files].concat());
        let places = Places::new(|_| None, true);
        let in_container = names(&places, &asked);
        assert_eq!(in_container, [&variables[..], &files, &plain].concat());
    }

    #[test]
    fn flyte_says_where_it_puts_them() {
        let flyte = |name: &str| match name {
            "FLYTE_SECRETS_ENV_PREFIX" => Some("_UNION_".into()),
            "FLYTE_SECRETS_DEFAULT_DIR" => Some("/etc/flyte/secrets".into()),
            "MINE" => Some("/etc/flyte/secrets/key".into()),
            _ => None,
        };
        let places = Places::new(flyte, true);
        let names = names(&places, &asked(&VERSIONED));
        for name in [
            "_UNION_KEY",
            "/etc/flyte/secrets/my-group/key",
            "/etc/secrets/my-group/key",
        ] {
            assert!(names.iter().any(|it| it == name), "{name} in {names:?}");
        }
        // The variable contains the file's path.
        assert!(!names.iter().any(|it| it == "MINE"), "{names:?}");
    }

    #[test]
    fn a_groups_name_in_azure_is_the_end_of_its_url() {
        const OF_AZURE: Secret = Secret::new("https://vault/secrets/Name/", "key");
        let names = names(&Places::new(|_| None, true), &asked(&OF_AZURE));
        assert!(
            names.iter().any(|it| it == "/etc/secrets/name"),
            "{names:?}"
        );
    }

    #[test]
    fn what_is_there_is_told_from_what_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            Place::File(path)
        };
        let text = file("text", b" value\r\n").text();
        assert_eq!(text.unwrap().as_deref(), Some(" value\r\n"));
        assert!(matches!(
            file("bytes", b"\xff").text(),
            Err(NoSecret::NoText)
        ));
        let large = file("large", b"");
        std::fs::File::options()
            .write(true)
            .open(folder.path().join("large"))
            .and_then(|it| it.set_len(LARGEST + 1))
            .unwrap();
        assert!(matches!(large.text(), Err(NoSecret::TooLarge)));
        for absent in ["nothing", "text/below", "."] {
            let absent = Place::File(folder.path().join(absent));
            assert_eq!(absent.text().unwrap(), None, "{absent}");
        }
    }
}
