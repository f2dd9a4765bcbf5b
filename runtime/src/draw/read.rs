//! Reads a graph from a specification.

use std::collections::HashMap;

use flytekit_proto::tree::{Message, Value};

use super::{Graph, Node};

/// How deep nested workflows are drawn. Flyte's compiler refuses a workflow that contains itself, but a
/// damaged file could have one.
const DEEPEST: usize = 16;

/// The graph of a `flyteidl.admin.WorkflowSpec`.
pub(crate) fn graph(spec: &Message<'_>) -> Graph {
    let mut parts = HashMap::new();
    for part in spec.messages("sub_workflows") {
        parts.insert(name_of(part), part);
    }
    let reader = Reader { parts };
    spec.message("template")
        .map_or_else(Graph::default, |template| reader.template(template, 0))
}

fn name_of<'b>(template: &Message<'b>) -> &'b str {
    template.message("id").map_or("", |id| id.text("name"))
}

struct Reader<'m, 'b> {
    /// The subworkflows, by name.
    parts: HashMap<&'b str, &'m Message<'b>>,
}

impl Reader<'_, '_> {
    fn template(&self, template: &Message<'_>, depth: usize) -> Graph {
        let messages: Vec<_> = template.messages("nodes").collect();
        let mut nodes: Vec<_> = messages.iter().map(|node| self.node(node, depth)).collect();
        let places: HashMap<_, _> = messages
            .iter()
            .enumerate()
            .map(|(place, node)| (node.text("id"), place))
            .collect();
        let mut edges = Vec::new();
        for (place, node) in messages.iter().enumerate() {
            let mut upstream = Vec::new();
            waits_for(node, &mut upstream);
            upstream.retain(|&id| places.contains_key(id));
            let mut upstream: Vec<_> = upstream.into_iter().map(|id| places[id]).collect();
            upstream.sort_unstable();
            upstream.dedup();
            edges.extend(upstream.into_iter().map(|from| (from, place)));
        }
        if let Some(on_failure) = template.message("failure_node") {
            let mut node = self.node(on_failure, depth);
            node.when = Some("on failure".to_owned());
            nodes.push(node);
        }
        Graph {
            title: name_of(template).to_owned(),
            nodes,
            edges,
        }
    }

    fn node(&self, node: &Message<'_>, depth: usize) -> Node {
        let metadata = node.message("metadata");
        let name = metadata.map_or("", |metadata| metadata.text("name"));
        let (kind, inside) = self.target(node, depth);
        let (mapped, detail) = node.message("array_node").map(map).unwrap_or_default();
        let name = [mapped, name, node.text("id")];
        Node {
            id: node.text("id").to_owned(),
            name: (*name.iter().find(|name| !name.is_empty()).unwrap_or(&"")).to_owned(),
            kind,
            detail,
            when: None,
            inside,
        }
    }

    fn target(&self, node: &Message<'_>, depth: usize) -> (&'static str, Option<Graph>) {
        if node.message("task_node").is_some() {
            return ("task", None);
        }
        if let Some(workflow) = node.message("workflow_node") {
            let Some(id) = workflow.message("sub_workflow_ref") else {
                return ("launch plan", None);
            };
            let part = self.parts.get(id.text("name")).filter(|_| depth < DEEPEST);
            return ("workflow", part.map(|part| self.template(part, depth + 1)));
        }
        if let Some(branch) = node.message("branch_node") {
            return (
                "branch",
                branch.message("if_else").map(|it| self.branch(it, depth)),
            );
        }
        if let Some(gate) = node.message("gate_node") {
            let kind = match gate.chosen() {
                Some(("approve", _)) => "approval",
                Some(("sleep", _)) => "sleep",
                _ => "wait for input",
            };
            return (kind, None);
        }
        let array = node
            .message("array_node")
            .and_then(|array| array.message("node"));
        match array {
            Some(_) => ("map", None),
            None => ("node", None),
        }
    }

