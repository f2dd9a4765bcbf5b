//! Pictures of workflows: their nodes and dependencies.
//!
//! A picture is read from the specification in a file; no code of the workflow runs. A node that consists of
//! nodes itself, a sub-workflow or a branch, is a box with its own picture in it.

mod dot;
mod layout;
mod mermaid;
mod outline;
mod read;
mod svg;
#[cfg(test)]
mod tests;

pub(crate) use dot::dot;
pub(crate) use mermaid::mermaid;
pub(crate) use outline::outline;
pub(crate) use read::graph;
pub(crate) use svg::svg;

/// Nodes and their dependencies.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Graph {
    /// The picture's title.
    pub(crate) title: String,
    /// The nodes, in the order of the workflow.
    pub(crate) nodes: Vec<Node>,
    /// Indexes of nodes: the second one waits for the first one.
    pub(crate) edges: Vec<(usize, usize)>,
}

/// One node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// The node's id, unique in its graph.
    pub(crate) id: String,
    /// The displayed name.
    pub(crate) name: String,
    /// The kind, in words: `task`, `launch plan`.
    pub(crate) kind: &'static str,
    /// What is said of its kind: how many elements of a map run at the same time.
    pub(crate) detail: String,
    /// When the node runs: the condition of a branch's case, or that something failed.
    pub(crate) when: Option<String>,
    /// The graph inside the node.
    pub(crate) inside: Option<Graph>,
}

impl Node {
    /// What it is: `task`, `map, 2 at a time`.
    fn what(&self) -> String {
        let Node { kind, detail, .. } = self;
        if detail.is_empty() {
            return (*kind).to_owned();
        }
        format!("{kind}, {detail}")
    }

    /// The graph that is drawn in the node's box, if there is one.
    fn drawn(&self) -> Option<&Graph> {
        self.inside
            .as_ref()
            .filter(|inside| !inside.nodes.is_empty())
    }
}
