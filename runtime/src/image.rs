//! Container images and their names.

use std::collections::BTreeMap;
use std::fmt;

/// The name of the default image, for tasks that choose no image.
pub(crate) const DEFAULT: &str = "default";

/// The paths of images in a Kubernetes `PodSpec`. Other members are called `image`, too: the one of a volume
/// `rbd` is the name of a disk.
pub(crate) const OF_PODS: &[&[&str]] = &[
    &["containers", "*", "image"],
    &["initContainers", "*", "image"],
    &["ephemeralContainers", "*", "image"],
    &["volumes", "*", "image", "reference"],
];

/// Examples of valid images, for messages.
const EXAMPLE: &str = "`registry.example.com:5000/team/app:1.0` or `ghcr.io/team/app@sha256:…`";

/// An image of the settings: `repository[:tag][@digest]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// Registry and path: flytekit's `fqn`.
    pub(crate) repository: String,
    /// The tag: a name that can be moved to another image.
    pub(crate) tag: Option<String>,
    /// The digest of the content: the algorithm, `:` and hexadecimal digits.
    pub(crate) digest: Option<String>,
}

impl Image {
    /// Parses a reference.
    ///
    /// # Errors
    ///
    /// The problem, in a sentence that shows the reference.
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
            // A colon before a slash is the one of a registry's port.
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
            _ => (rest, None),
        };
        Ok(Image {
            repository: repository.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// The digest, or else the tag: flytekit's `version`.
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

/// Splits `name=reference`. A bare reference belongs to the default image.
pub(crate) fn named(text: &str) -> (&str, &str) {
    text.split_once('=').unwrap_or((DEFAULT, text))
}

/// Refuses names that cannot be used in a template.
///
/// # Errors
///
/// A sentence that shows the name.
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    if !name.is_empty() && name.chars().all(allowed) {
        return Ok(());
    }
    Err(format!(
        "`{name}` cannot name an image: expected letters, digits, `_` and `-`, as in \
         `spark=ghcr.io/team/spark:4.0`"
    ))
}

/// The images that tasks can choose by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Images(pub(crate) BTreeMap<String, Image>);

impl Images {
    /// The image of tasks that choose no image.
    pub(crate) fn default_image(&self) -> Option<&Image> {
        self.0.get(DEFAULT)
    }

    /// Replaces the templates of a task's image: `{{.image.NAME}}`, `{{.image.NAME.fqn}}` and
    /// `{{.image.NAME.version}}`, also with `images`.
    ///
    /// # Errors
    ///
    /// The problem, as the end of a sentence that begins with the image.
    pub(crate) fn fill(&self, image: &str) -> Result<String, String> {
        let mut filled = String::new();
        let mut rest = image;
        while let Some((before, after)) = rest.split_once("{{") {
            filled.push_str(before);
            let (template, after) = after.split_once("}}").unwrap_or((after, ""));
            let text = self.template(template.trim())?;
            // The separator of a digest is `@`; the template was written for a tag.
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

    /// The replacement for `.image.NAME`, `.image.NAME.fqn` or `.image.NAME.version`.
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

    /// As in flytekit, an image without a version has the default image's version.
    fn version_of<'a>(&'a self, name: &str, image: &'a Image) -> Result<&'a str, String> {
        let version = image.version();
        version
            .or_else(|| self.default_image()?.version())
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn images(of: &[(&str, &str)]) -> Images {
        let parsed = |(name, reference): &(&str, &str)| {
            ((*name).to_owned(), Image::parse(reference).unwrap())
        };
        Images(of.iter().map(parsed).collect())
    }

    #[test]
    fn references_have_repository_tag_and_digest() {
        let digest = "sha256:0123456789abcdef0123456789abcdef";
        let both = format!("h:5000/a/b:1@{digest}");
        for (reference, repository, tag, version) in [
            ("app:1", "app", Some("1"), Some("1")),
            ("app", "app", None, None),
            ("localhost:5000/app", "localhost:5000/app", None, None),
            (
                "h.io:5000/a/b:x-1",
                "h.io:5000/a/b",
                Some("x-1"),
                Some("x-1"),
            ),
            (&both, "h:5000/a/b", Some("1"), Some(digest)),
        ] {
            let image = Image::parse(reference).unwrap();
            assert_eq!(image.repository, repository);
            assert_eq!(image.tag.as_deref(), tag);
            assert_eq!(image.version(), version);
            assert_eq!(image.to_string(), reference);
        }
    }

    #[test]
    fn a_wrong_reference_is_shown_with_a_right_one() {
        for (reference, wrong) in [
            ("", "is empty"),
            ("App:1", "upper-case"),
            ("app:", "tag"),
            ("app@sha256:1", "digest"),
            ("http://host/app:1", "`http://host/app:1`"),
            ("{{.image.default}}", "template"),
        ] {
            let problem = Image::parse(reference).unwrap_err();
            assert!(problem.contains(wrong), "{problem}");
            assert!(problem.contains("registry.example.com:5000/team/app:1.0"));
        }
    }

    #[test]
    fn names_can_stand_in_templates() {
        assert_eq!(named("a=b:1"), ("a", "b:1"));
        assert_eq!(named("b:1"), (DEFAULT, "b:1"));
        assert_eq!(check_name("Spark_4-x"), Ok(()));
        for name in ["", "a.b", "a b", "é"] {
            assert!(
                check_name(name)
                    .unwrap_err()
                    .contains("cannot name an image")
            );
        }
    }

    #[test]
    fn templates_are_filled() {
        let digest = "sha256:0123456789abcdef0123456789abcdef";
        let pinned = format!("host/pinned@{digest}");
        let images = images(&[
            ("default", "host:1/app:2"),
            ("bare", "host/bare"),
            ("pinned", &pinned),
        ]);
        for (template, expected) in [
            ("app:1", "app:1"),
            ("{{.image.default}}", "host:1/app:2"),
            ("{{.images.default}}", "host:1/app:2"),
            ("{{ .image.default.fqn }}:9", "host:1/app:9"),
            ("x:{{.image.default.version}}", "x:2"),
            (
                "{{.image.default.fqn}}-gpu:{{.image.default.version}}",
                "host:1/app-gpu:2",
            ),
            ("{{.image.bare}}", "host/bare:2"),
            ("{{.image.bare.fqn}}:{{.image.bare.version}}", "host/bare:2"),
            ("{{.image.pinned}}", &pinned),
            ("{{.image.pinned.fqn}}:{{.image.pinned.version}}", &pinned),
            ("{{.image.pinned.fqn}}@{{.image.pinned.version}}", &pinned),
        ] {
            assert_eq!(images.fill(template).as_deref(), Ok(expected), "{template}");
        }
    }

    #[test]
    fn templates_that_cannot_be_filled_say_what_there_is() {
        let known = images(&[("a", "host/a"), ("b", "host/b:1")]);
        for (template, wrong) in [
            ("{{.image.c}}", "the images are a, b"),
            ("{{.image.a}}", "neither tag nor digest"),
            ("{{.image.b}}:1", "becomes `host/b:1:1`, which has"),
            ("{{.container.a}}", "names no image"),
            ("{{.image.b", "becomes"),
        ] {
            let filled = known.fill(template);
            match filled {
                Err(problem) => assert!(problem.contains(wrong), "{problem}"),
                // The grammar refuses this template earlier, in the task.
                Ok(filled) => assert_eq!((template, &*filled), ("{{.image.b", "host/b:1")),
            }
        }
        let none = Images::default().fill("{{.image.c}}").unwrap_err();
        assert!(
            none.contains("there are no images") && none.contains("--image c="),
            "{none}"
        );
    }

    proptest! {
        #[test]
        fn references_print_as_they_were_read(
            registry in "([a-z][a-z0-9]{0,5}(\\.[a-z]{1,5})?:[0-9]{1,5}/)?",
            path in "[a-z0-9]{1,6}([_-][a-z0-9]{1,6}){0,2}(/[a-z0-9]{1,6}([._-][a-z0-9]{1,6})?){0,2}",
            tag in "(:[A-Za-z0-9_][A-Za-z0-9._-]{0,10})?",
            digest in "(@sha256:[0-9a-f]{64})?",
        ) {
            let reference = format!("{registry}{path}{tag}{digest}");
            let image = Image::parse(&reference).unwrap();
            prop_assert_eq!(image.to_string(), reference);
            prop_assert_eq!(image.repository, format!("{registry}{path}"));
            prop_assert_eq!(image.tag, tag.strip_prefix(':').map(str::to_owned));
            prop_assert_eq!(image.digest, digest.strip_prefix('@').map(str::to_owned));
        }

        #[test]
        fn any_text_is_read_or_shown(text in "\\PC{0,40}") {
            match Image::parse(&text) {
                Ok(image) => prop_assert_eq!(image.to_string(), text.clone()),
                Err(problem) => prop_assert!(problem.contains(&text)),
            }
            let _ = images(&[("default", "host/a:1")]).fill(&text);
        }
    }
}
