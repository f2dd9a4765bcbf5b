//! The sources of settings, in the order of precedence.

use std::collections::BTreeMap;

use serde_json::Value;

use super::file::{File, kind};
use super::given::Given;
use super::key::Key;
use super::source::{Listed, Source};
use crate::environment::Environment;

/// The sources, and the values that were found so far.
#[derive(Debug)]
pub(super) struct Layers<'a> {
    pub(super) given: &'a Given,
    pub(super) environment: &'a Environment,
    pub(super) of_crate: Option<&'a File>,
    pub(super) config: Option<&'a File>,
    /// The values that were looked up, in order.
    pub(super) listed: Vec<Listed>,
    /// The mistakes that were found.
    pub(super) mistakes: Vec<String>,
}

impl Layers<'_> {
    /// The string at a key, or else the default.
    pub(super) fn text(&mut self, key: &Key, default: Option<&str>) -> Option<String> {
        let (text, source) = self.find(key, "a text", text).unzip();
        let text: Option<String> = text.or_else(|| default.map(str::to_owned));
        self.list(key.name, text.clone(), source.unwrap_or(Source::Default));
        text
    }

    /// A boolean setting, which is off by default.
    pub(super) fn switch(&mut self, key: &Key) -> bool {
        let found = self.find(key, "`true` or `false`", switch);
        let (on, source) = found.unwrap_or((false, Source::Default));
        self.list(key.name, Some(on.to_string()), source);
        on
    }

    /// A list of strings. In variables, the items are separated by commas.
    pub(super) fn texts(&mut self, key: &Key) -> Vec<String> {
        let found = self.find(key, "a list of texts", texts);
        let (items, source) = found.unwrap_or((Vec::new(), Source::Default));
        let shown = (!items.is_empty()).then(|| items.join(" "));
        self.list(key.name, shown, source);
        items
    }

    /// The map at a key, for each file that has it. The crate's file comes last and overrides the other.
    pub(super) fn maps(&mut self, key: &Key) -> Vec<(BTreeMap<String, String>, Source)> {
        let files = [(self.config, key.yaml), (self.of_crate, Some(key.name))];
        let mut maps = Vec::new();
        for (file, path) in files {
            let (Some(file), Some(path)) = (file, path) else {
                continue;
            };
            let Some(found) = file.get(path) else {
                continue;
            };
            let source = Source::File(file.path.clone(), path.to_owned());
            match map(found) {
                Ok(map) => maps.push((map, source)),
                Err(found) => self.mistakes.push(format!(
                    "{}: `{path}` must be a map of names to texts, not {found}",
                    file.path.display()
                )),
            }
        }
        maps
    }

    /// Adds a value to the listing.
    pub(super) fn list(&mut self, name: &str, value: Option<String>, source: Source) {
        let name = name.to_owned();
        self.listed.push(Listed {
            name,
            value,
            source,
        });
    }

    /// The source of the last listed value.
    pub(super) fn last_source(&self) -> Source {
        let last = self.listed.last();
        last.map_or(Source::Default, |listed| listed.source.clone())
    }

    /// Changes the displayed text of the last listed value.
    pub(super) fn show_last(&mut self, shown: &str) {
        if let Some(listed) = self.listed.last_mut() {
            listed.value = Some(shown.to_owned());
        }
    }

    /// The first value that is not empty, parsed by `read`, and its source.
    fn find<T>(
        &mut self,
        key: &Key,
        expected: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<(T, Source)> {
        let (value, source) = self.first(key)?;
        if let Some(read) = read(&value) {
            return Some((read, source));
        }
        let (name, found) = match &source {
            Source::File(path, name) => (format!("{}: `{name}`", path.display()), kind(&value)),
            source => (
                source.to_string(),
                format!("`{}`", value.as_str().unwrap_or_default()),
            ),
        };
        self.mistakes
            .push(format!("{name} must be {expected}, not {found}"));
        None
    }

    fn first(&self, key: &Key) -> Option<(Value, Source)> {
        let given =
            |(value, _): &(Value, Source)| !matches!(value, Value::String(it) if it.is_empty());
        let flag = key
            .flag
            .and_then(|flag| Some(((flag.value)(self.given)?, Source::Flag(flag.name))));
        let mut names = key.environment.iter();
        let variable = names.find_map(|name| {
            let value = Value::from(self.environment.get(name)?);
            Some((value, Source::Environment(name)))
        });
        let in_file = |file: Option<&File>, path: Option<&str>| {
            let (file, path) = (file?, path?);
            let source = Source::File(file.path.clone(), path.to_owned());
            Some((file.get(path)?.clone(), source))
        };
        let of_crate = in_file(self.of_crate.filter(|_| key.in_crate), Some(key.name));
        let config = in_file(self.config, key.yaml);
        let mut places = [flag, variable, of_crate, config].into_iter().flatten();
        places.find(given)
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// flytekit's words for off and on. flytekit takes every other word for on; here, only the listed words turn
/// a setting on.
fn switch(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(on) => Some(*on),
        Value::String(text) => match &*text.to_ascii_lowercase() {
            "true" | "t" | "1" | "on" | "yes" => Some(true),
            "false" | "f" | "0" | "off" | "no" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        Value::String(items) => Some(
            items
                .split(',')
                .map(|item| item.trim().to_owned())
                .collect(),
        ),
        _ => None,
    }
}

fn map(value: &Value) -> Result<BTreeMap<String, String>, String> {
    let members = value.as_object().ok_or_else(|| kind(value))?;
    let text = |(name, value): (&String, &Value)| {
        let text = text(value).ok_or_else(|| format!("{} for `{name}`", kind(value)))?;
        Ok((name.clone(), text))
    };
    members.iter().map(text).collect()
}
