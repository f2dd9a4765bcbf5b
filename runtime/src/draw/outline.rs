//! A graph as indented lines, for terminals.

use super::{Graph, Node};

/// ```text
/// app.report
///   n0  load     task
///   n1  audited  branch    after n0
///     if n0.o0 > 5
///       n0  audit  task
///     else
///       n1  accept  task
/// ```
pub(crate) fn outline(graph: &Graph) -> String {
    let mut text = format!("{}\n", graph.title);
    add(graph, 1, &mut text);
    text
}

fn add(graph: &Graph, depth: usize, text: &mut String) {
    let width = |of: fn(&Node) -> &str| {
        let lengths = graph.nodes.iter().map(|node| of(node).chars().count());
        lengths.max().unwrap_or_default()
    };
    let (ids, names) = (width(|node| &node.id), width(|node| &node.name));
    for (place, node) in graph.nodes.iter().enumerate() {
        let mut depth = depth;
        if let Some(when) = &node.when {
            *text += &format!("{:1$}{when}\n", "", 2 * depth);
            depth += 1;
        }
        let upstream = graph.edges.iter().filter(|(_, to)| *to == place);
        let upstream: Vec<_> = upstream.map(|(from, _)| &*graph.nodes[*from].id).collect();
        let after = if upstream.is_empty() {
            String::new()
        } else {
            format!("  after {}", upstream.join(", "))
        };
        let (Node { id, name, .. }, what) = (node, node.what());
        let indent = 2 * depth;
        *text += &format!("{:indent$}{id:ids$}  {name:names$}  {what}{after}\n", "");
        if let Some(inside) = &node.inside {
            add(inside, depth + 1, text);
        }
    }
}
