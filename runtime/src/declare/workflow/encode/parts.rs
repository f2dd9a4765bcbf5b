//! The sub-workflows of a workflow, at any depth, without duplicates.

use core::cmp::Ordering;

use super::super::{Branch, Otherwise, Target, WorkflowDescriptor};
use crate::declare::sorted::compare;

/// Some workflows in ascending order of their names.
pub(super) struct Parts<'a> {
    found: [Option<&'a WorkflowDescriptor<'a>>; Parts::ROOM],
    len: usize,
}

impl<'a> Parts<'a> {
    /// About the maximum number of nodes in one workflow on Flyte's platforms.
    const ROOM: usize = 256;

    /// Whether there are sub-workflows: this check is cheaper than the room for them.
    pub(super) const fn are_in(workflow: &WorkflowDescriptor<'_>) -> bool {
        let mut rest = workflow.nodes;
        while let [first, more @ ..] = rest {
            if matches!(first.target, Target::Workflow(_) | Target::Branch(_)) {
                return true;
            }
            rest = more;
        }
        let mut rest = workflow.calls.entities;
        while let [first, more @ ..] = rest {
            if matches!(first.target, Target::Workflow(_)) {
                return true;
            }
            rest = more;
        }
        workflow.on_failure.is_some()
    }

    /// The sub-workflows of `workflow`, without itself.
    pub(super) const fn of(workflow: &WorkflowDescriptor<'a>) -> Self {
        let mut parts = Parts {
            found: [None; Parts::ROOM],
            len: 0,
        };
        parts.add_below(workflow);
        parts
    }

    /// The sub-workflows, sorted by name.
    pub(super) const fn sorted(&self) -> &[Option<&'a WorkflowDescriptor<'a>>] {
        self.found.split_at(self.len).0
    }

    const fn add_below(&mut self, workflow: &WorkflowDescriptor<'a>) {
        let mut rest = workflow.nodes;
        while let [first, more @ ..] = rest {
            self.add_target(&first.target);
            rest = more;
        }
        let mut rest = workflow.calls.entities;
        while let [first, more @ ..] = rest {
            self.add_target(&first.target);
            rest = more;
        }
        if let Some(on_failure) = workflow.on_failure {
            self.add_target(&on_failure.target);
        }
    }

    const fn add_target(&mut self, target: &Target<'a>) {
        match *target {
            Target::Workflow(workflow) if self.insert(workflow) => self.add_below(workflow),
            Target::Branch(branch) => self.add_branch(branch),
            _ => {}
        }
    }

    const fn add_branch(&mut self, branch: Branch<'a>) {
        let mut rest = branch.cases;
        while let [first, more @ ..] = rest {
            self.add_target(&first.then.target);
            rest = more;
        }
        if let Otherwise::Node(node) = branch.otherwise {
            self.add_target(&node.target);
        }
    }

    /// Inserts a workflow, and returns whether it was new.
    const fn insert(&mut self, workflow: &'a WorkflowDescriptor<'a>) -> bool {
        let mut place = self.len;
        while place > 0
            && let Some(before) = self.found[place - 1]
        {
            match compare(before.name, workflow.name) {
                Ordering::Equal => return false,
                Ordering::Less => break,
                Ordering::Greater => place -= 1,
            }
        }
        assert!(
            self.len < Parts::ROOM,
            "a workflow is made of more than 256 others"
        );
        let mut end = self.len;
        while end > place {
            self.found[end] = self.found[end - 1];
            end -= 1;
        }
        self.found[place] = Some(workflow);
        self.len += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Node;
    use super::*;

    fn calls<'a>(called: &'a WorkflowDescriptor<'a>) -> Node<'a> {
        Node {
            target: Target::Workflow(called),
            ..Node::DEFAULT
        }
    }

    #[test]
    fn each_part_is_there_once_by_its_name() {
        let named = |name| WorkflowDescriptor {
            name,
            ..WorkflowDescriptor::DEFAULT
        };
        let [a, c, d] = ["a", "c", "d"].map(named);
        let nodes = [&d, &a, &d].map(calls);
        let b = WorkflowDescriptor {
            nodes: &nodes,
            ..named("b")
        };
        let nodes = [&c, &b, &a, &b].map(calls);
        let whole = WorkflowDescriptor {
            nodes: &nodes,
            ..named("whole")
        };
        let parts = Parts::of(&whole);
        let sorted = parts.sorted().iter().flatten().map(|part| part.name);
        assert_eq!(sorted.collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    }
}
