//! Pictures of workflows: their nodes, and which wait for which.
//!
//! All is read from the specification as it lies in a file; none of the workflow's code runs. What is made
//! of nodes itself, a sub-workflow or a branch, is a box with its own picture in it.

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

/// Some nodes, and which wait for which.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Graph {
    /// What it is a picture of.
    pub(crate) title: String,
    /// In the order of the workflow.
    pub(crate) nodes: Vec<Node>,
    /// Places of nodes: the second one waits for the first one.
    pub(crate) edges: Vec<(usize, usize)>,
}

/// One node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// Its id among those of its graph.
    pub(crate) id: String,
    /// What people call it.
    pub(crate) name: String,
    /// What it is, in words: `task`, `launch plan`.
    pub(crate) kind: &'static str,
    /// When it runs: the condition of a case of a branch, or that something failed.
    pub(crate) when: Option<String>,
    /// What it is made of.
    pub(crate) inside: Option<Graph>,
}

impl Node {
    /// What is drawn in its box, if there is anything.
    fn drawn(&self) -> Option<&Graph> {
        self.inside
            .as_ref()
            .filter(|inside| !inside.nodes.is_empty())
    }
}
