//! The settings under which a task was registered, in the form that the task can read.
//!
//! A task that is registered with `--embed-settings` (or `embed-settings = true` in
//! `flytekit.toml`), and each of flytekit's dynamic tasks, carries them in its environment:
//!
//! ```
//! match flytekit::settings::of_execution()? {
//!     Some(settings) => println!("version {:?}", settings.version),
//!     None => println!("not registered, or without its settings"),
//! }
//! # Ok::<(), flytekit::settings::SettingsError>(())
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::io::{Read, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The environment variable with the settings.
pub const VARIABLE: &str = crate::declare::SETTINGS;

/// The longest JSON that is read, because a few bytes can unpack to gigabytes.
const LARGEST: u64 = 1 << 20;

/// flytekit's `SerializationSettings`.
///
/// Other fields of flytekit, for example about Python, are kept and encoded again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SerializationSettings {
    /// The project in Flyte.
    pub project: Option<String>,
    /// The project's domain.
    pub domain: Option<String>,
    /// The version of everything that was registered together.
    pub version: Option<String>,
    /// The images that tasks can choose by name.
    pub image_config: ImageConfig,
    /// Environment variables of all tasks.
    pub env: Option<BTreeMap<String, String>>,
    /// The git repository: `github.com/team/app`.
    pub git_repo: Option<String>,
    /// The location of the executable, if it is not in the image.
    pub fast_serialization_settings: Option<FastSerializationSettings>,
    /// The root of the sources.
    pub source_root: Option<String>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// The images that tasks can choose by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ImageConfig {
    /// The image of tasks that choose no image.
    pub default_image: Option<Image>,
    /// All images, including the default one.
    #[serde(deserialize_with = "list_or_null")]
    pub images: Vec<Image>,
}

/// An image. Its display form is its reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Image {
    /// The name by which tasks choose it.
    pub name: String,
    /// Registry and path.
    pub fqn: String,
    /// The tag, unless there is a digest.
    #[serde(default)]
    pub tag: Option<String>,
    /// Its digest.
    #[serde(default)]
    pub digest: Option<String>,
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fqn = &self.fqn;
        match (&self.digest, &self.tag) {
            (Some(digest), _) => write!(f, "{fqn}@{digest}"),
            (None, Some(tag)) => write!(f, "{fqn}:{tag}"),
            (None, None) => f.write_str(fqn),
        }
    }
}

/// The location of the executable, if it is not in the image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FastSerializationSettings {
    /// Whether the executable is outside of the image.
    pub enabled: bool,
    /// The folder into which it is unpacked.
    pub destination_dir: Option<String>,
    /// The URI of its archive.
    pub distribution_location: Option<String>,
}

/// flytekit does not distinguish between no list and an empty one.
fn list_or_null<'de, D: serde::Deserializer<'de>>(list: D) -> Result<Vec<Image>, D::Error> {
    Option::deserialize(list).map(Option::unwrap_or_default)
}

/// Why [`VARIABLE`] cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum SettingsError {
    /// The text is not Base64.
    Base64(Box<dyn Error + Send + Sync>),
    /// The decoded bytes are not gzip.
    Gzip(std::io::Error),
    /// The text unpacks to more than a megabyte.
    TooLong,
    /// The unpacked text is not the JSON of settings.
    Json(serde_json::Error),
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings in _F_SS_C cannot be read: ")?;
        match self {
            SettingsError::Base64(error) => write!(f, "they are not Base64: {error}"),
            SettingsError::Gzip(error) => write!(f, "they are not compressed by gzip: {error}"),
            SettingsError::TooLong => write!(f, "they are longer than {LARGEST} bytes"),
            SettingsError::Json(error) => write!(f, "they are not the JSON of settings: {error}"),
        }
    }
}

impl Error for SettingsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            SettingsError::Base64(error) => Some(&**error),
            SettingsError::Gzip(error) => Some(error),
            SettingsError::Json(error) => Some(error),
            SettingsError::TooLong => None,
        }
    }
}

/// The settings of the running task, if it carries them.
///
/// # Errors
///
/// If the variable contains something else.
pub fn of_execution() -> Result<Option<SerializationSettings>, SettingsError> {
    let text = std::env::var_os(VARIABLE).filter(|text| !text.is_empty());
    let text = text.map(|text| SerializationSettings::decode(&text.to_string_lossy()));
    text.transpose()
}

impl SerializationSettings {
    /// Decodes flytekit's compressed format.
    ///
    /// # Errors
    ///
    /// If the text is not Base64 of gzip of such JSON, or unpacks to more than a megabyte.
    pub fn decode(text: &str) -> Result<Self, SettingsError> {
        let bytes = BASE64_STANDARD
            .decode(text.trim())
            .map_err(|error| SettingsError::Base64(error.into()))?;
        let mut json = Vec::new();
        let mut unpacked = GzDecoder::new(&*bytes).take(LARGEST + 1);
        unpacked
            .read_to_end(&mut json)
            .map_err(SettingsError::Gzip)?;
        if json.len() as u64 > LARGEST {
            return Err(SettingsError::TooLong);
        }
        serde_json::from_slice(&json).map_err(SettingsError::Json)
    }

    /// Encodes in flytekit's compressed format: Base64 of gzip of JSON. Equal settings have equal texts.
    ///
    /// # Panics
    ///
    /// Never: neither JSON nor memory refuses texts.
    pub fn encode(&self) -> String {
        self.encode_with(Compression::best())
    }

