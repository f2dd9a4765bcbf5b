//! Files of settings: `flytekit.toml` of the crate, and `config.yaml` of flytekit and flytectl.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::key::{ALL, Key, MAPS};
use crate::bounded;
use crate::notation::yaml;

/// The name of the crate's file.
pub(super) const OF_CRATE: &str = "flytekit.toml";

/// The largest file that is read.
const LARGEST: u64 = 1 << 20;

/// A file that was read.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: PathBuf,
    content: Value,
}

impl File {
    /// Reads `flytekit.toml`.
    ///
    /// # Errors
    ///
    /// The problem with the file or its syntax.
    pub(super) fn toml(path: PathBuf) -> Result<Self, String> {
        let text = text(&path)?;
        File::of_toml(path, &text)
    }

    /// Reads `config.yaml`.
    ///
    /// # Errors
    ///
    /// The problem with the file or its syntax.
    pub(super) fn yaml(path: PathBuf) -> Result<Self, String> {
        let text = text(&path)?;
        File::of_yaml(path, &text)
    }

    pub(super) fn of_toml(path: PathBuf, text: &str) -> Result<Self, String> {
        let content = parse_toml(text).map_err(|error| of_file(&path, &error))?;
        Ok(File { path, content })
    }

    pub(super) fn of_yaml(path: PathBuf, text: &str) -> Result<Self, String> {
        let content = parse_yaml(text).map_err(|error| of_file(&path, &error))?;
        Ok(File { path, content })
    }

    /// The value at a path of keys that are joined by dots.
    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        let mut keys = path.split('.');
        keys.try_fold(&self.content, |value, key| value.get(key))
            .filter(|value| !value.is_null())
    }

    /// The values in `config.yaml` that should be sections and are not. Unknown keys belong to flytekit and
    /// flytectl, and are only logged.
    pub(super) fn misshapen_sections(&self) -> Vec<String> {
        let Value::Object(sections) = &self.content else {
            return Vec::new();
        };
        let mut wrong = Vec::new();
        for (name, section) in sections {
            let path = self.path.display();
            let below = format!("{name}.");
            let keys = || ALL.iter().filter_map(|key| key.yaml);
            match section {
                _ if keys().any(|key| key == name) => {}
                Value::Null => {}
                _ if !keys().any(|key| key.starts_with(&below)) => {
                    tracing::debug!(%path, name, "the section is not read here");
                }
                Value::Object(members) => {
                    let unread = members.keys().filter(|member| {
                        !keys().any(|key| key.strip_prefix(&below) == Some(member))
                    });
                    for member in unread {
                        tracing::debug!(%path, key = below.clone() + member, "the key is not read here");
                    }
                }
                other => wrong.push(format!(
                    "{path}: `{name}` must be a map of settings, not {}",
                    kind(other)
                )),
            }
        }
        wrong
    }

    /// The keys in `flytekit.toml` that have no meaning.
    pub(super) fn unknown_keys(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if let Value::Object(members) = &self.content {
            self.look_for_unknown(members, "", &mut wrong);
        }
        wrong
    }

    fn look_for_unknown(&self, members: &Map<String, Value>, table: &str, wrong: &mut Vec<String>) {
        for (key, value) in members {
            let path = format!("{table}{key}");
            if let Some(known) = ALL.iter().find(|known| known.name == path) {
                wrong.extend((!known.in_crate).then(|| self.secret(known)));
                continue;
            }
            let below = format!("{path}.");
            match value {
                Value::Object(members) if ALL.iter().any(|it| it.name.starts_with(&below)) => {
                    self.look_for_unknown(members, &below, wrong);
                }
                _ => wrong.push(self.unknown(&path, table)),
            }
        }
    }

    fn secret(&self, key: &Key) -> String {
        let name = key.name;
        let variable = key.environment.first().unwrap_or(&name);
        format!(
            "{}: `{name}` must not be in a file that is checked in: set {variable} in the \
             environment",
            self.path.display()
        )
    }

    fn unknown(&self, path: &str, table: &str) -> String {
        let valid = valid_in(table);
        let key = &path[table.len()..];
        let near = nearest(&valid, key).or_else(|| elsewhere(key));
        let meant = near.map_or_else(
            || ".".to_owned(),
            |near| format!("; did you mean `{near}`?"),
        );
        let place = match table.strip_suffix('.') {
            Some(table) => format!("in `[{table}]`"),
            None => "at the top".to_owned(),
        };
        let valid = valid.join(", ");
        format!(
            "{}: unknown key `{path}`{meant} Valid {place}: {valid}",
            self.path.display()
        )
    }
}

/// The keys and tables that are valid in a table of `flytekit.toml`.
fn valid_in(table: &str) -> Vec<&'static str> {
    let keys = ALL.iter().filter(|key| key.in_crate);
    let below = keys.filter_map(|key| key.name.strip_prefix(table));
    let mut valid: Vec<&str> = below
        .map(|rest| rest.split_once('.').map_or(rest, |(table, _)| table))
        .collect();
    valid.dedup();
    valid
}

fn nearest(valid: &[&'static str], key: &str) -> Option<&'static str> {
    const FEW: usize = 3;
    let distances = valid
        .iter()
        .map(|known| (strsim::osa_distance(known, &key.replace('_', "-")), *known));
    let near = distances.min()?;
    (near.0 <= FEW.min(key.len() / 2)).then_some(near.1)
}

/// The path of a key with this name in another table.
fn elsewhere(key: &str) -> Option<&'static str> {
    let key = key.replace('_', "-");
    let mut names = ALL.iter().filter(|it| it.in_crate).map(|it| it.name);
    names.find(|name| {
        name.rsplit_once('.').is_some_and(|(_, last)| last == key)
            || MAPS
                .iter()
                .any(|map| map.name == key.trim_end_matches('s') && map.name == *name)
    })
}

fn text(path: &Path) -> Result<String, String> {
    bounded::read_text(path, LARGEST).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => of_file(
            path,
            &"more than a megabyte, which is too much for settings",
        ),
        _ => of_file(path, &error),
    })
}

fn of_file(path: &Path, wrong: &dyn std::fmt::Display) -> String {
    format!("{}: {}", path.display(), wrong.to_string().trim_end())
}

/// The error has the number of the line, but not its text, which may contain a misplaced secret.
fn parse_toml(text: &str) -> Result<Value, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or_default();
        format!(
            "line {}: {}",
            before.matches('\n').count() + 1,
            error.message()
        )
    })
}

/// Parses a YAML file. flytekit's older ini format is recognized and refused.
fn parse_yaml(text: &str) -> Result<Value, String> {
    let lines = text.lines().map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    if lines.next().is_some_and(|line| line.starts_with('[')) {
        return Err(INI.to_owned());
    }
    match yaml::parse(text)? {
        document @ (Value::Null | Value::Object(_)) => Ok(document),
        other => Err(format!(
            "expected a map of settings, found {}",
            kind(&other)
        )),
    }
}

const INI: &str = "this is flytekit's older ini form, which is not read here: write its settings \
    to ~/.flyte/config.yaml, as in `admin: {endpoint: \"dns:///flyte.example.com\"}` for `url` of \
    `[platform]`, and remove this file, or name the YAML file in FLYTECTL_CONFIG";

/// A value's kind, for messages.
pub(super) fn kind(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(it) => format!("`{it}`"),
        Value::Number(it) => format!("the number {it}"),
        Value::String(_) => "a text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a map".to_owned(),
    }
}
