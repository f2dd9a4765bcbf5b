//! Graphs that a program builds: their messages and their runs.

use std::collections::HashMap;
use std::time::Duration;

use flytekit::graph::{Value, when};
use flytekit::prelude::*;
use flytekit::{Workflow, part};
use flytekit_proto::flyteidl::admin::WorkflowSpec;
use flytekit_proto::text;
use flytekit_tests::{diff, run, script};
use proptest::prelude::*;
use prost::{Message, Name};

use crate::workflows::dynamics::{self, says};
use crate::workflows::flows::{self, add, describe, divide, double, nothing, rest, summarize};

/// The message of a graph, as text.
fn shown(spec: &WorkflowSpec) -> String {
    text::format(&WorkflowSpec::full_name(), &spec.encode_to_vec()).expect("text")
}

fn spec(graph: &Graph) -> WorkflowSpec {
    let bytes = graph.spec().expect("a sound graph");
    let spec = WorkflowSpec::decode(&*bytes).expect("a WorkflowSpec");
    assert_eq!(spec.encode_to_vec(), bytes, "not as prost writes it");
    spec
}

fn mistakes(build: impl FnOnce(&Graph)) -> String {
    let graph = Graph::new("graphs.wrong");
    build(&graph);
    graph.spec().expect_err("a mistake").to_string()
}

#[test]
fn a_graph_is_what_the_same_workflow_is() {
    let descriptor = <flows::named as Workflow>::DESCRIPTOR;
    let registry = flytekit::registry::Registry::load().expect("names");
    let workflow = registry.workflows.get(descriptor.name).expect("a workflow");
    let mut theirs = WorkflowSpec::decode(&*workflow.spec()).expect("a WorkflowSpec");

    let graph = Graph::new(descriptor.name);
    let n = graph.input::<i64>("n");
    let numbers = Value::list([Value::from(&n), Value::from(&n), Value::of(3)]);
    let names = HashMap::from([("n".to_owned(), n.clone())]);
    let summary = graph.node(summarize::call(numbers, names, None::<i64>));
    let count = graph.node(double::call(part!(summary.count)));
    // In the order of the struct's outputs.
    graph.output("count", &count);
    graph.output("mean", part!(summary.mean));
    graph.output("words", part!(summary.words));
    let mut ours = spec(&graph);
    for spec in [&mut ours, &mut theirs] {
        crate::workflow_twins::without_what_only_rust_has(spec);
    }
    assert_eq!(shown(&ours), shown(&theirs));
}

/// A graph with every feature.
fn whole() -> Graph {
    let graph = Graph::new("imperatives.whole");
    let n = graph.input::<i64>("n");
    let text = graph.input::<String>("text");
    let twice = graph.node(double::call(&n).name("twice").retries(4));
    let (whole, rest) = graph.node(divide::call(&twice, 3).id("divided"));
    let names = HashMap::from([
        ("k".to_owned(), Value::from(&whole)),
        ("c".to_owned(), Value::of(3)),
    ]);
    let numbers = Value::list([Value::of(1), Value::from(&rest)]);
    let summary = graph.node(summarize::call(numbers, names, None::<i64>));
    let count = part!(summary.count);
    let is_large = count.gt(5) & (text.eq("large") | !whole.lt(&rest));
    let verdict = graph.node(
        when(is_large, describe::call(&text, part!(summary.mean), true))
            .or_when(rest.eq(0), describe::call("none", 0.5, false))
            .or_fail("nothing fits")
            .name("verdict"),
    );
    let pause = graph.sleep_after(Duration::from_millis(2), Some(&verdict));
    let cleared = graph.node(nothing::call().after(&pause));
    let four = graph.node(
        flows::fourfold::call(&rest)
            .timeout(Duration::from_secs(60))
            .after(&cleared),
    );
    graph.output("verdict", &verdict);
    graph.output("all", vec![Value::from(&four), Value::of(7)]);
    graph.output("word", part!(summary.words[0]));
    graph
}

