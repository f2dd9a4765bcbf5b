//! The settings of the running task's registration, from its environment.

use std::env;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use crate::context::variable;
use crate::declare::{DISTRIBUTION, SETTINGS, fetching};
use crate::error::Error;
use crate::image::{DEFAULT, Image, Images};

/// The settings that all entities of a registration have in common.
#[derive(Debug, Default)]
pub(super) struct Registered {
    pub(super) project: String,
    pub(super) domain: String,
    pub(super) version: String,
    pub(super) images: Images,
    /// The environment variables of all tasks.
    pub(super) env: Vec<(String, String)>,
    /// The settings themselves, for dynamic tasks that this one calls.
    pub(super) settings: String,
    /// The prefix of the args of a container that fetches the executable first.
    pub(super) prefix: Vec<String>,
}

impl Registered {
    pub(super) fn of_process() -> Result<Self, Error> {
        let settings = env::var(SETTINGS).unwrap_or_default();
        if settings.is_empty() {
            return Err(unknown(
                "its environment lacks them: register it with `register` or `package` of this version",
            ));
        }
        let json = unpacked(&settings)?;
        let json: Map<String, Value> = serde_json::from_slice(&json)
            .map_err(|error| unknown(&format!("they are not JSON: {error}")))?;
        let own = |names: [&str; 2], key: &str| variable(names).unwrap_or_else(|| text(&json, key));
        Ok(Registered {
            project: own(["FLYTE_INTERNAL_TASK_PROJECT", "_F_TK_PRJ"], "project"),
            domain: own(["FLYTE_INTERNAL_TASK_DOMAIN", "_F_TK_DM"], "domain"),
            version: own(["FLYTE_INTERNAL_TASK_VERSION", "_F_TK_V"], "version"),
            images: images(&json),
            env: variables(&json),
            prefix: prefix(&json),
            settings,
        })
    }
}

/// The JSON of the settings, from Base64 of gzip.
fn unpacked(settings: &str) -> Result<Vec<u8>, Error> {
    let bytes = BASE64_STANDARD.decode(settings.trim());
    let bytes = bytes.map_err(|error| unknown(&format!("they are not Base64: {error}")))?;
    stored(&bytes).map_or_else(|| decompressed(&bytes), Ok)
}

/// The content of uncompressed gzip, which registration writes, so that a small executable can read it.
fn stored(gzip: &[u8]) -> Option<Vec<u8>> {
    // The magic bytes, the method, no flags, the time, and two more bytes.
    let (header, mut rest) = gzip.split_at_checked(10)?;
    if header[..4] != [0x1f, 0x8b, 8, 0] {
        return None;
    }
    let mut found = Vec::new();
    loop {
        let ([kind, low, high, _, _], after) = rest.split_first_chunk()?;
        // One bit marks the last block, and two bits mark a stored block.
        if kind & !1 != 0 {
            return None;
        }
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let (block, after) = after.split_at_checked(length)?;
        found.extend_from_slice(block);
        rest = after;
        if *kind == 1 {
            return Some(found);
        }
    }
}

#[cfg(feature = "fast")]
fn decompressed(gzip: &[u8]) -> Result<Vec<u8>, Error> {
    use std::io::Read;

    /// The maximum size of the JSON: a few bytes can unpack to gigabytes.
    const LARGEST: u64 = 1 << 20;

    let mut json = Vec::new();
    let mut unpacked = flate2::read::GzDecoder::new(gzip).take(LARGEST);
    unpacked
        .read_to_end(&mut json)
        .map_err(|error| unknown(&format!("they are not gzip: {error}")))?;
    Ok(json)
}

#[cfg(not(feature = "fast"))]
fn decompressed(_: &[u8]) -> Result<Vec<u8>, Error> {
    Err(unknown(
        "they do not have the form that this version of flytekit registers",
    ))
}

fn unknown(why: &str) -> Error {
    Error::system(format!(
        "the tasks that this task calls need the settings of its registration ({SETTINGS}), which are missing: {why}"
    ))
    .finally()
}

/// A text member; empty if it is missing.
fn text(object: &Map<String, Value>, key: &str) -> String {
    let text = object.get(key).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn images(settings: &Map<String, Value>) -> Images {
    let Some(Value::Object(config)) = settings.get("image_config") else {
        return Images::default();
    };
    let default = config.get("default_image").into_iter();
    let others = config.get("images").and_then(Value::as_array);
    let all = default.map(|it| (Some(DEFAULT), it));
    let all = all.chain(others.into_iter().flatten().map(|it| (None, it)));
    let images = all.filter_map(|(name, image)| {
        let image = image.as_object()?;
        let name = name.map_or_else(|| text(image, "name"), str::to_owned);
        let some = |key| Some(text(image, key)).filter(|text| !text.is_empty());
        Some((
            name,
            Image {
                repository: text(image, "fqn"),
                tag: some("tag"),
                digest: some("digest"),
            },
        ))
    });
    Images(images.collect())
}

fn variables(settings: &Map<String, Value>) -> Vec<(String, String)> {
    let env = settings.get("env").and_then(Value::as_object);
    let env = env.into_iter().flatten();
    let env = env.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    env.collect()
}

/// The args that fetch the executable, if this executable was fetched.
fn prefix(settings: &Map<String, Value>) -> Vec<String> {
    let Some(Value::Object(fast)) = settings.get("fast_serialization_settings") else {
        return Vec::new();
    };
    // The tool that registers a package sets its place, and passes it to this process.
    let place = env::var(DISTRIBUTION).unwrap_or_else(|_| text(fast, "distribution_location"));
    if place.is_empty() {
        return Vec::new();
    }
    fetching(&place, &text(fast, "destination_dir")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_compressed_is_read_without_a_library() {
        let json = br#"{"project":"p"}"#;
        let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        gzip.extend([0, 5, 0, 0xfa, 0xff]);
        gzip.extend(&json[..5]);
        gzip.extend([1, 10, 0, 0xf5, 0xff]);
        gzip.extend(&json[5..]);
        gzip.extend([0; 8]);
        assert_eq!(stored(&gzip).as_deref(), Some(&json[..]));
        for end in 0..gzip.len() - 8 {
            assert_eq!(stored(&gzip[..end]), None, "{end}");
        }
    }

    #[cfg(feature = "package")]
    #[test]
    fn what_registration_writes_is_read() {
        let mut settings = crate::settings::SerializationSettings::default();
        settings.version = Some("v1".repeat(50_000));
        let plainly = BASE64_STANDARD
            .decode(settings.encode_plainly())
            .expect("Base64");
        let json = stored(&plainly).expect("it is not compressed");
        let json: Map<String, Value> = serde_json::from_slice(&json).expect("JSON");
        assert_eq!(text(&json, "version").len(), 100_000);
        assert_eq!(
            unpacked(&settings.encode()).expect("gzip"),
            unpacked(&settings.encode_plainly()).expect("gzip")
        );
    }
}
