use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::{Answers, Local, Terminal};
use crate::declare::{
    Argument, Binding, Branch, Case, Comparison, Condition, Constant, FailurePolicy, Gate,
    LaunchPlanDescriptor, LiteralType, Node, Operand, Otherwise, Promise, SimpleType, Step, Target,
    TaskDescriptor, Variable, WorkflowDescriptor,
};
use crate::error::{Error, RecoverableError};
use crate::execute::{Abandon, Dispatch};
use crate::registry::{RegisteredTask, Registry};
use crate::types::{FlyteType, LiteralMapRef, MsgpackWriter, OutputsWriter};

const INTEGER: LiteralType = LiteralType::Simple(SimpleType::Integer);

const fn variable(name: &'static str) -> Variable {
    Variable {
        name,
        literal_type: INTEGER,
        description: "",
        default: None,
    }
}

const fn argument<'a>(variable: &'a str, value: Binding<'a>) -> Argument<'a> {
    Argument {
        variable,
        literal_type: INTEGER,
        value,
    }
}

const fn promise<'a>(node: &'a str, variable: &'a str) -> Binding<'a> {
    Binding::Promise(Promise {
        node,
        variable,
        path: &[],
    })
}

const fn number<'a>(value: i64) -> Binding<'a> {
    Binding::Constant(Constant::Integer(value))
}

