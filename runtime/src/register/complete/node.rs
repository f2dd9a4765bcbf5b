//! The overrides of a workflow's nodes.

use flytekit_proto::flyteidl::core::Node;
use flytekit_proto::flyteidl::core::node::Target;

use super::Completion;

impl Completion<'_> {
    /// Completes the image that a node gives its task, also for a task that another program has registered.
    pub(super) fn node(&mut self, node: &mut Node) {
        let Some(Target::TaskNode(task)) = &mut node.target else {
            return;
        };
        let Some(overrides) = &mut task.overrides else {
            return;
        };
        overrides.container_image = self.filled(&overrides.container_image);
        if let Some(pod) = &mut overrides.pod_template {
            let primary = pod.primary_container_name.clone();
            self.pod(pod, &primary);
        }
    }
}
