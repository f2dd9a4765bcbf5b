//! Adds the parts that a compiled entity lacks: project, domain and version; for a task also its image, the
//! environment of the settings and, without an image build, the location of its executable.

mod identity;
mod images;
mod node;
mod target;
#[cfg(test)]
mod tests;

use flytekit_proto::flyteidl::core::TaskTemplate;
use flytekit_proto::flyteidl::core::task_template::Target;

use super::fast::Fast;
use super::references;
use super::settings::{Mistakes, Settings};
use super::spec::Spec;
use crate::registry::{Found, ImagePaths};

/// Completes an entity with the settings.
///
/// # Errors
///
/// All problems, in sentences that name the entity.
#[cfg(any(feature = "register", test))]
pub(crate) fn complete(
    found: Found<'_>,
    settings: &Settings,
    fast: Option<&Fast>,
) -> Result<Spec, Mistakes> {
    completed(found, settings, fast)
        .map_err(|wrong| Mistakes(wrong.iter().map(|it| said(&[found], it)).collect()))
}

/// Like [`complete`], with problems that do not name the entity yet.
fn completed(
    found: Found<'_>,
    settings: &Settings,
    fast: Option<&Fast>,
) -> Result<Spec, Vec<String>> {
    let mut work = Completion {
        images: match found {
            Found::Task(task) => &task.images,
            Found::Workflow(_) | Found::LaunchPlan(_) => &ImagePaths::NONE,
        },
        settings,
        fast,
        wrong: Vec::new(),
    };
    let mut spec = Completion::read(found).map_err(|wrong| vec![wrong])?;
    work.identify(&mut spec);
    match &mut spec {
        Spec::Task(spec) => spec.template.iter_mut().for_each(|it| work.template(it)),
        Spec::Workflow(spec) => references::nodes(spec, &mut |node| work.node(node)),
        Spec::LaunchPlan(_) => {}
    }
    if work.wrong.is_empty() {
        Ok(spec)
    } else {
        Err(work.wrong)
    }
}

/// Completes all entities, or returns all problems. Equal problems of several entities are reported once.
///
/// # Errors
///
/// As [`complete`].
pub(crate) fn complete_all(
    entities: &[Found<'_>],
    settings: &Settings,
    fast: Option<&Fast>,
) -> Result<Vec<Spec>, Mistakes> {
    let mut mistakes: Vec<(String, Vec<Found<'_>>)> = Vec::new();
    let mut specs = Vec::with_capacity(entities.len());
    for &found in entities {
        match completed(found, settings, fast) {
            Ok(spec) => specs.push(spec),
            Err(wrong) => wrong.into_iter().for_each(|wrong| {
                match mistakes.iter_mut().find(|(known, _)| *known == wrong) {
                    Some((_, entities)) => entities.push(found),
                    None => mistakes.push((wrong, vec![found])),
                }
            }),
        }
    }
    let mistakes = mistakes.iter().map(|(wrong, found)| said(found, wrong));
    Mistakes(mistakes.collect()).or(specs)
}

/// ``the task `app.add` (src/main.rs:7) has no image``; of many tasks only a few are named.
fn said(entities: &[Found<'_>], wrong: &str) -> String {
    const NAMED: usize = 5;
    let named = entities.iter().take(NAMED);
    let named = named.map(|it| format!("`{}` ({})", it.name(), it.location()));
    let named = named.collect::<Vec<_>>().join(", ");
    let kinds = plural(entities);
    match entities {
        [one] => format!("the {} {named} {wrong}", one.kind()),
        some if some.len() <= NAMED => format!("each of the {kinds} {named} {wrong}"),
        many => format!(
            "each of {} {kinds}, {named} and others, {wrong}",
            many.len()
        ),
    }
}

/// The plural of the entities' kind.
fn plural(entities: &[Found<'_>]) -> &'static str {
    match entities {
        [first, others @ ..] if others.iter().all(|it| it.kind() == first.kind()) => {
            first.kind().noun().plural
        }
        _ => "entities",
    }
}

/// An entity that is being completed.
struct Completion<'a> {
    /// The paths of images in a task.
    images: &'a ImagePaths,
    settings: &'a Settings,
    fast: Option<&'a Fast>,
    /// The entity's problems, in words that follow its name.
    wrong: Vec<String>,
}

impl Completion<'_> {
    fn read(found: Found<'_>) -> Result<Spec, String> {
        let bytes = found.bytes();
        match Spec::decode(found.kind(), bytes) {
            // Decoding drops fields of newer versions, and the registered entity would lack them.
            Ok(spec) if spec.encoded_len() == bytes.len() => Ok(spec),
            Ok(_) => Err(
                "was built with a newer flytekit than this one, and has content that would \
                          be lost: register it with that version"
                    .to_owned(),
            ),
            Err(error) => Err(format!("is damaged: {error}")),
        }
    }

    fn template(&mut self, template: &mut TaskTemplate) {
        if let Some(custom) = &mut template.custom {
            self.images_of_custom(custom);
        }
        match &mut template.target {
            Some(Target::Container(container)) => self.container(container),
            Some(Target::K8sPod(pod)) => {
                let primary = template.config.get("primary_container_name");
                self.pod(pod, primary.map_or("", String::as_str));
            }
            _ => {}
        }
    }

    fn refuse(&mut self, wrong: &str) {
        self.wrong.push(wrong.to_owned());
    }
}
