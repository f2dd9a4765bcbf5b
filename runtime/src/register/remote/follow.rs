//! Follows the parts of a run: its nodes, the attempts to run their tasks, and the elements of its maps.

use std::collections::{HashMap, HashSet};

use flytekit_proto::flyteidl::admin::{
    NodeExecution, NodeExecutionClosure, NodeExecutionListRequest, TaskExecution,
    TaskExecutionListRequest, node_execution_closure, task_execution_closure,
};
use flytekit_proto::flyteidl::core::{
    ExecutionError, NodeExecutionIdentifier, WorkflowExecutionIdentifier, node_execution::Phase,
};

use super::elements::{self, Elements};
use super::watch::in_words;
use crate::console::Foreign;
use crate::register::admin::{Admin, AdminError};

/// The page size for nodes, and for attempts of a node.
const PAGE: u32 = 100;

/// The nodes that Flyte adds to every run.
const FRAME: [&str; 2] = ["start-node", "end-node"];

/// Reports each change once.
#[derive(Debug, Default)]
pub(super) struct Follow {
    told: HashSet<String>,
    /// The ids of nodes whose events are all reported. They do not change any more, so Flyte is not asked
    /// about them.
    done: HashSet<String>,
    /// The elements of the maps, by the ids of their nodes.
    elements: HashMap<String, Elements>,
}

impl Follow {
    /// The new changes.
    pub(super) async fn look(
        &mut self,
        admin: &Admin,
        run: &WorkflowExecutionIdentifier,
    ) -> Result<Vec<String>, AdminError> {
        let mut lines: Vec<String> = Vec::new();
        // The nodes whose children are still to be listed, and the names of their parents.
        let mut left = Vec::from([(String::new(), String::new())]);
        // A node that contains itself would cause an endless loop.
        let mut seen = HashSet::from([String::new()]);
        while let Some((parent, around)) = left.pop() {
            for node in nodes(admin, run, &parent).await? {
                let Some(id) = node.id.clone().filter(|id| {
                    !is_of_frame(&node, &id.node_id) && !self.done.contains(&id.node_id)
                }) else {
                    continue;
                };
                let name = name_of(&node, &id.node_id, &around);
                let attempts = attempts(admin, &id).await?;
                for attempt in &attempts {
                    lines.extend(self.of_attempt(&id, &name, attempt));
                }
                // A node ends after its attempts.
                lines.extend(of_node(&name, &node));
                // The nodes inside of it have ended, too.
                if has_ended(&node) {
                    self.done.insert(id.node_id.clone());
                }
                if may_have_children(&node, &attempts) && seen.insert(id.node_id.clone()) {
                    left.push((id.node_id, name));
                }
            }
        }
        let mut lines: Vec<_> = lines.iter().map(|it| Foreign(it).to_string()).collect();
        lines.retain(|line| self.told.insert(line.clone()));
        Ok(lines)
    }

    /// The lines for an attempt of a node, or for the elements of a map.
    fn of_attempt(
        &mut self,
        id: &NodeExecutionIdentifier,
        name: &str,
        attempt: &TaskExecution,
    ) -> Vec<String> {
        if !elements::is_map(attempt) {
            return of_attempt(name, attempt);
        }
        let elements = self.elements.entry(id.node_id.clone()).or_default();
        elements.look(name, attempt)
    }
}

/// Whether Flyte has added a node.
fn is_of_frame(node: &NodeExecution, id: &str) -> bool {
    let of_graph = node.metadata.as_ref().map_or("", |it| &it.spec_node_id);
    FRAME.contains(&id) || FRAME.contains(&of_graph)
}

/// Whether a node can contain other nodes. Flyte does not report that for a branch, which runs no task
/// either.
fn may_have_children(node: &NodeExecution, attempts: &[TaskExecution]) -> bool {
    let phase = node.closure.as_ref().map(NodeExecutionClosure::phase);
    let has_begun = !matches!(phase, None | Some(Phase::Undefined | Phase::Queued));
    let is_parent = node.metadata.as_ref().is_some_and(|it| it.is_parent_node);
    is_parent || has_begun && attempts.is_empty()
}

fn has_ended(node: &NodeExecution) -> bool {
    let phase = node.closure.as_ref().map(NodeExecutionClosure::phase);
    matches!(
        phase,
        Some(
            Phase::Succeeded
                | Phase::Failed
                | Phase::Aborted
                | Phase::Skipped
                | Phase::TimedOut
                | Phase::Recovered
        )
    )
}

/// `n0/n1`: the node's own id, after the ids of its parents.
fn name_of(node: &NodeExecution, id: &str, around: &str) -> String {
    if around.is_empty() {
        return id.to_owned();
    }
    let own = node.metadata.as_ref().map_or("", |it| &it.spec_node_id);
    let own = if own.is_empty() { id } else { own };
    format!("{around}/{own}")
}

