//! What `#[workflow]` leaves to const evaluation, because it depends on entities that are declared
//! elsewhere.

use super::{
    Argument, Binding, Branch, Constant, Operand, Overrides, Promise, ReferenceKind, Step, Target,
};
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
    inputs[place].given(value)
}

impl Variable {
    /// This input, and what is bound to it.
    pub(in crate::declare) const fn given<'a>(&self, value: Binding<'a>) -> Argument<'a> {
        Argument {
            variable: self.name,
            literal_type: self.literal_type,
            // A node that gives nothing has no output that could be bound.
            value: if self.literal_type.is_none() {
                Binding::Constant(Constant::None)
            } else {
                value
            },
        }
    }
}

/// What a node gives, one that has these outputs, or the part of it that `path` leads to: the first step
/// may be the name of an output.
pub const fn part<'a>(outputs: &[Variable], node: &'a str, path: &'a [Step<'a>]) -> Promise<'a> {
    if let [Step::Field(name), rest @ ..] = path
        && are_told_apart(outputs)
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

/// The steps by the names that Flyte has for fields, from a value of this type on.
///
/// # Panics
///
/// When a step leads to what is no literal, which Flyte cannot give to anything.
pub const fn path<const N: usize>(
    literal_type: LiteralType,
    mut steps: [Step<'static>; N],
) -> [Step<'static>; N] {
    rename(literal_type, &mut steps, 0);
    steps
}

/// Likewise, from a node on that has these outputs: the first step may be the name of one.
///
/// # Panics
///
/// As [`path`].
pub const fn output_path<const N: usize>(
    outputs: &[Variable],
    mut steps: [Step<'static>; N],
) -> [Step<'static>; N] {
    let (name, from) = match steps.as_slice() {
        [Step::Field(name), ..] if are_told_apart(outputs) => (*name, 1),
        _ => ("o0", 0),
    };
    if let Some(output) = Variable::named(outputs, name) {
        rename(output.literal_type, &mut steps, from);
    }
    steps
}

const fn rename(mut literal_type: LiteralType, steps: &mut [Step<'static>], from: usize) {
    let mut place = from;
    while place < steps.len() {
        match entered(literal_type, steps[place]) {
            Some((step, below)) => {
                steps[place] = step;
                literal_type = below;
            }
            None => panic!("Flyte cannot take this part of a value: let a task give it"),
        }
        place += 1;
    }
}

/// A step from a value of this type by the name that Flyte has for it, and the type that it leads to, if values
/// of that are literals.
pub(crate) const fn entered(
    literal_type: LiteralType,
    step: Step<'_>,
) -> Option<(Step<'_>, LiteralType)> {
    match (literal_type, step) {
        (LiteralType::Collection(element), _) => Some((step, *element)),
        (LiteralType::Map(member), _) => Some((step, *member)),
        (LiteralType::Dataclass(dataclass), Step::Field(name)) => {
            let (name, found) = dataclass.member(name);
            match found {
                Some(variant) => Some((Step::Field(name), variant.literal_type)),
                None => None,
            }
        }
        (LiteralType::Dict, _) => Some((step, LiteralType::Dict)),
        _ => None,
    }
}

/// Whether these are several, or have names of their own: a step into a single value is one into its parts.
const fn are_told_apart(outputs: &[Variable]) -> bool {
    match outputs {
        [] => false,
        [only] => !compare(only.name, "o0").is_eq(),
        _ => true,
    }
}

/// What `#[node(…)]` changes about a task, where the node is one of a task.
///
/// # Panics
///
/// With `reason` when it is one of something else, which Flyte would say nothing about, and nothing would change.
#[track_caller]
pub const fn of_task<'a>(
    target: &Target<'_>,
    overrides: Overrides<'a>,
    reason: &str,
) -> Overrides<'a> {
    let is_another = match target {
        Target::Workflow(workflow) => !workflow.stands_in(),
        Target::LaunchPlan(plan) => !plan.workflow.stands_in(),
        Target::Reference(reference) => !matches!(reference.kind, ReferenceKind::Task),
        _ => false,
    };
    assert!(!is_another, "{}", reason);
    overrides
}

/// The name of a wait, which is not that of any `before` it in a run.
///
/// # Panics
///
/// When it is: Flyte keeps one answer for each name in an execution.
#[track_caller]
pub const fn another_signal(signal: &str, before: &[&str]) {
    let mut rest = before;
    while let [first, more @ ..] = rest {
        assert!(
            !compare(first, signal).is_eq(),
            "two waits have this name, and Flyte would take one answer for both: take another name, or pass on what the first gave"
        );
        rest = more;
    }
}

/// A struct that is written in the body, by the names of its fields in Rust.
///
/// # Panics
///
/// When there is a time in it, which has another form inside of an object.
#[track_caller]
pub const fn object<'a>(fields: &'a [(&'a str, Binding<'a>)]) -> Binding<'a> {
    let mut rest = fields;
    while let [(_, value), more @ ..] = rest {
        assert!(
            !holds_time(value),
            "a struct with a time in it is put together in a task"
        );
        rest = more;
    }
    Binding::Object(fields)
}

