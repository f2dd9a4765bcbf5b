//! Workflows as `#[workflow]` declares them, for tests of what runs them.

use std::process::ExitCode;

use flytekit::Task;
use flytekit::declare::{
    Argument, Binding, Gate, LiteralType, Location, Node, Promise, SimpleType, Target, Variable,
    WorkflowDescriptor,
};
use flytekit::prelude::*;

const INTEGER: LiteralType = LiteralType::Simple(SimpleType::Integer);

/// Twice a number, which must not be too large.
#[task(name = "graphs.double")]
fn double(a: i64) -> Result<i64> {
    match a {
        100.. => Err(Error::user("too large")),
        _ => Ok(2 * a),
    }
}

const fn a(value: Binding<'static>) -> Argument<'static> {
    Argument {
        variable: "a",
        literal_type: INTEGER,
        value,
    }
}

const fn promise(node: &'static str, variable: &'static str) -> Promise<'static> {
    Promise {
        node,
        variable,
        path: &[],
    }
}

/// `let a = double(n)?; let b = approve("sure", a)?; double(b)`
static FOURFOLD: WorkflowDescriptor<'static> = WorkflowDescriptor {
    name: "graphs.fourfold",
    inputs: &[Variable {
        name: "n",
        literal_type: INTEGER,
        description: "a number",
        default: None,
    }],
    outputs: <double as Task>::OUTPUTS,
    nodes: &[
        Node {
            id: "n0",
            target: Target::Task(<double as Task>::DESCRIPTOR),
            arguments: &[a(Binding::Promise(promise("", "n")))],
            ..Node::DEFAULT
        },
        Node {
            id: "n1",
            target: Target::Gate(Gate::Approve {
                signal: "sure",
                value: promise("n0", "o0"),
            }),
            upstream: &["n0"],
            ..Node::DEFAULT
        },
        Node {
            id: "n2",
            target: Target::Task(<double as Task>::DESCRIPTOR),
            arguments: &[a(Binding::Promise(promise("n1", "o0")))],
            upstream: &["n1"],
            ..Node::DEFAULT
        },
    ],
    results: &[Binding::Promise(promise("n2", "o0"))],
    docs: "Four times a number.",
    location: Location {
        file: file!(),
        line: line!(),
    },
    ..WorkflowDescriptor::DEFAULT
};

flytekit::__v0_1_0::register_workflow!(&FOURFOLD);

use flytekit_tests as _;

fn main() -> ExitCode {
    flytekit::main()
}