#[test]
fn a_graph_with_all_of_it_runs() {
    let graph = whole();
    spec(&graph);
    let run = |graph: &Graph, n: i64| {
        let start = graph.start().input("n", n);
        start.input("text", "small".to_owned()).run()
    };
    let outputs = run(&graph, 6).unwrap();
    assert_eq!(outputs.output::<String>("verdict").unwrap(), "none 0.5");
    assert_eq!(outputs.output::<Vec<i64>>("all").unwrap(), [0, 7]);
    assert_eq!(outputs.output::<String>("word").unwrap(), "c=3");
    let missing = outputs.output::<i64>("other").unwrap_err();
    assert_eq!(missing.to_string(), "output other: missing");
    let failed = run(&graph, 4).unwrap_err();
    assert_eq!(failed.to_string(), "node `n3` (a branch): nothing fits");
}

/// A task runs once for each element; elements of several lists belong together, and other arguments are
/// whole.
#[test]
fn maps_of_a_graph_run() {
    let graph = Graph::new("graphs.mapped");
    let list = graph.input::<Vec<i64>>("list");
    let factor = graph.input::<i64>("factor");
    let twice = graph.node(map_task(double::call, &list).name("twice"));
    let both = graph.node(map_task(|(a, b)| add::call(a, b), (&list, &twice)));
    let same = graph.node(map_task(|a: Promise<i64>| add::call(&a, &a), &both));
    let more = graph.node(map_task(|a| add::call(a, &factor), vec![1, 2]).concurrency(1));
    let mixed = vec![Value::from(&factor), Value::of(5)];
    let mixed = graph.node(map_task(double::call, mixed));
    let words = vec![String::new()];
    let rests = map_task(|a| rest::call(a, 9, words), &list).min_successes(1);
    let rests = graph.node(rests.requests(Resources::new().cpu("2")));
    let nothing = graph.node(map_task(says::call, &list));
    let after = graph.node(double::call(&factor).after(&nothing));
    for (name, value) in [
        ("twice", &twice),
        ("both", &both),
        ("same", &same),
        ("more", &more),
    ] {
        graph.output(name, value);
    }
    graph.output("mixed", &mixed);
    graph.output("rests", &rests);
    graph.output("last", &after);
    let spec = spec(&graph);
    let template = spec.template.expect("a template");
    let arrays = template.nodes.iter().filter(|node| {
        let target = node.target.as_ref();
        target.is_some_and(|it| {
            matches!(
                it,
                flytekit_proto::flyteidl::core::node::Target::ArrayNode(_)
            )
        })
    });
    assert_eq!(arrays.count(), 7);
    let start = graph.start().input("list", vec![0_i64, 2]);
    let outputs = start.input("factor", 7).run().unwrap();
    let output = |name| outputs.output::<Vec<i64>>(name).unwrap();
    assert_eq!(output("twice"), [0, 4]);
    assert_eq!(output("both"), [0, 6]);
    assert_eq!(output("same"), [0, 12]);
    assert_eq!(output("more"), [8, 9]);
    assert_eq!(output("mixed"), [14, 10]);
    let rests = outputs.output::<Vec<Option<i64>>>("rests").unwrap();
    assert_eq!(rests, [None, Some(2)]);
    assert_eq!(outputs.output::<i64>("last").unwrap(), 14);
}

#[test]
fn inputs_that_are_not_those_of_the_graph_are_named() {
    let graph = whole();
    let error = graph.start().input("m", 3_i64).run().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the graph `imperatives.whole` has no input `m`"
    );
    let error = graph.start().input("n", true).run().unwrap_err();
    assert!(error.to_string().contains("`n`") && error.to_string().contains("another type"));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of mistakes")]
