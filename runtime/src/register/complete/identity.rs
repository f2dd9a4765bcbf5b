//! Under which name in Flyte a task is known, and where its sources are.

use flytekit_proto::flyteidl::admin::{SourceCode, TaskSpec};

use super::Completion;

impl Completion<'_> {
    pub(super) fn identify(&self, spec: &mut TaskSpec) {
        let id = spec.template.as_mut().and_then(|it| it.id.as_mut());
        if let Some(id) = id {
            id.project.clone_from(&self.settings.project);
            id.domain.clone_from(&self.settings.domain);
            id.version = self.settings.version.clone().unwrap_or_default();
        }
        if let (Some(link), Some(description)) =
            (&self.settings.git_repository, &mut spec.description)
        {
            let link = format!("https://{link}");
            description.source_code.get_or_insert(SourceCode { link });
        }
    }
}