/// The nodes of a run, or the children of the node `parent`.
async fn nodes(
    admin: &Admin,
    run: &WorkflowExecutionIdentifier,
    parent: &str,
) -> Result<Vec<NodeExecution>, AdminError> {
    let mut request = NodeExecutionListRequest {
        workflow_execution_id: Some(run.clone()),
        unique_parent_id: parent.to_owned(),
        limit: PAGE,
        ..Default::default()
    };
    let mut found = Vec::new();
    loop {
        let page = admin.list_node_executions(request.clone()).await?;
        let is_last = page.token.is_empty() || page.node_executions.is_empty();
        found.extend(page.node_executions);
        if is_last {
            return Ok(found);
        }
        request.token = page.token;
    }
}

async fn attempts(
    admin: &Admin,
    node: &NodeExecutionIdentifier,
) -> Result<Vec<TaskExecution>, AdminError> {
    let mut request = TaskExecutionListRequest {
        node_execution_id: Some(node.clone()),
        limit: PAGE,
        ..Default::default()
    };
    let mut found = Vec::new();
    loop {
        let page = admin.list_task_executions(request.clone()).await?;
        let is_last = page.token.is_empty() || page.task_executions.is_empty();
        found.extend(page.task_executions);
        if is_last {
            found.sort_by_key(attempt);
            return Ok(found);
        }
        request.token = page.token;
    }
}

/// The index of an attempt, from zero.
fn attempt(task: &TaskExecution) -> u32 {
    task.id.as_ref().map_or(0, |id| id.retry_attempt)
}

/// `n0: failed: BadInput: no number`
fn of_node(name: &str, node: &NodeExecution) -> Option<String> {
    let closure = node.closure.as_ref()?;
    let phase = in_words(closure.phase().as_str_name());
    let error = match &closure.output_result {
        Some(node_execution_closure::OutputResult::Error(error)) => first_line(error),
        _ => String::new(),
    };
    Some(format!("{name}: {phase}{error}"))
}

/// `n0, attempt 2: running (pulling the image)`, and a line for each of its logs. Flyte keeps the last reason
/// that it got; beside an error, the reason belongs to an earlier phase.
fn of_attempt(node: &str, task: &TaskExecution) -> Vec<String> {
    let Some(closure) = &task.closure else {
        return Vec::new();
    };
    let name = format!("{node}, attempt {}", attempt(task) + 1);
    let phase = in_words(closure.phase().as_str_name());
    let outcome = match (&closure.output_result, closure.reason.trim()) {
        (Some(task_execution_closure::OutputResult::Error(error)), _) => first_line(error),
        (_, "") => String::new(),
        (_, reason) => format!(" ({reason})"),
    };
    let logs = closure.logs.iter();
    let logs = logs.map(|log| format!("{name}: log {}: {}", log.name, log.uri));
    logs.chain([format!("{name}: {phase}{outcome}")]).collect()
}

/// The first line of an error, after its code. The whole error is reported when the run has ended.
fn first_line(error: &ExecutionError) -> String {
    let code = match error.code.as_str() {
        "" => String::new(),
        code => format!(": {code}"),
    };
    match elements::errors(&error.message).as_slice() {
        [] => format!("{code}: {}", message_of(&error.message)),
        [(indices, first), ..] => format!("{code}: {indices}: {}", message_of(first)),
    }
}

/// The first line of a message. flytekit puts a trace before the message.
pub(super) fn message_of(text: &str) -> &str {
    let (_, message) = text.rsplit_once("Message:").unwrap_or(("", text));
    message.trim().lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use flytekit_proto::flyteidl::admin::{
        NodeExecution, NodeExecutionClosure, TaskExecution, TaskExecutionClosure,
        node_execution_closure, task_execution_closure,
    };
    use flytekit_proto::flyteidl::core::{
        ExecutionError, TaskExecutionIdentifier, TaskLog, node_execution, task_execution,
    };

    use super::{of_attempt, of_node};

    fn error() -> ExecutionError {
        ExecutionError {
            code: "BadInput".to_owned(),
            message: "Trace:\n\n    at line 1\n\nMessage:\n\n    no number\n".to_owned(),
            ..Default::default()
        }
    }

    #[test]
    fn an_attempt_is_told_with_its_logs_and_why() {
        let attempt = TaskExecution {
            id: Some(TaskExecutionIdentifier {
                retry_attempt: 1,
                ..Default::default()
            }),
            closure: Some(TaskExecutionClosure {
                phase: task_execution::Phase::WaitingForResources.into(),
                reason: "no machine".to_owned(),
                logs: vec![TaskLog {
                    name: "Kubernetes".to_owned(),
                    uri: "http://logs/1".to_owned(),
                    ..Default::default()
                }],
                output_result: Some(task_execution_closure::OutputResult::Error(error())),
                ..Default::default()
            }),
            ..Default::default()
        };
        assert_eq!(
            of_attempt("n0", &attempt),
            [
                "n0, attempt 2: log Kubernetes: http://logs/1",
                "n0, attempt 2: waiting for resources: BadInput: no number",
            ]
        );
    }

    #[test]
    fn a_node_is_told_with_why_it_failed() {
        let node = NodeExecution {
            closure: Some(NodeExecutionClosure {
                phase: node_execution::Phase::Failed.into(),
                output_result: Some(node_execution_closure::OutputResult::Error(error())),
                ..Default::default()
            }),
            ..Default::default()
        };
        let told = of_node("n0", &node);
        assert_eq!(told.as_deref(), Some("n0: failed: BadInput: no number"));
    }
}
