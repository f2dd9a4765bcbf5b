//! Settings: the project, domain and version under which tasks are registered, their images, and the address
//! of Flyte.
//!
//! Each value is looked up in the same sources, and the first that has it wins:
//!
//! ```text
//! flags ─► environment ─► flytekit.toml of the crate ─► config.yaml ─► default
//! ```
//!
//! Entries with arbitrary names (images, environment variables) are looked up one by one.

mod file;
mod git;
mod given;
mod key;
mod layers;
mod mistakes;
mod platform;
pub mod serialization;
mod source;
mod surroundings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::fast::DESTINATION;
use file::File;
use layers::Layers;
use surroundings::Surroundings;

use crate::image;
pub(crate) use crate::image::{Image, Images};
pub(crate) use given::Given;
pub(crate) use mistakes::Mistakes;
pub(crate) use platform::Platform;
#[cfg(feature = "register")]
pub(crate) use platform::{Auth, AuthMode, Secret};
pub(crate) use source::{Listed, Source};

/// Everything that registration needs beyond the tasks.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The project in Flyte.
    pub(crate) project: String,
    /// The project's domain: `development`, `staging`, `production`.
    pub(crate) domain: String,
    /// The tasks' version; if unset, it is computed from their content.
    pub(crate) version: Option<String>,
    /// The images that tasks can choose by name, including `default`.
    pub(crate) images: Images,
    /// Environment variables of every task, which the task's own override.
    pub(crate) env: BTreeMap<String, String>,
    /// The git repository of the crate, without a scheme: `github.com/team/app`.
    pub(crate) git_repository: Option<String>,
    /// The folder in the image into which a new executable is unpacked.
    pub(crate) destination: String,
    /// The root of the sources, for display.
    pub(crate) source_root: Option<String>,
    /// Whether tasks carry these settings in their environment.
    pub(crate) embed: bool,
    /// The address of Flyte.
    #[cfg_attr(
        not(any(feature = "register", test)),
        expect(dead_code, reason = "without a client it is only shown")
    )]
    pub(crate) platform: Platform,
    /// All values for display.
    pub(crate) listed: Vec<Listed>,
}

impl Settings {
    /// Resolves settings from the given values and the process's surroundings.
    ///
    /// # Errors
    ///
    /// All mistakes in the settings.
    pub(crate) fn resolve(given: &Given) -> Result<Self, Mistakes> {
        resolve(given, &Surroundings::of_process(), true)
    }

    /// Like [`resolve`](Self::resolve), for verbs without a connection to Flyte: its platform may be invalid
    /// or missing.
    pub(crate) fn resolve_local(given: &Given) -> Result<Self, Mistakes> {
        resolve(given, &Surroundings::of_process(), false)
    }
}

fn resolve(
    given: &Given,
    surroundings: &Surroundings,
    with_platform: bool,
) -> Result<Settings, Mistakes> {
    let mut mistakes = Vec::new();
    let of_crate = ok(
        surroundings.of_crate(given.crate_folder.as_deref()),
        &mut mistakes,
    );
    let (file, folder) = of_crate.map_or((None, None), |it| (it.file, it.folder));
    let file = file.and_then(|path| ok(File::toml(path), &mut mistakes));
    mistakes.extend(file.iter().flat_map(File::unknown_keys));
    let config = ok(surroundings.config(given.config.as_deref()), &mut mistakes).flatten();
    let config = config.and_then(|path| ok(File::yaml(path), &mut mistakes));
    mistakes.extend(config.iter().flat_map(File::misshapen_sections));
    let mut layers = Layers {
        given,
        environment: &surroundings.environment,
        of_crate: file.as_ref(),
        config: config.as_ref(),
        listed: Vec::new(),
        mistakes,
    };
    let text = |layers: &mut Layers<'_>, key, default| layers.text(key, Some(default));
    let project = text(&mut layers, &key::PROJECT, "flytesnacks");
    let domain = text(&mut layers, &key::DOMAIN, "development");
    let version = layers.text(&key::VERSION, None);
    let images = images(&mut layers);
    let env = env(&mut layers);
    let git_repository = git_repository(&mut layers, folder.as_deref());
    let source_root = layers.text(&key::SOURCE_ROOT, None);
    let destination = text(&mut layers, &key::DESTINATION, DESTINATION);
    let embed = layers.switch(&key::EMBED);
    let platform = if with_platform {
        platform::resolve(&mut layers)
    } else {
        Platform::default()
    };
    Mistakes(layers.mistakes).or(Settings {
        project: project.unwrap_or_default(),
        domain: domain.unwrap_or_default(),
        version,
        images,
        env,
        git_repository,
        destination: destination.unwrap_or_default(),
        source_root,
        embed,
        platform,
        listed: layers.listed,
    })
}