    /// The nodes of a branch, one of which runs.
    fn branch(&self, choice: &Message<'_>, depth: usize) -> Graph {
        let mut nodes: Vec<Node> = cases(choice)
            .filter_map(|case| {
                let mut node = self.node(case.message("then_node")?, depth);
                let condition = case.message("condition").map(condition);
                node.when = Some(format!("if {}", condition.unwrap_or_default()));
                Some(node)
            })
            .collect();
        let otherwise = choice
            .message("else_node")
            .map(|node| self.node(node, depth));
        let failure = choice.message("error").map(|error| Node {
            id: String::new(),
            name: error.text("message").to_owned(),
            kind: "failure",
            detail: String::new(),
            when: None,
            inside: None,
        });
        if let Some(mut node) = otherwise.or(failure) {
            node.when = Some("else".to_owned());
            nodes.push(node);
        }
        Graph {
            title: String::new(),
            nodes,
            edges: Vec::new(),
        }
    }
}

/// The name of the task that is mapped, unless the node has one of its own, and how that is done.
fn map<'b>(array: &Message<'b>) -> (&'b str, String) {
    let node = array.message("node");
    let name = node
        .and_then(|node| node.message("metadata"))
        .map_or("", |metadata| metadata.text("name"));
    let is_own = node.is_some_and(|node| node.text("id") == name);
    let mapped = if is_own { of_element(name) } else { name };
    let mut details = Vec::new();
    if let Some(Value::U32(concurrency @ 1..)) = array.get("parallelism") {
        details.push(format!("{concurrency} at a time"));
    }
    match array
        .get("min_successes")
        .or(array.get("min_success_ratio"))
    {
        Some(Value::U32(least)) => details.push(format!("{least} suffice")),
        Some(Value::F64(ratio)) if *ratio < 1.0 => {
            let percent = (ratio * 1000.0).round() / 10.0;
            details.push(format!("{percent} % suffice"));
        }
        _ => {}
    }
    (mapped, details.join(", "))
}

/// `scale` for `etl.map_scale-factor-arraynode`.
fn of_element(mapped: &str) -> &str {
    let name = mapped.rsplit('.').next().unwrap_or(mapped);
    let bare = name.strip_prefix("map_");
    let bare = bare.filter(|_| name.ends_with("-arraynode"));
    bare.map_or(name, |bare| bare.split('-').next().unwrap_or(bare))
}

/// The cases of a branch. The first case has a field of its own.
fn cases<'m, 'b>(choice: &'m Message<'b>) -> impl Iterator<Item = &'m Message<'b>> {
    let first = choice.message("case").into_iter();
    first.chain(choice.messages("other"))
}

/// Collects the ids of all nodes that a node, or a node inside it, waits for.
fn waits_for<'b>(node: &Message<'b>, ids: &mut Vec<&'b str>) {
    ids.extend(node.texts("upstream_node_ids"));
    let Some(choice) = node
        .message("branch_node")
        .and_then(|it| it.message("if_else"))
    else {
        return;
    };
    let nodes = cases(choice).filter_map(|case| case.message("then_node"));
    for node in nodes.chain(choice.message("else_node")) {
        waits_for(node, ids);
    }
}

/// `n0.o0 > 5 and a = true`
fn condition(expression: &Message<'_>) -> String {
    if let Some(both) = expression.message("conjunction") {
        let word = if both.number("operator") == 0 {
            "and"
        } else {
            "or"
        };
        let side = |name| both.message(name).map(condition).unwrap_or_default();
        let (left, right) = (side("left_expression"), side("right_expression"));
        return format!("{left} {word} {right}");
    }
    let Some(comparison) = expression.message("comparison") else {
        return String::new();
    };
    let operator = match comparison.number("operator") {
        0 => "=",
        1 => "≠",
        2 => ">",
        3 => "≥",
        4 => "<",
        _ => "≤",
    };
    let side = |name| comparison.message(name).map(operand).unwrap_or_default();
    format!("{} {operator} {}", side("left_value"), side("right_value"))
}

fn operand(operand: &Message<'_>) -> String {
    if let Some(primitive) = operand.message("primitive") {
        return match primitive.chosen() {
            Some((_, Value::I64(number))) => number.to_string(),
            Some((_, Value::F64(number))) => number.to_string(),
            Some((_, Value::Bool(truth))) => truth.to_string(),
            Some((_, Value::Text(text))) => format!("\"{text}\""),
            Some((name, _)) => format!("a {name}"),
            None => String::new(),
        };
    }
    operand.text("var").trim_start_matches('.').to_owned()
}
