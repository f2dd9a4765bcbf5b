//! Draws a graph for Graphviz.

use super::{Graph, Node};

/// Sub-workflows and branches are clusters.
pub(crate) fn dot(graph: &Graph) -> String {
    let mut out = Dot {
        text: format!(
            "digraph {} {{\n  compound=true;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n  \
             graph [fontname=\"sans-serif\", style=rounded];\n  edge [fontname=\"sans-serif\"];\n",
            quoted(&graph.title)
        ),
    };
    out.graph(graph, "", 1);
    out.text += "}\n";
    out.text
}

struct Dot {
    text: String,
}

impl Dot {
    fn line(&mut self, depth: usize, line: &str) {
        self.text += &format!("{:1$}{line}\n", "", 2 * depth);
    }

    fn graph(&mut self, graph: &Graph, path: &str, depth: usize) {
        for (place, node) in graph.nodes.iter().enumerate() {
            self.node(node, &below(path, place), depth);
        }
        for &(from, to) in &graph.edges {
            let [(from, tail), (to, head)] =
                [from, to].map(|place| end(&graph.nodes[place], &below(path, place)));
            let tail = tail.map(|cluster| format!("ltail={}", quoted(&cluster)));
            let head = head.map(|cluster| format!("lhead={}", quoted(&cluster)));
            let options: Vec<_> = [tail, head].into_iter().flatten().collect();
            let options = if options.is_empty() {
                String::new()
            } else {
                format!(" [{}]", options.join(", "))
            };
            self.line(
                depth,
                &format!("{} -> {}{options};", quoted(&from), quoted(&to)),
            );
        }
    }

    fn node(&mut self, node: &Node, path: &str, depth: usize) {
        let when = node.when.as_ref().map(|when| format!("{when}\n"));
        let label = format!(
            "{}{}\n{} {}",
            when.unwrap_or_default(),
            node.name,
            node.id,
            node.what()
        );
        let label = quoted(label.trim());
        match node.drawn() {
            Some(inside) => {
                self.line(depth, &format!("subgraph {} {{", quoted(&cluster(path))));
                self.line(depth + 1, &format!("label={label};"));
                self.graph(inside, path, depth + 1);
                self.line(depth, "}");
            }
            None => self.line(depth, &format!("{} [label={label}];", quoted(path))),
        }
    }
}

fn below(path: &str, place: usize) -> String {
    if path.is_empty() {
        place.to_string()
    } else {
        format!("{path}.{place}")
    }
}

fn cluster(path: &str) -> String {
    format!("cluster_{path}")
}

/// Edges connect nodes, and are clipped at the cluster around a node.
fn end(node: &Node, path: &str) -> (String, Option<String>) {
    match node.drawn() {
        Some(inside) => {
            let (first, _) = end(&inside.nodes[0], &below(path, 0));
            (first, Some(cluster(path)))
        }
        None => (path.to_owned(), None),
    }
}

fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('\n', "\\n"))
}