fn what_flyte_refuses_is_refused_at_its_line() {
    let line = line!() + 2;
    let error = mistakes(|graph| {
        graph.node(double::call(3).id("Large_Id"));
    });
    let place = format!("tests/plain/graphs.rs:{line}: `Large_Id` is not a valid id of a node");
    assert!(error.contains(&place), "{error}");

    for (part, build) in [
        ("has no nodes", (|_| {}) as fn(&Graph)),
        ("two nodes have the id `a`", |graph| {
            graph.node(double::call(1).id("a"));
            graph.node(double::call(2).id("a"));
        }),
        ("two nodes have the id `c-n0`", |graph| {
            let flag = graph.input::<bool>("flag");
            graph.node(
                when(&flag, double::call(1))
                    .otherwise(double::call(2))
                    .id("c"),
            );
            graph.node(double::call(1).id("c-n0"));
        }),
        ("`end-node` is a node of Flyte itself", |graph| {
            graph.node(double::call(1).id("end-node"));
        }),
        (
            "`bodies.double`, input `a`: the promise belongs to another graph",
            |graph| {
                let foreign = Graph::new("other").input::<i64>("n");
                graph.node(double::call(&foreign));
            },
        ),
        ("the output `a b`: a name consists of", |graph| {
            let twice = graph.node(double::call(1));
            graph.output("a b", &twice);
        }),
        ("there is an output `a` already", |graph| {
            let twice = graph.node(double::call(1));
            graph.output("a", &twice);
            graph.output("a", &twice);
        }),
        ("there is an input `n` already", |graph| {
            graph.input::<i64>("n");
            graph.input::<i64>("n");
        }),
        ("only a call of a task has `requests`", |graph| {
            let large = Resources::new().cpu("4");
            graph.node(flows::fourfold::call(1).requests(large));
        }),
        ("only a call of a task has `interruptible`", |graph| {
            graph.node(flows::fourfold::call(1).interruptible(true));
        }),
        ("only a call of a task has `cache_version`", |graph| {
            graph.node(flows::fourfold::call(1).cache_version("1"));
        }),
        ("the image `not an image`", |graph| {
            graph.node(double::call(1).container_image("not an image"));
        }),
        ("Flyte compares whole values", |graph| {
            let numbers = graph.input::<Vec<i64>>("numbers");
            graph.node(when(numbers.at(0).gt(1), double::call(1)).otherwise(double::call(2)));
        }),
        ("Flyte approves whole values", |graph| {
            let numbers = graph.input::<Vec<i64>>("numbers");
            graph.approve(&numbers.at(0), "sure");
        }),
        ("a map calls a task of this program", |graph| {
            graph.node(map_task(flows::fourfold::call, vec![1]));
        }),
        ("a dynamic task cannot be mapped", |graph| {
            graph.node(map_task(dynamics::fan_out::call, vec![1]));
        }),
        (
            "`bodies.double`: no input takes the elements of list 1",
            |graph| {
                graph.node(map_task(|_| double::call(1), vec![1]));
            },
        ),
        (
            "input `a`: an element of a map's list is a whole argument",
            |graph| {
                let first = |list: Promise<Vec<i64>>| double::call(list.at(0));
                graph.node(map_task(first, vec![vec![1]]));
            },
        ),
        (
            "input `a`: an element of a map's list is a whole argument",
            |graph| {
                let mut kept = None;
                let keep = |n: Promise<i64>| {
                    kept = Some(n.clone());
                    double::call(n)
                };
                graph.node(map_task(keep, vec![1]));
                graph.node(double::call(kept.expect("an element")));
            },
        ),
        ("must be between 0.0 and 1.0, not 1.5", |graph| {
            graph.node(map_task(double::call, vec![1]).min_success_ratio(1.5));
        }),
        ("at least 1 element must succeed", |graph| {
            graph.node(map_task(double::call, vec![1]).min_successes(0));
        }),
        ("the promise belongs to another graph", |graph| {
            let foreign = Graph::new("other").input::<Vec<i64>>("list");
            graph.node(map_task(double::call, &foreign));
        }),
        ("two gates have the name `limit`", |graph| {
            graph.wait_for_input::<i64>("limit");
            graph.wait_for_input::<i64>("limit");
        }),
        ("two gates have the name `sure`", |graph| {
            let n = graph.wait_for_input::<i64>("sure");
            graph.approve(&n, "sure");
        }),
        (
            "other inputs only if they are `Option`s: `a` is neither",
            |graph| {
                graph.node(double::call(1));
                graph.on_failure::<double>();
            },
        ),
        ("the default of `n` is a promise", |graph| {
            let m = graph.input::<i64>("m");
            graph.input_or::<i64>("n", &m);
        }),
    ] {
        let error = mistakes(build);
        assert!(error.contains(part), "{part}: {error}");
    }
}

/// The promise of another graph has a place in this one too.
#[test]
fn a_value_is_that_of_a_promise_of_the_graph() {
    let (graph, other) = (Graph::new("graphs.own"), Graph::new("graphs.other"));
    let own = graph.node(double::call(2));
    let foreign = other.node(double::call(3));
    let line = line!() + 1;
    let error = graph.value(&foreign).expect_err("it is of the other");
    let place =
        format!("tests/plain/graphs.rs:{line}: the value: the promise belongs to another graph");
    assert!(error.to_string().contains(&place), "{error}");
    assert_eq!(graph.value(&own).expect("its own"), 4);
    assert_eq!(other.value(&foreign).expect("its own"), 6);
}

