use core::time::Duration;

use flytekit_grammar::calls::Packer;

use super::super::*;
use super::{encode_workflow_spec, workflow_spec_len};
use crate::declare::{
    LaunchPlanDescriptor, LiteralType, Resources, SimpleType, TaskDescriptor, Union, Variable,
    Variant,
};

const INTEGER: LiteralType = LiteralType::Simple(SimpleType::Integer);
const LIST: LiteralType = LiteralType::Collection(&INTEGER);
const MAP: LiteralType = LiteralType::Map(&INTEGER);
const MAYBE: LiteralType = LiteralType::Union(Union {
    variants: &[Variant {
        literal_type: INTEGER,
        tag: "int",
    }],
    or_none: true,
    encoded: &[],
});

const fn variable(name: &'static str, literal_type: LiteralType) -> Variable {
    Variable {
        name,
        literal_type,
        description: "",
        default: None,
    }
}

const fn argument<'a>(variable: &'a str, ty: LiteralType, value: Binding<'a>) -> Argument<'a> {
    Argument {
        variable,
        literal_type: ty,
        value,
    }
}

const fn promise<'a>(node: &'a str, variable: &'a str) -> Promise<'a> {
    Promise {
        node,
        variable,
        path: &[],
    }
}

const ADD: TaskDescriptor = TaskDescriptor {
    name: "app.add",
    task_type: "python-task",
    inputs: &[variable("a", INTEGER), variable("b", MAYBE)],
    outputs: &[variable("o0", INTEGER)],
    retries: 3,
    timeout: Some(Duration::from_millis(1500)),
    interruptible: Some(true),
    ..TaskDescriptor::DEFAULT
};

const INNER: WorkflowDescriptor<'_> = WorkflowDescriptor {
    name: "app.inner",
    inputs: &[variable("x", INTEGER)],
    outputs: &[variable("o0", INTEGER)],
    nodes: &[Node {
        id: "n0",
        target: Target::Task(&ADD),
        arguments: &[
            argument("b", MAYBE, Binding::Constant(Constant::None)),
            argument("a", INTEGER, Binding::Promise(promise("", "x"))),
        ],
        overrides: Some(&Overrides {
            timeout: Some(Duration::ZERO),
            retries: Some(1),
            cache: Some(false),
            container_image: Some("i:1"),
            requests: Resources::new().cpu("1").mem("2Gi"),
            ..Overrides::NONE
        }),
        ..Node::DEFAULT
    }],
    results: &[Binding::Promise(promise("n0", "o0"))],
    ..WorkflowDescriptor::DEFAULT
};

const INNERMOST: WorkflowDescriptor<'_> = WorkflowDescriptor {
    name: "app.a_first",
    nodes: &[Node {
        id: "n0",
        target: Target::Workflow(&INNER),
        arguments: &[argument(
            "x",
            INTEGER,
            Binding::Constant(Constant::Integer(-4)),
        )],
        ..Node::DEFAULT
    }],
    ..WorkflowDescriptor::DEFAULT
};

