//! Draws a graph as SVG, in the viewer's light or dark colours.

use super::layout::{LINE, Layout, layout, texts};
use super::{Graph, Node};

/// The margin around the picture.
const MARGIN: f64 = 20.0;

const STYLE: &str = "\
.graph{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace}\
.page{fill:#ffffff}\
.title,.name{fill:#1b1f24;font-weight:bold}\
.what,.when{fill:#57606a}\
.when{font-style:italic}\
.box{fill:#f6f8fa;stroke:#8c959f}\
.task .box{fill:#ddf4ff;stroke:#54aeff}\
.plan .box{fill:#fff8c5;stroke:#d4a72c}\
.gate .box{fill:#fbefff;stroke:#c297ff}\
.failure .box{fill:#ffebe9;stroke:#ff8182}\
.box.outer{fill:none;stroke-dasharray:5 4}\
.line{fill:none;stroke:#8c959f;stroke-width:1.4}\
.head{fill:#8c959f}\
@media (prefers-color-scheme:dark){\
.page{fill:#0d1117}\
.title,.name{fill:#e6edf3}\
.what,.when{fill:#9198a1}\
.box{fill:#161b22;stroke:#6e7681}\
.task .box{fill:#0c2d48;stroke:#388bfd}\
.plan .box{fill:#3b2e05;stroke:#bb8009}\
.gate .box{fill:#2b1a45;stroke:#8957e5}\
.failure .box{fill:#490e13;stroke:#da3633}\
.box.outer{fill:none}\
.line{stroke:#6e7681}\
.head{fill:#6e7681}}";

/// The picture as a complete SVG file.
pub(crate) fn svg(graph: &Graph) -> String {
    let placed = layout(graph);
    let title = super::layout::letters(&graph.title);
    let width = placed.width.max(title) + 2.0 * MARGIN;
    let height = placed.height + 3.0 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" class=\"graph\" role=\"img\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" \
         markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"head\" d=\"M0 0L8 4L0 8z\"/>\
         </marker></defs>\n<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n\
         <text class=\"title\" x=\"{MARGIN}\" y=\"{MARGIN}\">{title}</text>\n",
        title = escaped(&graph.title)
    );
    add(graph, &placed, (MARGIN, 2.0 * MARGIN), &mut out);
    out += "</svg>\n";
    out
}

fn add(graph: &Graph, placed: &Layout, (left, top): (f64, f64), out: &mut String) {
    for line in &placed.lines {
        let points: Vec<_> = line.iter().map(|(x, y)| (x + left, y + top)).collect();
        *out += &format!(
            "<path class=\"line\" marker-end=\"url(#head)\" d=\"{}\"/>\n",
            curve(&points)
        );
    }
    for (node, place) in graph.nodes.iter().zip(&placed.boxes) {
        let (x, y) = (place.x + left, place.y + top);
        let outer = if place.inside.is_some() { " outer" } else { "" };
        *out += &format!(
            "<g class=\"{}\"><rect class=\"box{outer}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" \
             height=\"{:.1}\" rx=\"7\"/>",
            class(node),
            place.width,
            place.height
        );
        *out += &text(node, x + place.width / 2.0, y);
        *out += "</g>\n";
        if let (Some(inside), Some(graph)) = (&place.inside, &node.inside) {
            let x = x + (place.width - inside.width) / 2.0;
            let lines = f64::from(u32::try_from(texts(node).len()).unwrap_or(3));
            add(graph, inside, (x, y + lines * LINE + 10.0), out);
        }
    }
}

fn text(node: &Node, middle: f64, top: f64) -> String {
    let texts = texts(node);
    let classes = ["when", "name", "what"];
    let classes = &classes[classes.len() - texts.len()..];
    let lines = texts.iter().zip(classes).zip(1_u32..);
    let lines = lines.map(|((text, class), line)| {
        let y = top + f64::from(line) * LINE;
        let text = escaped(text);
        format!(
            "<text class=\"{class}\" text-anchor=\"middle\" x=\"{middle:.1}\" y=\"{y:.1}\">{text}</text>"
        )
    });
    lines.collect()
}

fn class(node: &Node) -> &'static str {
    match node.kind {
        "task" | "map" => "task",
        "launch plan" => "plan",
        "approval" | "sleep" | "wait for input" => "gate",
        "failure" => "failure",
        _ => "other",
    }
}

/// A curve that leaves each point downwards, and reaches the next one from above.
fn curve(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for pair in points.windows(2) {
        let [(x1, y1), (x2, y2)] = [pair[0], pair[1]];
        if path.is_empty() {
            path += &format!("M{x1:.1} {y1:.1}");
        }
        let bend = (y2 - y1) / 2.0;
        path += &format!(
            "C{x1:.1} {:.1} {x2:.1} {:.1} {x2:.1} {y2:.1}",
            y1 + bend,
            y2 - bend
        );
    }
    path
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}
