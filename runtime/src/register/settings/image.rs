//! Container images and their names.

use std::collections::BTreeMap;
use std::fmt;

/// The name of the image that tasks have which choose none.
pub(crate) const DEFAULT: &str = "default";

/// What an image looks like, for messages.
const EXAMPLE: &str = "`registry.example.com:5000/team/app:1.0` or `ghcr.io/team/app@sha256:…`";

/// An image of the settings: `repository[:tag][@digest]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// Registry and path: flytekit's `fqn`.
    pub(crate) repository: String,
    /// Which of them, by a name that can move.
    pub(crate) tag: Option<String>,
    /// Which of them, by its content: the algorithm, `:` and hexadecimal digits.
    pub(crate) digest: Option<String>,
}

impl Image {
    /// Reads a reference.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in a sentence that shows it.
    pub(crate) fn parse(reference: &str) -> Result<Self, String> {
        if reference.contains("{{") {
            return Err(format!(
                "the image `{reference}` is a template, which only tasks may have: write {EXAMPLE}"
            ));
        }
        flytekit_grammar::image(reference).map_err(|wrong| {
            format!("the image `{reference}` {wrong}; an image looks like {EXAMPLE}")
        })?;
        let (rest, digest) = match reference.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (reference, None),
        };
        let (repository, tag) = match rest.rsplit_once(':') {
            // Otherwise the colon is before a registry's port.
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
            _ => (rest, None),
        };
        Ok(Image {
            repository: repository.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// Its digest, or else its tag: flytekit's `version`.
    pub(crate) fn version(&self) -> Option<&str> {
        self.digest.as_deref().or(self.tag.as_deref())
    }
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

/// Splits `name=reference`, or says that a bare reference is the default image's.
pub(super) fn named(text: &str) -> (&str, &str) {
    text.split_once('=').unwrap_or((DEFAULT, text))
}

/// Refuses names that no template could have.
///
/// # Errors
///
/// A sentence that shows it.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    if !name.is_empty() && name.chars().all(allowed) {
        return Ok(());
    }
    Err(format!(
        "`{name}` cannot name an image: expected letters, digits, `_` and `-`, as in \
         `spark=ghcr.io/team/spark:4.0`"
    ))
}

/// The images that tasks can have by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Images(pub(crate) BTreeMap<String, Image>);

impl Images {
    /// That of tasks which choose none.
    pub(crate) fn default(&self) -> Option<&Image> {
        self.0.get(DEFAULT)
    }

    /// Replaces the templates of a task's image: `{{.image.NAME}}`, `{{.image.NAME.fqn}}` and
    /// `{{.image.NAME.version}}`, also with `images`.
    ///
    /// # Errors
    ///
    /// What is wrong, as the end of a sentence that begins with the image.
    pub(crate) fn fill(&self, image: &str) -> Result<String, String> {
        let mut filled = String::new();
        let mut rest = image;
        while let Some((before, after)) = rest.split_once("{{") {
            filled.push_str(before);
            let (template, after) = after.split_once("}}").unwrap_or((after, ""));
            let text = self.template(template.trim())?;
            // A digest's separator is `@`; the template was written for a tag.
            if text.contains(':') && !text.contains('/') && filled.ends_with(':') {
                filled.pop();
                filled.push('@');
            }
            filled.push_str(&text);
            rest = after;
        }
        filled.push_str(rest);
        let valid = flytekit_grammar::image(&filled);
        let checked = valid.map_err(|wrong| format!("becomes `{filled}`, which {wrong}"));
        checked.map(|()| filled)
    }

    /// What stands for `.image.NAME`, `.image.NAME.fqn` or `.image.NAME.version`.
    fn template(&self, template: &str) -> Result<String, String> {
        let path = template
            .strip_prefix(".images.")
            .or_else(|| template.strip_prefix(".image."))
            .ok_or_else(|| {
                format!("has the template `{{{{{template}}}}}`, which names no image")
            })?;
        let (name, part) = path.split_once('.').unwrap_or((path, ""));
        let image = self.0.get(name).ok_or_else(|| self.unknown(name))?;
        match part {
            "fqn" => Ok(image.repository.clone()),
            "version" => self.version_of(name, image).map(str::to_owned),
            _ if image.version().is_some() => Ok(image.to_string()),
            _ => {
                let version = self.version_of(name, image)?;
                let separator = if version.contains(':') { '@' } else { ':' };
                Ok(format!("{}{separator}{version}", image.repository))
            }
        }
    }

    /// An image without a version of its own has the default image's, as in flytekit.
    fn version_of<'a>(&'a self, name: &str, image: &'a Image) -> Result<&'a str, String> {
        let version = image.version();
        version
            .or_else(|| self.default()?.version())
            .ok_or_else(|| {
                format!(
                    "uses the image `{name}`, {image}, which has neither tag nor digest, nor has \
                     the default image: write `{image}:TAG`"
                )
            })
    }

    fn unknown(&self, name: &str) -> String {
        let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
        let known = match &*known {
            [] => "there are no images".to_owned(),
            known => format!("the images are {}", known.join(", ")),
        };
        format!(
            "uses the image `{name}`, which is not configured: {known}; give it with `--image \
             {name}=REFERENCE`, or in flytekit.toml under `[image]`"
        )
    }
}