#[test]
fn what_runs_on_failure_takes_inputs_of_the_graph() {
    let graph = Graph::new("graphs.handled");
    let a = graph.input::<i64>("a");
    graph.node(double::call(&a));
    graph.on_failure::<double>();
    let spec = spec(&graph);
    let handler = spec.template.unwrap().failure_node.expect("a node");
    assert_eq!((&*handler.id, handler.inputs.len()), ("fn0", 1));
}

/// flytekit's imperative `Workflow` has a twin.
#[test]
fn a_graph_is_flytekits_imperative_workflow() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("imperative.pb");
    let written = run(script("imperative.py").arg(&path));
    assert!(written.success(), "{written}");
    let theirs = std::fs::read(&path).expect("a file");
    let mut theirs = WorkflowSpec::decode(&*theirs).expect("a WorkflowSpec");
    crate::workflow_twins::without_differences(&mut theirs);
    // The graph has no description.
    theirs.description = None;

    let graph = Graph::new("imperatives.example");
    let n = graph.input::<i64>("n");
    let words = graph.input::<String>("words");
    let twice = graph.node(double::call(&n));
    let (whole, rest) = graph.node(divide::call(&twice, 5));
    let sum = graph.node(add::call(&whole, &rest));
    let text = graph.node(describe::call(&words, 0.5, true));
    let inner = graph.node(flows::fourfold::call(&sum));
    graph.output("text", &text);
    graph.output("all", vec![sum, inner]);
    let mut ours = spec(&graph);
    crate::workflow_twins::without_what_only_rust_has(&mut ours);
    ours.description = None;
    if ours != theirs {
        let (theirs, ours) = (shown(&theirs), shown(&ours));
        panic!("{}", diff(("flytekit", &theirs), ("Rust", &ours)));
    }
}

/// A step of a random graph: the values that it takes, by their indexes among all values so far.
#[derive(Clone, Debug)]
enum Step {
    Double(usize),
    Add(usize, usize),
    AddKnown(usize, i64),
    Divide(usize, i64),
    Choose(usize, i64, usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let place = || any::<usize>();
    prop_oneof![
        place().prop_map(Step::Double),
        (place(), place()).prop_map(|(a, b)| Step::Add(a, b)),
        (place(), -9..9_i64).prop_map(|(a, b)| Step::AddKnown(a, b)),
        (place(), 1..9_i64).prop_map(|(a, b)| Step::Divide(a, b)),
        (place(), -9..9_i64, place(), place()).prop_map(|(a, n, b, c)| Step::Choose(a, n, b, c)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A random graph equals prost's message, and has the same results as its steps by themselves.
    #[test]
    fn drawn_graphs_give_what_their_steps_give(
        first in -100..100_i64,
        steps in proptest::collection::vec(step(), 1..16),
    ) {
        let graph = Graph::new("graphs.drawn");
        let mut promises = vec![graph.input::<i64>("first")];
        let mut values = vec![first];
        for step in &steps {
            let at = |place: usize| place % values.len();
            let (promise, value) = match *step {
                Step::Double(a) => (graph.node(double::call(&promises[at(a)])), 2 * values[at(a)]),
                Step::Add(a, b) => (
                    graph.node(add::call(&promises[at(a)], &promises[at(b)])),
                    values[at(a)] + values[at(b)],
                ),
                Step::AddKnown(a, b) => (
                    graph.node(add::call(&promises[at(a)], b)),
                    values[at(a)] + b,
                ),
                Step::Divide(a, b) => (
                    graph.node(divide::call(&promises[at(a)], b)).1,
                    values[at(a)] % b,
                ),
                Step::Choose(a, n, b, c) => (
                    graph.node(
                        when(promises[at(a)].gt(n), double::call(&promises[at(b)]))
                            .otherwise(add::call(&promises[at(c)], 1)),
                    ),
                    if values[at(a)] > n { 2 * values[at(b)] } else { values[at(c)] + 1 },
                ),
            };
            promises.push(promise);
            values.push(value);
        }
        graph.output("all", promises);
        spec(&graph);
        let outputs = graph.start().input("first", first).run().expect("outputs");
        prop_assert_eq!(outputs.output::<Vec<i64>>("all").expect("a list"), values);
    }
}
