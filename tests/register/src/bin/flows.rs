//! Workflows and launch plans, as their attributes declare them, to be registered.

use std::process::ExitCode;

use flytekit::Task;
use flytekit::declare::{
    Argument, Binding, Constant, LaunchPlanDescriptor, LiteralType, Location, Node, Promise,
    Schedule, SimpleType, Target, Timing, Variable, WorkflowDescriptor,
};
use flytekit::prelude::*;

const INTEGER: LiteralType = LiteralType::Simple(SimpleType::Integer);

/// Twice a number.
#[task(name = "flows.double")]
fn double(a: i64) -> i64 {
    2 * a
}

const fn input(name: &'static str) -> Variable {
    Variable {
        name,
        literal_type: INTEGER,
        description: "",
        default: None,
    }
}

const fn argument(variable: &'static str, value: Binding<'static>) -> Argument<'static> {
    Argument {
        variable,
        literal_type: INTEGER,
        value,
    }
}

const fn promise(node: &'static str, variable: &'static str) -> Binding<'static> {
    Binding::Promise(Promise {
        node,
        variable,
        path: &[],
    })
}

const HERE: Location = Location {
    file: file!(),
    line: line!(),
};

const INNER: WorkflowDescriptor<'static> = WorkflowDescriptor {
    name: "flows.inner",
    inputs: &[input("x")],
    outputs: <double as Task>::OUTPUTS,
    nodes: &[Node {
        id: "n0",
        target: Target::Task(<double as Task>::DESCRIPTOR),
        arguments: &[argument("a", promise("", "x"))],
        ..Node::DEFAULT
    }],
    results: &[promise("n0", "o0")],
    docs: "Twice a number.",
    location: HERE,
    ..WorkflowDescriptor::DEFAULT
};

const NIGHTLY: LaunchPlanDescriptor<'static> = LaunchPlanDescriptor {
    name: "flows.a_nightly",
    workflow: &INNER,
    fixed: &[argument("x", Binding::Constant(Constant::Integer(3)))],
    schedule: Some(Schedule {
        timing: Timing::Cron("0 2 * * *"),
        kickoff_time: "",
    }),
    auto_activate: true,
    docs: "Twice three, each night.",
    location: HERE,
    ..LaunchPlanDescriptor::DEFAULT
};

const OUTER: WorkflowDescriptor<'static> = WorkflowDescriptor {
    // By name it would be the first.
    name: "flows.a_outer",
    inputs: &[input("n")],
    defaults: &[argument("n", Binding::Constant(Constant::Integer(5)))],
    outputs: <double as Task>::OUTPUTS,
    nodes: &[
        Node {
            id: "n0",
            target: Target::Workflow(&INNER),
            arguments: &[argument("x", promise("", "n"))],
            ..Node::DEFAULT
        },
        Node {
            id: "n1",
            target: Target::LaunchPlan(&NIGHTLY),
            upstream: &["n0"],
            ..Node::DEFAULT
        },
        Node {
            id: "n2",
            target: Target::Task(<double as Task>::DESCRIPTOR),
            arguments: &[argument("a", promise("n0", "o0"))],
            upstream: &["n1", "n0"],
            ..Node::DEFAULT
        },
    ],
    results: &[promise("n2", "o0")],
    location: HERE,
    ..WorkflowDescriptor::DEFAULT
};

flytekit::__v0_1_0::register_workflow!(&OUTER);
flytekit::__v0_1_0::register_workflow!(&INNER);
flytekit::__v0_1_0::register_launch_plan!(&NIGHTLY);

fn main() -> ExitCode {
    flytekit::main()
}