const WHOLE: WorkflowDescriptor<'_> = WorkflowDescriptor {
    name: "app.whole",
    inputs: &[variable("n", INTEGER), variable("list", LIST)],
    outputs: &[variable("o0", LIST), variable("o1", MAP)],
    nodes: &[
        Node {
            id: "n0",
            name: Some("friendly"),
            target: Target::Task(&ADD),
            arguments: &[
                argument(
                    "a",
                    INTEGER,
                    Binding::Promise(Promise {
                        node: "",
                        variable: "list",
                        path: &[Step::Index(0), Step::Field("k")],
                    }),
                ),
                argument("b", MAYBE, Binding::Constant(Constant::Integer(7))),
            ],
            ..Node::DEFAULT
        },
        Node {
            upstream: &["n0"],
            id: "n1",
            name: Some("choice"),
            target: Target::Branch(Branch {
                inputs: &[promise("n0", "o0"), promise("", "n")],
                cases: &[
                    Case {
                        condition: Condition::And(
                            &Condition::Compare(
                                Operand::Promise(promise("n0", "o0")),
                                Comparison::Greater,
                                Operand::Promise(promise("", "n")),
                            ),
                            &Condition::Compare(
                                Operand::Promise(promise("", "n")),
                                Comparison::Equal,
                                Operand::Constant(Constant::Integer(0)),
                            ),
                        ),
                        then: &Node {
                            upstream: &["n0"],
                            id: "n0",
                            target: Target::Workflow(&INNER),
                            arguments: &[argument(
                                "x",
                                INTEGER,
                                Binding::Promise(promise("n0", "o0")),
                            )],
                            ..Node::DEFAULT
                        },
                    },
                    Case {
                        condition: Condition::Compare(
                            Operand::Promise(promise("", "n")),
                            Comparison::NotEqual,
                            Operand::Constant(Constant::Integer(1)),
                        ),
                        then: &Node {
                            id: "n1",
                            target: Target::Workflow(&INNERMOST),
                            ..Node::DEFAULT
                        },
                    },
                ],
                otherwise: Otherwise::Fail("nope"),
            }),
            ..Node::DEFAULT
        },
        Node {
            upstream: &["n0"],
            id: "n2",
            target: Target::Gate(Gate::Approve {
                signal: "sure",
                value: promise("n0", "o0"),
            }),
            ..Node::DEFAULT
        },
        Node {
            id: "n3",
            target: Target::Gate(Gate::Input {
                signal: "in",
                literal_type: INTEGER,
            }),
            ..Node::DEFAULT
        },
        Node {
            id: "n4",
            target: Target::Gate(Gate::Sleep(Duration::from_secs(10))),
            ..Node::DEFAULT
        },
        Node {
            id: "n5",
            target: Target::Reference(Reference {
                kind: ReferenceKind::Task,
                project: "p",
                domain: "d",
                name: "other.module.add",
                version: "v1",
                inputs: &[],
                outputs: &[],
            }),
            ..Node::DEFAULT
        },
    ],
    results: &[
        Binding::List(&[
            Binding::Promise(promise("n0", "o0")),
            Binding::Constant(Constant::Integer(5)),
        ]),
        Binding::Map(&[
            ("z", Binding::Constant(Constant::Integer(1))),
            ("k", Binding::Promise(promise("n3", "o0"))),
        ]),
    ],
    failure_policy: FailurePolicy::FailAfterExecutableNodesComplete,
    on_failure: Some(&Node {
        id: "fn0",
        target: Target::Task(&ADD),
        ..Node::DEFAULT
    }),
    interruptible: true,
    tags: &[("team", "x")],
    docs: "Does all.\n\nAnd more.",
    ..WorkflowDescriptor::DEFAULT
};

#[test]
fn the_constant_is_what_a_run_encodes() {
    const LEN: usize = workflow_spec_len(&WHOLE);
    const SPEC: [u8; LEN] = encode_workflow_spec(&WHOLE);
    let spec = crate::wire::Writer::to_bytes(|w| super::workflow_spec(w, &WHOLE));
    assert_eq!(spec, SPEC);
}

#[test]
fn the_bytes_are_those_that_were_read_as_a_workflow() {
    // The official Python classes read these bytes as the declaration above, and wrote the same bytes again.
    let whole = include_bytes!("whole.binpb");
    let spec = crate::wire::Writer::to_bytes(|w| super::workflow_spec(w, &WHOLE));
    assert_eq!(spec, whole);
}

const TEXT: LiteralType = LiteralType::Simple(SimpleType::String);
const TEXTS: LiteralType = LiteralType::Collection(&TEXT);
const LISTS: LiteralType = LiteralType::Union(Union {
    variants: &[
        Variant {
            literal_type: TEXTS,
            tag: "texts",
        },
        Variant {
            literal_type: LIST,
            tag: "integers",
        },
    ],
    or_none: false,
    encoded: &[],
});

#[test]
fn a_list_has_the_type_of_a_union_that_takes_its_elements() {
    const NUMBERS: Binding<'_> = Binding::List(&[Binding::Constant(Constant::Integer(7))]);
    const WORKFLOW: WorkflowDescriptor<'_> = WorkflowDescriptor {
        inputs: &[variable("lists", LISTS)],
        nodes: &[Node {
            id: "",
            arguments: &[argument("lists", LISTS, NUMBERS)],
            ..Node::DEFAULT
        }],
        ..WorkflowDescriptor::DEFAULT
    };
    const PLAN: LaunchPlanDescriptor<'_> = LaunchPlanDescriptor {
        workflow: &WORKFLOW,
        fixed: &[crate::declare::fixed(&WORKFLOW, "lists", NUMBERS)],
        ..LaunchPlanDescriptor::DEFAULT
    };
    const LEN: usize = workflow_spec_len(&WORKFLOW);
    const SPEC: [u8; LEN] = encode_workflow_spec(&WORKFLOW);
    let literal =
        crate::wire::Writer::to_bytes(|w| super::literal(w, &LISTS, &PLAN.fixed[0].value));
    let plan = crate::wire::Writer::to_bytes(|w| crate::declare::launch_plan(w, &PLAN));
    // A union with the tag, which contains a collection with the number.
    let holds = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|it| it == part);
    assert!(holds(&literal, b"integers") && !holds(&literal, b"texts"));
    assert!(holds(&plan, &literal));
    let bound = [0x12, 8, 0x0a, 6, 0x0a, 4, 0x0a, 2, 0x08, 7];
    assert!(holds(&SPEC, &bound), "{SPEC:02x?}");
}