const fn holds_time(value: &Binding<'_>) -> bool {
    match value {
        Binding::Constant(constant) => matches!(
            constant,
            Constant::Datetime { .. } | Constant::Duration { .. }
        ),
        Binding::List(values) => {
            let mut rest = *values;
            while let [first, more @ ..] = rest {
                if holds_time(first) {
                    return true;
                }
                rest = more;
            }
            false
        }
        Binding::Map(entries) => {
            let mut rest = *entries;
            while let [(_, first), more @ ..] = rest {
                if holds_time(first) {
                    return true;
                }
                rest = more;
            }
            false
        }
        // It was looked at where it is written.
        Binding::Object(_) | Binding::Promise(_) => false,
    }
}

/// What a node is given to approve.
///
/// # Panics
///
/// When it is a part of a value, of which Flyte looks at the whole one's type.
pub const fn approvable(value: Promise<'_>) -> Promise<'_> {
    assert!(
        value.path.is_empty(),
        "Flyte approves whole values: let a task give this part of one"
    );
    value
}

/// What a node gives on that it was given to approve, or a part of that.
pub const fn approved<'a>(node: &'a str, value: Promise<'a>, path: &'a [Step<'a>]) -> Promise<'a> {
    Promise {
        node,
        variable: value.variable,
        path,
    }
}

/// Where the type of a value is found that a condition looks at.
#[derive(Clone, Copy, Debug)]
pub enum Compared<'a> {
    /// It is known.
    Type(LiteralType),
    /// Among these, by the name of the output.
    One(&'a [Variable]),
}

/// A value that a condition looks at; `ordered` where it asks which is greater.
///
/// # Panics
///
/// When Flyte does not compare such values.
pub const fn compared<'a>(of: Compared<'_>, promise: Promise<'a>, ordered: bool) -> Operand<'a> {
    assert!(
        promise.path.is_empty(),
        "Flyte compares whole values: let a task give this part of one"
    );
    let found = match of {
        Compared::Type(literal_type) => Some(literal_type),
        Compared::One(outputs) => match Variable::named(outputs, promise.variable) {
            Some(output) => Some(output.literal_type),
            None => None,
        },
    };
    // What stands in for an entity with mistakes in it has no outputs.
    if let Some(literal_type) = found {
        match literal_type {
            LiteralType::Simple(SimpleType::Boolean) => assert!(
                !ordered,
                "Flyte does not say which of two booleans is greater: compare them by `==` or `!=`"
            ),
            LiteralType::Simple(SimpleType::None) => {
                panic!("Flyte compares numbers, text, booleans and times: this is nothing")
            }
            LiteralType::Simple(SimpleType::Error) => {
                panic!("Flyte compares numbers, text, booleans and times: this is an error")
            }
            LiteralType::Simple(_) => {}
            LiteralType::Union(_) => panic!(
                "Flyte does not compare optional values: let a task give a plain one, or a `bool`"
            ),
            LiteralType::Enum(_) => {
                panic!("Flyte does not compare enums: let a task give a `bool`, or text")
            }
            _ => panic!("Flyte compares numbers, text, booleans and times: let a task give one"),
        }
    }
    Operand::Promise(promise)
}

impl Branch<'_> {
    /// This, whose sides have these outputs.
    ///
    /// # Panics
    ///
    /// When two have outputs of one name and of different types, which Flyte refuses, used or not.
    #[must_use]
    pub const fn of_same_outputs(self, sides: &[&[Variable]]) -> Self {
        let [first, others @ ..] = sides else {
            return self;
        };
        let mut place = 0;
        while place < others.len() {
            let mut rest = others[place];
            while let [output, more @ ..] = rest {
                if let Some(twin) = Variable::named(first, output.name) {
                    assert!(
                        twin.literal_type.is(&output.literal_type),
                        "the sides of this `if` give values of different types, which Flyte refuses also where nothing takes them"
                    );
                }
                rest = more;
            }
            place += 1;
        }
        self
    }
}

/// The input of what runs on failure that Flyte gives the failure to.
pub(crate) const FAILURE: &str = "err";

/// The inputs of what runs on failure: those of the workflow, by their names; optional ones that the workflow
/// does not have are nothing. Flyte replaces one by the name `err` by the failure.
///
/// # Panics
///
/// When it takes something else.
pub const fn failure_arguments<'a, const N: usize>(
    taken: &[Variable],
    inputs: &[Variable],
) -> [Argument<'a>; N] {
    const OTHERS: &str = "what runs on failure takes inputs of the workflow, by their names and of their types, and others only if they are `Option`";

    let mut arguments = [Argument {
        variable: "",
        literal_type: LiteralType::Simple(SimpleType::None),
        value: Binding::Constant(Constant::None),
    }; N];
    let mut place = 0;
    while place < N {
        let Variable {
            name, literal_type, ..
        } = taken[place];
        assert!(
            !compare(name, FAILURE).is_eq() || literal_type.is_optional_error(),
            "Flyte gives the failure to the input `err`, whatever its type is: write `err: Option<FlyteError>`, or take another name"
        );
        let value = match (Variable::named(inputs, name), literal_type) {
            (Some(given), _) => {
                assert!(given.literal_type.is(&literal_type), "{}", OTHERS);
                Binding::Promise(Promise {
                    node: "",
                    variable: name,
                    path: &[],
                })
            }
            (None, taken) if taken.may_be_missing() => Binding::Constant(Constant::None),
            _ => panic!("{}", OTHERS),
        };
        arguments[place] = Argument {
            variable: name,
            literal_type,
            value,
        };
        place += 1;
    }
    arguments
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
