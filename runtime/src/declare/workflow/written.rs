//! The parts of `#[workflow]` that need const evaluation, because they depend on entities that are declared
//! elsewhere.

use super::{
    Argument, Binding, Branch, Constant, Operand, Overrides, Promise, ReferenceKind, Step, Target,
};
use crate::declare::sorted::compare;
use crate::declare::{LiteralType, SimpleType, Variable};

/// The input of an entity with this index, and its binding.
///
/// The placeholder of an entity with mistakes has no such variable; the mistakes are reported there.
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
    /// This input, and its binding.
    pub(in crate::declare) const fn given<'a>(&self, value: Binding<'a>) -> Argument<'a> {
        Argument {
            variable: self.name,
            literal_type: self.literal_type,
            // A node without outputs has nothing to bind.
            value: if self.literal_type.is_none() {
                Binding::Constant(Constant::None)
            } else {
                value
            },
        }
    }
}

/// The value of a node with these outputs, or the part of it at the end of `path`: the first step may be the
/// name of an output.
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

/// The steps from a value of this type, with Flyte's names of fields.
///
/// # Panics
///
/// If a step leads to a value that is not a literal, which Flyte cannot bind.
pub const fn path<const N: usize>(
    literal_type: LiteralType,
    mut steps: [Step<'static>; N],
) -> [Step<'static>; N] {
    rename(literal_type, &mut steps, 0);
    steps
}

/// Like [`path`], from a node with these outputs: the first step may be the name of an output.
///
/// # Panics
///
/// Those of [`path`].
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
            None => panic!("Flyte cannot take this part of a value: let a task return it"),
        }
        place += 1;
    }
}

/// A step from a value of this type, with Flyte's name, and the type that it leads to, if values of that type
/// are literals.
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

/// Whether there are several outputs, or outputs with names: a step into a single, unnamed output leads to a
/// part of the value.
const fn are_told_apart(outputs: &[Variable]) -> bool {
    match outputs {
        [] => false,
        [only] => !compare(only.name, "o0").is_eq(),
        _ => true,
    }
}

/// Settings that only nodes of tasks have.
///
/// # Panics
///
/// With `reason`, if the node is not a task's: Flyte would ignore the settings.
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

/// Compares the name of a gate with those of the gates `before` it.
///
/// # Panics
///
/// If one has the same name: Flyte keeps one answer for each name in an execution.
#[track_caller]
pub const fn another_signal(signal: &str, before: &[&str]) {
    let mut rest = before;
    while let [first, more @ ..] = rest {
        assert!(
            !compare(first, signal).is_eq(),
            "two gates have this name, and Flyte would take one answer for both: choose another name, or use the value of the first gate"
        );
        rest = more;
    }
}

/// A struct literal of the body, with the names of its fields in Rust.
///
/// # Panics
///
/// If a field holds a time, which has another form inside of an object.
#[track_caller]
pub const fn object<'a>(fields: &'a [(&'a str, Binding<'a>)]) -> Binding<'a> {
    let mut rest = fields;
    while let [(_, value), more @ ..] = rest {
        assert!(
            !holds_time(value),
            "a task must build a struct that holds a time"
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
        // An object was checked when it was made.
        Binding::Object(_) | Binding::Promise(_) | Binding::Encoded(_) => false,
    }
}

/// The value of an approval.
///
/// # Panics
///
/// If it is a part of a value, because Flyte uses the type of the whole value.
pub const fn approvable(value: Promise<'_>) -> Promise<'_> {
    assert!(
        value.path.is_empty(),
        "Flyte approves whole values: let a task return this part"
    );
    value
}

/// The value that an approval passes on, or a part of it.
pub const fn approved<'a>(node: &'a str, value: Promise<'a>, path: &'a [Step<'a>]) -> Promise<'a> {
    Promise {
        node,
        variable: value.variable,
        path,
    }
}

/// The source of a compared value's type.
#[derive(Clone, Copy, Debug)]
pub enum Compared<'a> {
    /// The type is known.
    Type(LiteralType),
    /// The type of the output with the promise's name, among these.
    One(&'a [Variable]),
}

/// A compared value; `ordered` for `<`, `<=`, `>` and `>=`.
///
/// # Panics
///
/// If Flyte does not compare such values.
pub const fn compared<'a>(of: Compared<'_>, promise: Promise<'a>, ordered: bool) -> Operand<'a> {
    assert!(
        promise.path.is_empty(),
        "Flyte compares whole values: let a task return this part"
    );
    let found = match of {
        Compared::Type(literal_type) => Some(literal_type),
        Compared::One(outputs) => match Variable::named(outputs, promise.variable) {
            Some(output) => Some(output.literal_type),
            None => None,
        },
    };
    // The placeholder of an entity with mistakes has no outputs.
    if let Some(literal_type) = found {
        match literal_type {
            LiteralType::Simple(SimpleType::Boolean) => assert!(
                !ordered,
                "Flyte does not order booleans: compare them by `==` or `!=`"
            ),
            LiteralType::Simple(SimpleType::None) => {
                panic!("Flyte compares numbers, text, booleans and times: this is nothing")
            }
            LiteralType::Simple(SimpleType::Error) => {
                panic!("Flyte compares numbers, text, booleans and times: this is an error")
            }
            LiteralType::Simple(_) => {}
            LiteralType::Union(_) => panic!(
                "Flyte does not compare optional values: let a task return a plain value, or a `bool`"
            ),
            LiteralType::Enum(_) => {
                panic!("Flyte does not compare enums: let a task return a `bool`, or text")
            }
            _ => panic!(
                "Flyte compares numbers, text, booleans and times: let a task return one of these"
            ),
        }
    }
    Operand::Promise(promise)
}

impl Branch<'_> {
    /// This branch, whose sides have these outputs.
    ///
    /// # Panics
    ///
    /// If two sides have outputs with the same name and different types, which Flyte refuses, used or not.
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
                        "the sides of this `if` give values of different types, which Flyte refuses even if nothing uses them"
                    );
                }
                rest = more;
            }
            place += 1;
        }
        self
    }
}

/// The input of the failure node that Flyte replaces by the failure.
pub(crate) const FAILURE: &str = "err";

/// The inputs of the failure node: the workflow's inputs, by name. Optional inputs that the workflow does not
/// have are none. Flyte replaces the input `err` by the failure.
///
/// # Panics
///
/// If it has other inputs.
pub const fn failure_arguments<'a, const N: usize>(
    taken: &[Variable],
    inputs: &[Variable],
) -> [Argument<'a>; N] {
    const OTHERS: &str = "the entity that runs on failure takes inputs of the workflow, with their names and types; its other inputs must be `Option`s";

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
            "Flyte gives the failure to the input `err`, which has another type here: write `err: Option<FlyteError>`, or take another name"
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

/// The results with these names, which are the names of the workflow's outputs.
///
/// # Panics
///
/// If the names differ: the struct is a single output then, and a graph cannot build a struct.
pub const fn named<'a>(
    outputs: &[Variable],
    names: &[&str],
    results: &'a [Binding<'a>],
) -> &'a [Binding<'a>] {
    const REASON: &str =
        "only a struct that derives `Outputs` can be built here: build another struct in a task";
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

/// All outputs of a node, as the results of its workflow, which has the same outputs.
///
/// The placeholder of an entity with mistakes has no such variable; the mistakes are reported there.
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