    /// Encodes without compression, for executables that cannot decompress.
    pub(crate) fn encode_plainly(&self) -> String {
        self.encode_with(Compression::none())
    }

    fn encode_with(&self, compression: Compression) -> String {
        let json = serde_json::to_vec(self).expect("texts are JSON");
        let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), compression);
        gzip.write_all(&json).expect("memory takes bytes");
        BASE64_STANDARD.encode(gzip.finish().expect("memory takes bytes"))
    }

    /// The settings as known at registration.
    pub(crate) fn of(
        settings: &super::Settings,
        fast_settings: Option<&crate::register::fast::Fast>,
    ) -> Self {
        let image = |(name, image): (&String, &super::Image)| Image {
            name: name.clone(),
            fqn: image.repository.clone(),
            // flytekit refuses an image with both.
            tag: image.tag.clone().filter(|_| image.digest.is_none()),
            digest: image.digest.clone(),
        };
        let images = settings.images.0.iter().map(image);
        let (default, others): (Vec<_>, Vec<_>) =
            images.partition(|image| image.name == crate::image::DEFAULT);
        let fast = |fast: &crate::register::fast::Fast| FastSerializationSettings {
            enabled: true,
            destination_dir: Some(fast.destination.clone()),
            distribution_location: Some(fast.uri.clone()),
        };
        SerializationSettings {
            // In an archive, both are empty; the tool that registers the archive fills them in.
            project: Some(settings.project.clone()).filter(|it| !it.is_empty()),
            domain: Some(settings.domain.clone()).filter(|it| !it.is_empty()),
            version: settings.version.clone(),
            image_config: ImageConfig {
                default_image: default.first().cloned(),
                images: default.into_iter().chain(others).collect(),
            },
            env: Some(settings.env.clone()).filter(|env| !env.is_empty()),
            git_repo: settings.git_repository.clone(),
            fast_serialization_settings: fast_settings.map(fast),
            source_root: settings.source_root.clone(),
            more: Map::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The JSON of flytekit 1.16.31, with a key of a newer version.
    const JSON: &str = r#"{"image_config": {"default_image": {"name": "default", "fqn": "a/b",
        "tag": "c", "digest": null}, "images": [{"name": "default", "fqn": "a/b", "tag": "c",
        "digest": null}]}, "project": "p", "domain": "d", "version": "v", "env": {"A": "b"},
        "default_resources": null, "git_repo": "g", "python_interpreter": "/opt/venv/bin/python3",
        "flytekit_virtualenv_root": "/opt/venv", "fast_serialization_settings": {"enabled": true,
        "destination_dir": "/root", "distribution_location": "s3://x"}, "source_root": null,
        "newer": [1, 2.5]}"#;

    fn packed(bytes: &[u8]) -> String {
        let mut gzip = GzBuilder::new().write(Vec::new(), Compression::fast());
        gzip.write_all(bytes).unwrap();
        BASE64_STANDARD.encode(gzip.finish().unwrap())
    }

    #[test]
    fn what_flytekit_writes_is_read_and_kept() {
        let settings = SerializationSettings::decode(&packed(JSON.as_bytes())).unwrap();
        assert_eq!(settings.project.as_deref(), Some("p"));
        let image = settings.image_config.default_image.as_ref().unwrap();
        assert_eq!(image.to_string(), "a/b:c");
        let fast = settings.fast_serialization_settings.as_ref().unwrap();
        assert_eq!(fast.destination_dir.as_deref(), Some("/root"));
        let again = serde_json::to_value(&settings).unwrap();
        let expected: Value = serde_json::from_str(JSON).unwrap();
        assert_eq!(again, expected);
        assert_eq!(
            SerializationSettings::decode(&settings.encode()).unwrap(),
            settings
        );
    }

    #[test]
    fn little_is_enough() {
        for json in [
            "{}",
            r#"{"image_config": {"default_image": null, "images": null}}"#,
        ] {
            let settings = SerializationSettings::decode(&packed(json.as_bytes())).unwrap();
            assert_eq!(settings, SerializationSettings::default());
        }
        let pinned = r#"{"name": "a", "fqn": "b", "digest": "sha256:1"}"#;
        let pinned: Image = serde_json::from_str(pinned).unwrap();
        assert_eq!(pinned.to_string(), "b@sha256:1");
    }

    #[test]
    fn what_is_none_says_why() {
        let wrong = |text: &str| SerializationSettings::decode(text).unwrap_err().to_string();
        assert!(wrong("?").contains("_F_SS_C cannot be read: they are not Base64"));
        assert!(wrong("AAAA").contains("not compressed by gzip"));
        assert!(wrong(&packed(b"[]")).contains("not the JSON of settings"));
        let bomb = packed(&vec![b' '; 10 << 20]);
        assert!(bomb.len() < 1 << 17);
        assert!(wrong(&bomb).contains("longer than 1048576 bytes"));
    }

    proptest! {
        #[test]
        fn anything_ends_in_settings_or_an_error(text in "\\PC{0,40}", bytes: Vec<u8>) {
            let _ = SerializationSettings::decode(&text);
            let _ = SerializationSettings::decode(&BASE64_STANDARD.encode(&bytes));
            let _ = SerializationSettings::decode(&packed(&bytes));
        }
    }
}
