//! The identity of an entity in Flyte, and the link to its sources.

use flytekit_proto::flyteidl::admin::SourceCode;

use super::Completion;
use crate::register::spec::Spec;

impl Completion<'_> {
    /// Entities that it refers to belong to the same registration, unless their identifiers say otherwise.
    pub(super) fn identify(&self, spec: &mut Spec) {
        let version = self.settings.version.as_deref().unwrap_or_default();
        spec.ids_mut(&mut |id| {
            for (part, own) in [
                (&mut id.project, &*self.settings.project),
                (&mut id.domain, &self.settings.domain),
                (&mut id.version, version),
            ] {
                if part.is_empty() {
                    own.clone_into(part);
                }
            }
        });
        let description = match spec {
            Spec::Task(spec) => &mut spec.description,
            Spec::Workflow(spec) => &mut spec.description,
            Spec::LaunchPlan(_) => &mut None,
        };
        if let (Some(link), Some(description)) = (&self.settings.git_repository, description) {
            let link = format!("https://{link}");
            description.source_code.get_or_insert(SourceCode { link });
        }
    }
}
