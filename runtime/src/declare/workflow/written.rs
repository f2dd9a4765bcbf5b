//! What `#[workflow]` leaves to const evaluation, because it depends on entities that are declared
//! elsewhere.

use super::{Argument, Binding, Constant, Promise, Step};
use crate::declare::sorted::compare;
use crate::declare::{LiteralType, SimpleType, Variable};

/// The input of an entity at this place among its inputs, and what is bound to it.
///
/// What stands in for an entity with mistakes in it has none: they are reported there.
pub const fn argument<'a>(inputs: &[Variable], place: usize, value: Binding<'a>) -> Argument<'a> {
    if place >= inputs.len() {
        return Argument {
            variable: "",
            literal_type: LiteralType::Simple(SimpleType::None),
            value: Binding::Constant(Constant::None),
        };
    }
    let Variable {
        name, literal_type, ..
    } = inputs[place];
    Argument {
        variable: name,
        literal_type,
        // A node that gives nothing has no output that could be bound.
        value: if literal_type.is_none() {
            Binding::Constant(Constant::None)
        } else {
            value
        },
    }
}

/// What a node gives, one that has these outputs, or the part of it that `path` leads to: the first step
/// may be the name of an output.
pub const fn part<'a>(outputs: &[Variable], node: &'a str, path: &'a [Step<'a>]) -> Promise<'a> {
    if let [Step::Field(name), rest @ ..] = path
        && is_named(outputs)
    {
        return Promise {
            node,
            variable: name,
            path: rest,
        };
    }
    Promise {
        node,
        variable: "o0",
        path,
    }
}

/// Whether these are the fields of a struct that derives `Outputs`.
const fn is_named(outputs: &[Variable]) -> bool {
    match outputs {
        [] => false,
        [first, ..] => !compare(first.name, "o0").is_eq(),
    }
}

/// The results of these names, which are those of the workflow's outputs.
///
/// # Panics
///
/// When they are not: the struct is one output then, and no struct is put together in a graph.
pub const fn named<'a>(
    outputs: &[Variable],
    names: &[&str],
    results: &'a [Binding<'a>],
) -> &'a [Binding<'a>] {
    const REASON: &str = "only a struct that derives `Outputs` is made of values here: put another one together in a task";
    assert!(outputs.len() == names.len(), "{}", REASON);
    let mut place = 0;
    while place < names.len() {
        assert!(
            compare(outputs[place].name, names[place]).is_eq(),
            "{}",
            REASON
        );
        place += 1;
    }
    results
}

/// All outputs of a node as the results of its workflow, which has the same.
///
/// What stands in for an entity with mistakes in it has none: they are reported there.
pub const fn whole<'a, const N: usize>(outputs: &'a [Variable], node: &'a str) -> [Binding<'a>; N] {
    let mut results = [Binding::Promise(Promise {
        node,
        variable: "",
        path: &[],
    }); N];
    let mut place = 0;
    while place < N && place < outputs.len() {
        results[place] = Binding::Promise(Promise {
            node,
            variable: outputs[place].name,
            path: &[],
        });
        place += 1;
    }
    results
}
