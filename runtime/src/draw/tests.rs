use flytekit_proto::tree::Message;
use proptest::prelude::*;

use super::layout::{Layout, layout};
use super::{Graph, Node, dot, graph, mermaid, outline, svg};

fn node(id: &str, name: &str) -> Node {
    Node {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: "task",
        detail: String::new(),
        when: None,
        inside: None,
    }
}

/// A workflow with a node of each kind, which the official Python classes can read: see the encoder's tests.
fn whole() -> Graph {
    let spec = include_bytes!("../declare/workflow/encode/whole.binpb");
    graph(&Message::decode("flyteidl.admin.WorkflowSpec", spec).expect("a workflow"))
}

#[test]
fn an_outline_says_what_waits_for_which() {
    let expected = "\
app.whole
  n0   friendly    task
  n1   choice      branch  after n0
    if n0.o0 > n and n = 0
      n0  inner    workflow
        n0  add  task
    if n ≠ 1
      n1  a_first  workflow
        n0  inner  workflow
          n0  add  task
    else
          nope     failure
  n2   sure        approval  after n0
  n3   in          wait for input
  n4   sleep-gate  sleep
  n5   add         task
  on failure
    fn0  add         task
";
    assert_eq!(outline(&whole()), expected);
}

/// A map has the name of its task, unless somebody has given it one.
#[test]
fn a_map_says_how_its_elements_run() {
    use crate::declare::{
        Array, Mapped, Node as Described, Success, Target, TaskDescriptor, WorkflowDescriptor,
    };

    let mapped = Mapped {
        task: "app.scale",
        lists: &["n"],
        whole: &["factor"],
    };
    let task = TaskDescriptor::DEFAULT;
    let task = task.mapped("app.map_scale-factor--some-arraynode", &[], &[], mapped);
    let node = |id, name, concurrency, success| Described {
        id,
        name,
        target: Target::Array(Array {
            task: &task,
            concurrency,
            success,
        }),
        ..Described::DEFAULT
    };
    let nodes = [
        node("n0", None, Some(2), Success::Ratio(0.75)),
        node("n1", Some("nice"), Some(0), Success::All),
        node("n2", None, None, Success::Count(3)),
    ];
    let workflow = WorkflowDescriptor {
        name: "app.whole",
        nodes: &nodes,
        ..WorkflowDescriptor::DEFAULT
    };
    let spec = crate::wire::Writer::to_bytes(|w| crate::declare::workflow_spec(w, &workflow));
    let spec = Message::decode("flyteidl.admin.WorkflowSpec", &spec).expect("a workflow");
    let expected = "\
app.whole
  n0  scale  map, 2 at a time, 75 % suffice
  n1  nice   map
  n2  scale  map, 3 suffice
";
    assert_eq!(outline(&graph(&spec)), expected);
}

#[test]
fn boxes_are_in_boxes_for_others_too() {
    let text = mermaid(&whole());
    for line in [
        "  subgraph n1[\"<b>choice</b><br>n1 branch\"]\n",
        "    subgraph n1_0[\"<i>if n0.o0 #62; n and n = 0</i><br><b>inner</b><br>n0 workflow\"]\n",
        "  n0 --> n1\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let text = dot(&whole());
    for line in [
        "digraph \"app.whole\" {\n",
        "  subgraph \"cluster_1\" {\n",
        "    subgraph \"cluster_1.0\" {\n",
        "  \"0\" -> \"1.0.0\" [lhead=\"cluster_1\"];\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn a_picture_is_one_file_without_foreign_text_in_it() {
    let graph = Graph {
        title: "</title><script>".to_owned(),
        nodes: vec![node("n0", "a & \"b\" <c>")],
        edges: Vec::new(),
    };
    let picture = svg(&graph);
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    assert!(!picture.contains("<script"), "{picture}");
    assert!(
        picture.contains("a &amp; &quot;b&quot; &lt;c&gt;"),
        "{picture}"
    );
    assert!(picture.contains("prefers-color-scheme:dark"), "{picture}");
    assert!(svg(&whole()).contains("if n0.o0 &gt; n and n = 0"));
}

/// Graphs of up to `most` nodes, each of which waits for a few nodes before it.
fn graphs(most: usize) -> impl Strategy<Value = Graph> {
    let waits = proptest::collection::vec(any::<prop::sample::Index>(), 0..3);
    proptest::collection::vec(waits, 1..most).prop_map(|waits| {
        let mut edges = Vec::new();
        for (to, waits) in waits.iter().enumerate().skip(1) {
            let mut from: Vec<_> = waits.iter().map(|it| it.index(to)).collect();
            from.sort_unstable();
            from.dedup();
            edges.extend(from.into_iter().map(|from| (from, to)));
        }
        let nodes = (0..waits.len()).map(|it| node(&format!("n{it}"), &format!("name_of_{it}")));
        Graph {
            title: "drawn".to_owned(),
            nodes: nodes.collect(),
            edges,
        }
    })
}

/// Checks that boxes lie inside their graph's box, do not overlap, and are below the nodes that they wait
/// for.
fn is_sound(graph: &Graph, layout: &Layout) {
    for (place, one) in layout.boxes.iter().enumerate() {
        assert!(
            one.x > -0.01 && one.x + one.width < layout.width + 0.01,
            "{one:?}"
        );
        assert!(
            one.y > -0.01 && one.y + one.height < layout.height + 0.01,
            "{one:?}"
        );
        for other in &layout.boxes[place + 1..] {
            let beside = one.x + one.width < other.x || other.x + other.width < one.x;
            let below = one.y + one.height < other.y || other.y + other.height < one.y;
            assert!(beside || below, "{one:?} {other:?}");
        }
        if let (Some(inside), Some(graph)) = (&one.inside, &graph.nodes[place].inside) {
            assert!(inside.width <= one.width && inside.height <= one.height);
            is_sound(graph, inside);
        }
    }
    for (&(from, to), line) in graph.edges.iter().zip(&layout.lines) {
        let (from, to) = (&layout.boxes[from], &layout.boxes[to]);
        assert!(from.y + from.height < to.y);
        assert!(
            line.windows(2).all(|pair| pair[0].1 <= pair[1].1),
            "{line:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn nothing_is_drawn_over_another(outer in graphs(40), inner in graphs(8), place in any::<prop::sample::Index>()) {
        let mut graph = outer;
        let place = place.index(graph.nodes.len());
        graph.nodes[place].inside = Some(inner);
        is_sound(&graph, &layout(&graph));
    }
}

#[test]
fn a_hundred_nodes_are_drawn() {
    let nodes = (0..100).map(|it| node(&format!("n{it}"), "transform"));
    let edges = (1..100).flat_map(|to| {
        let before = [(to - 1_usize).saturating_sub(to % 4), to / 2].map(|from| from.min(to - 1));
        let count = if before[0] == before[1] { 1 } else { 2 };
        before.into_iter().take(count).map(move |from| (from, to))
    });
    let graph = Graph {
        title: "app.large".to_owned(),
        nodes: nodes.collect(),
        edges: edges.collect(),
    };
    is_sound(&graph, &layout(&graph));
}
