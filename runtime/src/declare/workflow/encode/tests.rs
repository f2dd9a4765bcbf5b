use core::time::Duration;

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
    nodes: &[Node::of(
        "n0",
        &Base {
            target: Target::Task(&ADD),
            arguments: &[
                argument("b", MAYBE, Binding::Constant(Constant::None)),
                argument("a", INTEGER, Binding::Promise(promise("", "x"))),
            ],
            overrides: Overrides {
                timeout: Some(Duration::ZERO),
                retries: Some(1),
                cache: Some(false),
                container_image: Some("i:1"),
                requests: Resources::new().cpu("1").mem("2Gi"),
                ..Overrides::NONE
            },
            ..Base::DEFAULT
        },
    )],
    results: &[Binding::Promise(promise("n0", "o0"))],
    ..WorkflowDescriptor::DEFAULT
};

const INNERMOST: WorkflowDescriptor<'_> = WorkflowDescriptor {
    name: "app.a_first",
    nodes: &[Node::of(
        "n0",
        &Base {
            target: Target::Workflow(&INNER),
            arguments: &[argument(
                "x",
                INTEGER,
                Binding::Constant(Constant::Integer(-4)),
            )],
            ..Base::DEFAULT
        },
    )],
    ..WorkflowDescriptor::DEFAULT
};

const WHOLE: WorkflowDescriptor<'_> = WorkflowDescriptor {
    name: "app.whole",
    inputs: &[variable("n", INTEGER), variable("list", LIST)],
    outputs: &[variable("o0", LIST), variable("o1", MAP)],
    nodes: &[
        Node::of(
            "n0",
            &Base {
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
                ..Base::DEFAULT
            },
        ),
        Node {
            upstream: Slice::of(&["n0"]),
            ..Node::of(
                "n1",
                &Base {
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
                                    upstream: Slice::of(&["n0"]),
                                    ..Node::of(
                                        "n0",
                                        &Base {
                                            target: Target::Workflow(&INNER),
                                            arguments: &[argument(
                                                "x",
                                                INTEGER,
                                                Binding::Promise(promise("n0", "o0")),
                                            )],
                                            ..Base::DEFAULT
                                        },
                                    )
                                },
                            },
                            Case {
                                condition: Condition::Compare(
                                    Operand::Promise(promise("", "n")),
                                    Comparison::NotEqual,
                                    Operand::Constant(Constant::Integer(1)),
                                ),
                                then: &Node::of(
                                    "n1",
                                    &Base {
                                        target: Target::Workflow(&INNERMOST),
                                        ..Base::DEFAULT
                                    },
                                ),
                            },
                        ],
                        otherwise: Otherwise::Fail("nope"),
                    }),
                    ..Base::DEFAULT
                },
            )
        },
        Node {
            upstream: Slice::of(&["n0"]),
            ..Node::of(
                "n2",
                &Base {
                    target: Target::Gate(Gate::Approve {
                        signal: "sure",
                        value: promise("n0", "o0"),
                    }),
                    ..Base::DEFAULT
                },
            )
        },
        Node::of(
            "n3",
            &Base {
                target: Target::Gate(Gate::Input {
                    signal: "in",
                    literal_type: INTEGER,
                }),
                ..Base::DEFAULT
            },
        ),
        Node::of(
            "n4",
            &Base {
                target: Target::Gate(Gate::Sleep(Duration::from_secs(10))),
                ..Base::DEFAULT
            },
        ),
        Node::of(
            "n5",
            &Base {
                target: Target::Reference(Reference {
                    kind: ReferenceKind::Task,
                    project: "p",
                    domain: "d",
                    name: "other.module.add",
                    version: "v1",
                    inputs: &[],
                    outputs: &[],
                }),
                ..Base::DEFAULT
            },
        ),
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
    on_failure: Some(&Node::of(
        "fn0",
        &Base {
            target: Target::Task(&ADD),
            ..Base::DEFAULT
        },
    )),
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
        nodes: &[Node::of(
            "",
            &Base {
                arguments: &[argument("lists", LISTS, NUMBERS)],
                ..Base::DEFAULT
            },
        )],
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

#[test]
fn what_nodes_have_in_common_is_what_each_has() {
    let common = CommonBytes::of(&Target::Task(&ADD));
    let values = [
        Binding::Promise(promise("n0", "o0")),
        Binding::Constant(Constant::Integer(7)),
    ];
    let base = Base {
        target: Target::Task(&ADD),
        common: common.get(),
        ..Base::DEFAULT
    };
    assert!(base.common.is_some());
    let one = Node {
        upstream: Slice::of(&["n0"]),
        values: Slice::of(&values),
        ..Node::of("n1", &base)
    };
    let arguments: Vec<_> = one.taken().collect();
    let base = Base {
        arguments: &arguments,
        common: None,
        ..base
    };
    let same = Node {
        values: Slice::NONE,
        base: &base,
        ..one
    };
    let bytes = |node| crate::wire::Writer::to_bytes(|w| super::node::node(w, node));
    assert_eq!(bytes(&one), bytes(&same));

    let encoded = b"\x12\x0a\x1a\x08\x0a\x02n0\x12\x02o0";
    assert_eq!(Promise::decode(encoded), promise("n0", "o0"));
    // A part of a table that others share.
    let table = [values[1], Binding::Encoded(encoded), values[1], values[0]];
    let encoded = Node {
        values: Slice {
            table: &table,
            from: 1,
            to: 3,
        },
        ..one
    };
    assert_eq!(bytes(&encoded), bytes(&one));

    let name = "n".repeat(600).leak();
    let long = TaskDescriptor { name, ..ADD };
    assert!(CommonBytes::of(&Target::Task(&long)).get().is_none());
}