/// The value, or None and a further mistake.
fn ok<T>(result: Result<T, String>, mistakes: &mut Vec<String>) -> Option<T> {
    result.map_err(|mistake| mistakes.push(mistake)).ok()
}

/// The images from all sources.
fn images(layers: &mut Layers<'_>) -> Images {
    let mut found: BTreeMap<String, (Image, Source)> = BTreeMap::new();
    for (map, source) in layers.maps(&key::IMAGE) {
        for (name, reference) in map {
            add_image(layers, &mut found, &name, &reference, &source);
        }
    }
    for name in key::IMAGE.environment {
        let text = layers.environment.get(name).unwrap_or_default();
        let items = text.split(',').filter(|item| !item.is_empty());
        given_images(layers, &mut found, items, &Source::Environment(name));
    }
    let items = layers.given.images.iter().map(String::as_str);
    given_images(layers, &mut found, items, &Source::Flag("image"));
    if !found.contains_key(image::DEFAULT) {
        let name = format!("image.{}", image::DEFAULT);
        layers.list(&name, None, Source::Default);
    }
    for (name, (image, source)) in &found {
        layers.list(
            &format!("image.{name}"),
            Some(image.to_string()),
            source.clone(),
        );
    }
    Images(
        found
            .into_iter()
            .map(|(name, (image, _))| (name, image))
            .collect(),
    )
}

/// Adds the images of one source with entries `name=reference`. Each name may occur once.
fn given_images<'t>(
    layers: &mut Layers<'_>,
    found: &mut BTreeMap<String, (Image, Source)>,
    items: impl Iterator<Item = &'t str>,
    source: &Source,
) {
    let mut names = BTreeMap::new();
    for item in items {
        let (name, reference) = image::named(item.trim());
        if let Some(before) = names.insert(name, reference) {
            layers.mistakes.push(format!(
                "{source}: the image `{name}` is given more than once: `{before}` and `{reference}`"
            ));
        }
        add_image(layers, found, name, reference, source);
    }
}

fn add_image(
    layers: &mut Layers<'_>,
    found: &mut BTreeMap<String, (Image, Source)>,
    name: &str,
    reference: &str,
    source: &Source,
) {
    // As in flytekit, only a named image in a file may use the default image's version.
    let needs_version = name == image::DEFAULT || !matches!(source, Source::File(..));
    let image = image::check_name(name).and_then(|()| Image::parse(reference));
    let image = image.and_then(|image| match image.version() {
        None if needs_version => Err(format!(
            "the image `{image}` has neither tag nor digest: write `{image}:TAG` or \
             `{image}@sha256:…`"
        )),
        _ => Ok(image),
    });
    match image {
        Ok(image) => _ = found.insert(name.to_owned(), (image, source.clone())),
        Err(wrong) => layers.mistakes.push(format!("{source}: {wrong}")),
    }
}

/// The environment variables from all sources.
fn env(layers: &mut Layers<'_>) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, (String, Source)> = BTreeMap::new();
    for (map, source) in layers.maps(&key::ENV) {
        let of_map = |(name, value)| (name, (value, source.clone()));
        found.extend(map.into_iter().map(of_map));
    }
    for given in &layers.given.env {
        match given.split_once('=') {
            Some((name, value)) => {
                let value = (value.to_owned(), Source::Flag("env"));
                let before = found.insert(name.to_owned(), value);
                if before.is_some_and(|(_, source)| matches!(source, Source::Flag(_))) {
                    layers
                        .mistakes
                        .push(format!("flag --env gives `{name}` more than once"));
                }
            }
            None => layers.mistakes.push(format!(
                "flag --env must be NAME=VALUE, as in `RUST_LOG=info`, not `{given}`"
            )),
        }
    }
    for (name, (value, source)) in &found {
        if !flytekit_grammar::env_name(name) {
            layers.mistakes.push(format!(
                "{source}: `{name}` cannot name an environment variable: expected letters, \
                 digits, `_`, `-` and `.`, of which no digit is the first"
            ));
        }
        layers.list(&format!("env.{name}"), Some(value.clone()), source.clone());
    }
    found
        .into_iter()
        .map(|(name, (value, _))| (name, value))
        .collect()
}

/// The configured repository, or else the one of the crate's folder.
fn git_repository(layers: &mut Layers<'_>, folder: Option<&std::path::Path>) -> Option<String> {
    if let Some(said) = layers.text(&key::GIT_REPOSITORY, None) {
        let link = git::link(&said).unwrap_or(said);
        layers.show_last(&link);
        return Some(link);
    }
    let folder = folder?;
    let found = git::repository(folder)?;
    layers.listed.pop();
    let source = Source::Crate(folder.to_owned());
    layers.list(key::GIT_REPOSITORY.name, Some(found.clone()), source);
    Some(found)
}
