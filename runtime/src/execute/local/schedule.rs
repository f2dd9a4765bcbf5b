//! Schedules the nodes of a workflow.

use std::sync::mpsc;
use std::thread;

use super::values::Values;
use super::{Failure, Local};
use crate::declare::{FailurePolicy, Node, Otherwise, Target, Unpacked, WorkflowDescriptor};
use crate::error::Error;
use crate::execute::catch;
use crate::execute::map::at_once;

/// Runs all nodes of a workflow, each as soon as the nodes that it waits for have ended, and keeps their
/// outputs.
///
/// # Errors
///
/// The first failure. Nodes that were running then have ended, and the workflow's failure policy decides
/// whether others started.
pub(super) fn nodes(
    local: Local<'_>,
    workflow: &WorkflowDescriptor<'_>,
    values: &Values,
    path: &str,
) -> Result<(), Failure> {
    let most = at_once();
    let unpacked = workflow.unpacked();
    let mut waiting: Vec<_> = unpacked.iter().map(Unpacked::node).collect();
    let mut failed = None;
    thread::scope(|threads| {
        let (end, ended) = mpsc::channel();
        let mut running = 0;
        loop {
            let goes_on = failed.is_none()
                || workflow.failure_policy == FailurePolicy::FailAfterExecutableNodesComplete;
            while goes_on
                && running < most
                && let Some(next) = waiting.iter().position(|node| is_ready(node, values))
            {
                let node = waiting.remove(next);
                let end = end.clone();
                let work = move || {
                    let mut outputs = Vec::new();
                    let ran = catch(&mut || {
                        outputs = local.node(&node, values, path)?;
                        Ok(())
                    });
                    // The receiver exists as long as any node runs.
                    let _ = end.send((node.id, ran.map(|()| outputs)));
                };
                match thread::Builder::new().spawn_scoped(threads, work) {
                    Ok(_) => running += 1,
                    Err(error) => {
                        let no_thread = Error::system("there is no thread for a node");
                        failed.get_or_insert(Failure::Own(no_thread.with_source(error)));
                        waiting.clear();
                    }
                }
            }
            if running == 0 {
                break;
            }
            let Ok((node, ran)) = ended.recv() else {
                break;
            };
            running -= 1;
            match ran {
                Ok(outputs) => values.keep(node, outputs),
                Err(error) => _ = failed.get_or_insert(Failure::Within(error)),
            }
        }
    });
    match (failed, waiting.first()) {
        (Some(failed), _) => Err(failed),
        (None, Some(node)) => Err(Failure::Own(Error::system(format!(
            "node `{}` waits for nodes that do not exist",
            node.id
        )))),
        (None, None) => Ok(()),
    }
}

/// Whether all nodes have ended that this node, or a node inside of it, waits for.
fn is_ready(node: &Node<'_>, values: &Values) -> bool {
    if !node.upstream.iter().all(|id| values.has(id)) {
        return false;
    }
    let Target::Branch(branch) = &node.target else {
        return true;
    };
    let otherwise = match branch.otherwise {
        Otherwise::Node(node) => Some(node),
        Otherwise::Fail(_) => None,
    };
    let mut nodes = branch.cases.iter().map(|case| case.then).chain(otherwise);
    nodes.all(|node| is_ready(node, values))
}