const fn waiting(id: &str) -> Node<'_> {
    Node {
        id,
        ..Node::DEFAULT
    }
}

/// The bytes of a workflow with two calls of a task, whose arguments are an encoded promise and a constant.
fn with_calls(task: &TaskDescriptor) -> Vec<u8> {
    let mut packer = Packer::default();
    let promise = b"\x12\x0a\x1a\x08\x0a\x02n0\x12\x02o0";
    packer.call("n1", &[Some(promise.to_vec()), None], ["n0"], 0);
    packer.node();
    packer.call("n3", &[None, Some(promise.to_vec())], ["n0", "n1"], 0);
    let workflow = WorkflowDescriptor {
        nodes: &[waiting("n0"), waiting("n2")],
        calls: Calls {
            contents: &packer.contents,
            shape: &packer.shape,
            entities: &[Called::of(Target::Task(task))],
            values: &[
                Binding::Constant(Constant::Integer(7)),
                Binding::Constant(Constant::Integer(8)),
            ],
        },
        ..WorkflowDescriptor::DEFAULT
    };
    crate::wire::Writer::to_bytes(|w| super::workflow_spec(w, &workflow))
}

/// The bytes of the same workflow as a list of nodes with these arguments.
fn with_nodes(task: &TaskDescriptor, arguments: [&[Argument<'_>]; 2]) -> Vec<u8> {
    let [one, other] = arguments.map(|arguments| Node {
        target: Target::Task(task),
        arguments,
        ..Node::DEFAULT
    });
    let workflow = WorkflowDescriptor {
        nodes: &[
            waiting("n0"),
            Node {
                id: "n1",
                upstream: &["n0"],
                ..one
            },
            waiting("n2"),
            Node {
                id: "n3",
                upstream: &["n0", "n1"],
                ..other
            },
        ],
        ..WorkflowDescriptor::DEFAULT
    };
    crate::wire::Writer::to_bytes(|w| super::workflow_spec(w, &workflow))
}

#[test]
fn calls_are_nodes_in_fewer_bytes() {
    const ONE: Variable = variable("a", INTEGER);
    const OTHER: Variable = variable("b", MAYBE);
    const NONE: Variable = variable("c", LiteralType::Simple(SimpleType::None));
    const LAST: Variable = variable("d", INTEGER);
    let taken = Binding::Promise(promise("n0", "o0"));
    let [seven, eight] = [7, 8].map(|it| Binding::Constant(Constant::Integer(it)));
    let of = |inputs: &'static [Variable], values: [&[Binding<'static>]; 2]| {
        let arguments = values.map(|values| {
            let given = inputs
                .iter()
                .zip(values)
                .map(|(input, value)| input.given(*value));
            given.collect::<Vec<_>>()
        });
        for name in ["app.add", "n".repeat(600).leak()] {
            let task = TaskDescriptor {
                name,
                inputs,
                ..ADD
            };
            let nodes = with_nodes(&task, [&arguments[0], &arguments[1]]);
            assert_eq!(with_calls(&task), nodes, "{} {inputs:?}", name.len());
        }
    };
    let values: [&[_]; 2] = [&[taken, seven], &[eight, taken]];
    of(&[ONE, OTHER], values);
    of(&[OTHER, ONE], values);
    of(&[ONE, NONE], values);
    of(&[NONE, ONE], values);
    of(&[NONE, LAST], values);
    // The placeholder of an entity with mistakes has fewer inputs.
    of(&[ONE], values);
    of(&[], values);
    of(&[ONE, OTHER, NONE], values);
    assert_eq!(
        Promise::decode(b"\x12\x0a\x1a\x08\x0a\x02n0\x12\x02o0"),
        promise("n0", "o0")
    );
}
