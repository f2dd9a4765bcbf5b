//! Draws a graph for Mermaid, which GitHub and others render in Markdown.

use super::{Graph, Node};

/// Sub-workflows and branches are subgraphs.
pub(crate) fn mermaid(graph: &Graph) -> String {
    let mut text = "flowchart TB\n".to_owned();
    add(graph, "", 1, &mut text);
    text
}

fn add(graph: &Graph, path: &str, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    for (place, node) in graph.nodes.iter().enumerate() {
        let path = below(path, place);
        let label = label(node);
        match node.drawn() {
            Some(inside) => {
                *text += &format!("{indent}subgraph {path}[\"{label}\"]\n");
                add(inside, &path, depth + 1, text);
                *text += &format!("{indent}end\n");
            }
            None => *text += &format!("{indent}{path}[\"{label}\"]\n"),
        }
    }
    for &(from, to) in &graph.edges {
        let [from, to] = [from, to].map(|place| below(path, place));
        *text += &format!("{indent}{from} --> {to}\n");
    }
}

/// The path of a node in a subgraph: `n1_0` is the first node in the second one.
fn below(path: &str, place: usize) -> String {
    if path.is_empty() {
        format!("n{place}")
    } else {
        format!("{path}_{place}")
    }
}

fn label(node: &Node) -> String {
    let when = node.when.as_deref().map(escaped);
    let when = when
        .map(|when| format!("<i>{when}</i><br>"))
        .unwrap_or_default();
    let what = [&*node.id, &node.what()].join(" ");
    format!(
        "{when}<b>{}</b><br>{}",
        escaped(&node.name),
        escaped(what.trim())
    )
}

/// Mermaid reads numeric entities, and ends a label at a quote.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '"' | '<' | '>' | '&' | '#' | ';' | '`' => {
                escaped += &format!("#{};", u32::from(letter));
            }
            letter => escaped.push(letter),
        }
    }
    escaped
}