const A: &[Variable] = &[variable("a")];
const O0: &[Variable] = &[variable("o0")];
/// `a` of a task is the workflow's input `n`.
const A_IS_N: &[Argument<'_>] = &[argument("a", promise("", "n"))];
const A_IS_ONE: &[Argument<'_>] = &[argument("a", number(1))];

const fn task(name: &'static str) -> TaskDescriptor {
    TaskDescriptor {
        name,
        inputs: A,
        outputs: O0,
        retries: 2,
        ..TaskDescriptor::DEFAULT
    }
}

/// Twice its input.
static DOUBLE: TaskDescriptor = task("local.double");
/// Fails.
static REFUSE: TaskDescriptor = task("local.refuse");
/// Fails twice, and asks for another try.
static SHAKY: TaskDescriptor = task("local.shaky");
/// Ends when a second run of it has started.
static MEET: TaskDescriptor = task("local.meet");

inventory::submit! {
    RegisteredTask::new(&DOUBLE, None, Dispatch::Plain(|inputs, outputs| {
        let a = inputs.take("a", i64::decode).ok_or_else(|| Error::user("no a"))?;
        outputs.output("o0", &(2 * a))?;
        Ok(())
    }))
}

inventory::submit! {
    RegisteredTask::new(&REFUSE, None, Dispatch::Plain(|_, _| Err(Error::user("no rows"))))
}

inventory::submit! {
    RegisteredTask::new(&SHAKY, None, Dispatch::Plain(|_, outputs| {
        static TRIES: AtomicU32 = AtomicU32::new(0);
        if TRIES.fetch_add(1, Ordering::Relaxed) < 2 {
            return Err(RecoverableError::new("try again").into());
        }
        outputs.output("o0", &1_i64)?;
        Ok(())
    }))
}

inventory::submit! {
    RegisteredTask::new(&MEET, None, Dispatch::Plain(|_, outputs| {
        static CAME: AtomicU32 = AtomicU32::new(0);
        CAME.fetch_add(1, Ordering::Relaxed);
        let (_keep, pause) = mpsc::channel::<()>();
        for _ in 0..3000 {
            if CAME.load(Ordering::Relaxed) >= 2 {
                outputs.output("o0", &1_i64)?;
                return Ok(());
            }
            let _ = pause.recv_timeout(Duration::from_millis(10));
        }
        Err(Error::user("nobody came"))
    }))
}

struct Says(&'static str);

impl Answers for Says {
    fn answer(&self, _: &str, _: &LiteralType) -> Result<String, Error> {
        Ok(self.0.to_owned())
    }
}

/// Numbers by their names, or the error.
type Outputs = Result<Vec<(String, i64)>, String>;

/// The outputs, and the paths of the nodes that ran.
fn run(
    workflow: &WorkflowDescriptor<'_>,
    inputs: &[(&'static str, i64)],
    answers: &dyn Answers,
) -> (Outputs, Vec<String>) {
    let registry = Registry::load().expect("names differ");
    let ran = Mutex::new(Vec::new());
    let local = Local {
        mode: crate::context::Mode::Local,
        registry: &registry,
        raw_output_prefix: "/nowhere",
        answers,
        progress: &|path, _| ran.lock().expect("no panic").push(path.to_owned()),
        abandon: Abandon(&|error| panic!("nothing hangs: {error}")),
        engines: &Mutex::new(()),
        targets: &|_| None,
    };
    let mut given = OutputsWriter::new();
    for (name, value) in inputs {
        given.output(name, value).expect("a number");
    }
    let outputs = local.workflow(workflow, &given.finish());
    let outputs = outputs.map_err(|error| error.to_string()).map(|outputs| {
        let entries = LiteralMapRef::new(&outputs).iter();
        let numbers = entries.map(|entry| {
            let (name, literal) = entry.expect("a map");
            (name.to_owned(), i64::decode(literal).expect("a number"))
        });
        numbers.collect()
    });
    let mut ran = ran.into_inner().expect("no panic");
    ran.sort();
    (outputs, ran)
}

const TWICE: WorkflowDescriptor<'_> = WorkflowDescriptor {
    name: "local.twice",
    inputs: &[variable("n")],
    outputs: &[variable("o0")],
    nodes: &[
        Node {
            id: "n0",
            target: Target::Task(&DOUBLE),
            arguments: A_IS_N,
            ..Node::DEFAULT
        },
        Node {
            id: "n1",
            upstream: &["n0"],
            target: Target::Task(&DOUBLE),
            arguments: &[argument("a", promise("n0", "o0"))],
            ..Node::DEFAULT
        },
    ],
    results: &[promise("n1", "o0")],
    ..WorkflowDescriptor::DEFAULT
};

#[test]
fn values_pass_from_node_to_node_and_into_workflows_below() {
    let plan = LaunchPlanDescriptor {
        name: "local.plan",
        workflow: &TWICE,
        fixed: &[argument("n", number(5))],
        ..LaunchPlanDescriptor::DEFAULT
    };
    let arguments = [argument("n", promise("", "n"))];
    let workflow = WorkflowDescriptor {
        defaults: &[argument("n", number(3))],
        outputs: &[variable("o0"), variable("o1")],
        nodes: &[
            Node {
                id: "n0",
                target: Target::Workflow(&TWICE),
                arguments: &arguments,
                ..Node::DEFAULT
            },
            Node {
                id: "n1",
                target: Target::LaunchPlan(&plan),
                ..Node::DEFAULT
            },
        ],
        results: &[promise("n0", "o0"), promise("n1", "o0")],
        ..WorkflowDescriptor::DEFAULT
    };
    let (outputs, ran) = run(&workflow, &[], &Terminal);
    let expected = vec![("o0".to_owned(), 12), ("o1".to_owned(), 20)];
    assert_eq!(outputs, Ok(expected));
    assert_eq!(ran, ["n0", "n0/n0", "n0/n1", "n1", "n1/n0", "n1/n1"]);
    assert_eq!(run(&workflow, &[("n", 1)], &Terminal).0.unwrap()[0].1, 4);
}

#[test]
fn a_branch_is_the_first_case_that_holds() {
    let then = |id, task| Node {
        id,
        target: Target::Task(task),
        arguments: A_IS_N,
        ..Node::DEFAULT
    };
    let (large, small) = (then("n0", &DOUBLE), then("n1", &REFUSE));
    let is = |comparison, value| {
        let n = Promise {
            node: "",
            variable: "n",
            path: &[],
        };
        let constant = Operand::Constant(Constant::Integer(value));
        Condition::Compare(Operand::Promise(n), comparison, constant)
    };
    let (above, below) = (is(Comparison::Greater, 10), is(Comparison::Less, 20));
    let cases = [
        Case {
            condition: Condition::And(&above, &below),
            then: &large,
        },
        Case {
            condition: is(Comparison::Equal, 0),
            then: &small,
        },
    ];
    let nodes = [Node {
        id: "n0",
        target: Target::Branch(Branch {
            inputs: &[],
            cases: &cases,
            otherwise: Otherwise::Fail("neither"),
        }),
        ..Node::DEFAULT
    }];
    let workflow = WorkflowDescriptor {
        outputs: &[variable("o0")],
        nodes: &nodes,
        results: &[promise("n0", "o0")],
        ..WorkflowDescriptor::DEFAULT
    };
    let of = |n| run(&workflow, &[("n", n)], &Terminal).0;
    assert_eq!(of(11).unwrap()[0].1, 22);
    let error = "node `n0/n1` (local.refuse): no rows".to_owned();
    assert_eq!(of(0), Err(error));
    assert_eq!(of(20), Err("node `n0` (a branch): neither".to_owned()));
}

/// The words of a failure do not decide whether its node is named.
#[test]
fn a_failure_may_speak_of_nodes() {
    let nodes = [Node {
        id: "n0",
        target: Target::Branch(Branch {
            inputs: &[],
            cases: &[],
            otherwise: Otherwise::Fail("node 7 is down"),
        }),
        ..Node::DEFAULT
    }];
    let workflow = WorkflowDescriptor {
        nodes: &nodes,
        ..WorkflowDescriptor::DEFAULT
    };
    let error = "node `n0` (a branch): node 7 is down".to_owned();
    assert_eq!(run(&workflow, &[], &Terminal).0, Err(error));
}

/// A failing node, one that needs it, and two that do not.
fn with_policy(failure_policy: FailurePolicy) -> (Outputs, Vec<String>) {
    let on = |id, task, upstream| Node {
        upstream,
        id,
        target: Target::Task(task),
        arguments: A_IS_ONE,
        ..Node::DEFAULT
    };
    let clean_up = on("fn0", &DOUBLE, &[]);
    let nodes = [
        on("n0", &REFUSE, &[]),
        on("n1", &DOUBLE, &["n0"]),
        Node {
            id: "n2",
            target: Target::Gate(Gate::Sleep(Duration::from_millis(200))),
            ..Node::DEFAULT
        },
        on("n3", &DOUBLE, &["n2"]),
    ];
    let workflow = WorkflowDescriptor {
        nodes: &nodes,
        failure_policy,
        on_failure: Some(&clean_up),
        ..WorkflowDescriptor::DEFAULT
    };
    run(&workflow, &[], &Terminal)
}

#[test]
fn the_first_failure_ends_the_workflow_as_its_policy_says() {
    let error = Err("node `n0` (local.refuse): no rows".to_owned());
    let (failed, ran) = with_policy(FailurePolicy::FailImmediately);
    assert_eq!(failed, error);
    assert_eq!(ran, ["fn0", "n0", "n2"]);
    let (failed, ran) = with_policy(FailurePolicy::FailAfterExecutableNodesComplete);
    assert_eq!(failed, error);
    assert_eq!(ran, ["fn0", "n0", "n2", "n3"]);
}

#[test]
fn nodes_run_side_by_side_and_again_where_their_errors_ask_for_it() {
    let on = |id, task| Node {
        id,
        target: Target::Task(task),
        arguments: A_IS_ONE,
        ..Node::DEFAULT
    };
    let nodes = [on("n0", &MEET), on("n1", &MEET), on("n2", &SHAKY)];
    let workflow = WorkflowDescriptor {
        nodes: &nodes,
        ..WorkflowDescriptor::DEFAULT
    };
    assert_eq!(run(&workflow, &[], &Terminal).0, Ok(vec![]));
}

#[test]
fn gates_are_answered() {
    let input = Promise {
        node: "",
        variable: "n",
        path: &[],
    };
    let wait = |id, gate| Node {
        id,
        target: Target::Gate(gate),
        ..Node::DEFAULT
    };
    let approve = [wait(
        "n0",
        Gate::Approve {
            signal: "sure",
            value: input,
        },
    )];
    let ask = [wait(
        "n0",
        Gate::Input {
            signal: "how many",
            literal_type: INTEGER,
        },
    )];
    let approved = WorkflowDescriptor {
        outputs: &[variable("o0")],
        nodes: &approve,
        results: &[promise("n0", "n")],
        ..WorkflowDescriptor::DEFAULT
    };
    let asked = WorkflowDescriptor {
        nodes: &ask,
        results: &[promise("n0", "o0")],
        ..approved
    };
    let of = |workflow, answer| run(workflow, &[("n", 7)], &Says(answer)).0;
    assert_eq!(of(&approved, "true").unwrap()[0].1, 7);
    let refused = "node `n0` (a gate): `sure` was not approved".to_owned();
    assert_eq!(of(&approved, "false"), Err(refused));
    assert_eq!(of(&asked, "12").unwrap()[0].1, 12);
    let error = of(&asked, "many").unwrap_err();
    assert!(error.contains("the signal `how many`"), "{error}");
}

#[test]
fn a_part_of_an_object_or_of_a_list_is_passed_on() {
    let object = MsgpackWriter::to_bytes(|out| {
        out.object(|out| {
            out.field("at", |out| out.array([5, 6], |out, it| Ok(out.integer(it))))?;
            out.field("k", |out| Ok(out.str("at")))
        })
    })
    .expect("an object");
    let path = |variable, path| {
        Binding::Promise(Promise {
            node: "",
            variable,
            path,
        })
    };
    let object = Binding::Constant(Constant::Msgpack(&object));
    let object = Argument {
        literal_type: LiteralType::Dict,
        ..argument("object", object)
    };
    let results = [
        path("list", &[Step::Index(1)]),
        path("object", &[Step::Field("at"), Step::Index(1)]),
    ];
    let missing = [
        path("list", &[Step::Index(2)]),
        path("object", &[Step::Field("at"), Step::Field("k")]),
    ];
    let defaults = [object];
    let workflow = WorkflowDescriptor {
        defaults: &defaults,
        outputs: &[variable("o0"), variable("o1")],
        results: &results,
        ..WorkflowDescriptor::DEFAULT
    };
    let given = || {
        let mut given = OutputsWriter::new();
        given.output("list", &vec![3_i64, 4]).expect("numbers");
        given
    };
    let outputs = super::run_function(&workflow, given()).expect("runs");
    for (name, expected) in [("o0", 4), ("o1", 6)] {
        let part = LiteralMapRef::new(&outputs).get(name).expect("a map");
        assert_eq!(i64::decode(part.expect(name)).expect(name), expected);
    }
    let nowhere = WorkflowDescriptor {
        results: &missing,
        ..workflow
    };
    let error = super::run_function(&nowhere, given()).unwrap_err();
    let expected = "`list` has no such part: there is no element 2 in it";
    assert_eq!(error.to_string(), expected);
}
