//! What a compiled task lacks: project, domain and version, its image, the settings' environment
//! and, without an image build, where its executable is.

mod identity;
mod images;
mod target;
#[cfg(test)]
mod tests;

use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::flyteidl::core::TaskTemplate;
use flytekit_proto::flyteidl::core::task_template::Target;
use prost::Message;

use super::fast::Fast;
use super::settings::{Mistakes, Settings};
use crate::registry::FoundTask;

/// Fills what the settings say into a task.
///
/// # Errors
///
/// All that stands against it, in sentences that name the task.
#[cfg(any(feature = "register", test))]
pub(crate) fn complete(
    task: &FoundTask,
    settings: &Settings,
    fast: Option<&Fast>,
) -> Result<TaskSpec, Mistakes> {
    completed(task, settings, fast)
        .map_err(|wrong| Mistakes(wrong.iter().map(|it| said(&[task], it)).collect()))
}

/// The same, where what is wrong does not name the task yet.
fn completed(
    task: &FoundTask,
    settings: &Settings,
    fast: Option<&Fast>,
) -> Result<TaskSpec, Vec<String>> {
    let mut work = Completion {
        task,
        settings,
        fast,
        wrong: Vec::new(),
    };
    let mut spec = work.read().unwrap_or_default();
    work.identify(&mut spec);
    spec.template.iter_mut().for_each(|it| work.template(it));
    if work.wrong.is_empty() {
        Ok(spec)
    } else {
        Err(work.wrong)
    }
}

/// All tasks, or all that stands against any of them: once for all tasks that it is the same for.
///
/// # Errors
///
/// As [`complete`].
pub(crate) fn complete_all(
    tasks: &[FoundTask],
    settings: &Settings,
    fast: Option<&Fast>,
) -> Result<Vec<TaskSpec>, Mistakes> {
    let mut mistakes: Vec<(String, Vec<&FoundTask>)> = Vec::new();
    let mut specs = Vec::with_capacity(tasks.len());
    for task in tasks {
        match completed(task, settings, fast) {
            Ok(spec) => specs.push(spec),
            Err(wrong) => wrong.into_iter().for_each(|wrong| {
                match mistakes.iter_mut().find(|(known, _)| *known == wrong) {
                    Some((_, tasks)) => tasks.push(task),
                    None => mistakes.push((wrong, vec![task])),
                }
            }),
        }
    }
    let mistakes = mistakes.iter().map(|(wrong, tasks)| said(tasks, wrong));
    Mistakes(mistakes.collect()).or(specs)
}

/// ``the task `app.add` (src/main.rs:7) has no image``; of many tasks a few are named.
fn said(tasks: &[&FoundTask], wrong: &str) -> String {
    const NAMED: usize = 5;
    let named = tasks.iter().take(NAMED);
    let named = named.map(|it| format!("`{}` ({})", it.name, it.location));
    let named = named.collect::<Vec<_>>().join(", ");
    match tasks.len() {
        1 => format!("the task {named} {wrong}"),
        count if count <= NAMED => format!("each of the tasks {named} {wrong}"),
        count => format!("each of {count} tasks, {named} and others, {wrong}"),
    }
}

/// One task on its way.
struct Completion<'a> {
    task: &'a FoundTask,
    settings: &'a Settings,
    fast: Option<&'a Fast>,
    /// What stands against it, in words that follow the task's name.
    wrong: Vec<String>,
}

impl Completion<'_> {
    fn read(&mut self) -> Option<TaskSpec> {
        match TaskSpec::decode(&*self.task.spec) {
            // Decoding drops what a newer version knows, and what is registered would lack it.
            Ok(spec) if spec.encoded_len() == self.task.spec.len() => Some(spec),
            Ok(_) => {
                self.refuse(
                    "was built with a newer flytekit than this one, and says things that would \
                     get lost: register it with that version",
                );
                None
            }
            Err(error) => {
                self.refuse(&format!("is damaged: {error}"));
                None
            }
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
