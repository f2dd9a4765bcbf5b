//! Checks of a launch plan against its workflow. All functions track their caller, so that the compiler shows
//! the user's code.

use super::LaunchPlanDescriptor;
use super::encode::default;
use crate::declare::sorted::compare;
use crate::declare::{
    Argument, Binding, Constant, LiteralType, SimpleType, Variable, WorkflowDescriptor,
};

/// A parameter of a launch plan, checked to be an input of its workflow.
///
/// # Panics
///
/// If it is not an input, or if it has another type.
#[track_caller]
pub const fn plan_input(workflow: &WorkflowDescriptor<'_>, parameter: Variable) -> Variable {
    let Some(input) = Variable::named(workflow.inputs, parameter.name) else {
        if workflow.stands_in() {
            return parameter;
        }
        no_input(workflow, parameter.name)
    };
    if !parameter.literal_type.is(&input.literal_type) {
        stop(&[
            "`",
            parameter.name,
            "` has another type than the input of the workflow `",
            workflow.name,
            "`: give it that type",
        ]);
    }
    Variable {
        description: if parameter.description.is_empty() {
            input.description
        } else {
            parameter.description
        },
        default: match parameter.default {
            None => input.default,
            own => own,
        },
        ..*input
    }
}

/// A fixed input, checked against the workflow.
///
/// # Panics
///
/// If the workflow has no input with this name, or if it has another type.
#[track_caller]
pub const fn fixed<'a>(
    workflow: &WorkflowDescriptor<'_>,
    name: &'a str,
    value: Binding<'a>,
) -> Argument<'a> {
    let Some(input) = Variable::named(workflow.inputs, name) else {
        if workflow.stands_in() {
            return Argument {
                variable: name,
                literal_type: LiteralType::Simple(SimpleType::None),
                value: Binding::Constant(Constant::None),
            };
        }
        no_input(workflow, name)
    };
    if !value.fits(&input.literal_type) {
        stop(&[
            "the value of `",
            name,
            "` has another type than the input of the workflow `",
            workflow.name,
            "`",
        ]);
    }
    Argument {
        variable: name,
        literal_type: input.literal_type,
        value,
    }
}

/// Refuses a plan that leaves out an input of its workflow.
///
/// # Panics
///
/// If it does.
#[track_caller]
pub const fn takes_all(plan: &LaunchPlanDescriptor<'_>) {
    let mut rest = plan.workflow.inputs;
    while let [first, more @ ..] = rest {
        if Variable::named(plan.inputs, first.name).is_none()
            && of_variable(plan.fixed, first.name).is_none()
        {
            stop(&[
                "the workflow `",
                plan.workflow.name,
                "` takes `",
                first.name,
                "` as well: make it a parameter of this launch plan, or fix it: `fixed(",
                first.name,
                " = …)`",
            ]);
        }
        rest = more;
    }
}

/// Refuses a plan whose function returns another type than its workflow.
///
/// # Panics
///
/// If it does.
#[track_caller]
pub const fn returns(plan: &LaunchPlanDescriptor<'_>, outputs: &[Variable]) {
    if plan.workflow.stands_in() {
        return;
    }
    let expected = plan.workflow.outputs;
    let mut is_equal = outputs.len() == expected.len();
    let mut place = 0;
    while is_equal && place < outputs.len() {
        let (one, other) = (&outputs[place], &expected[place]);
        is_equal =
            compare(one.name, other.name).is_eq() && one.literal_type.is(&other.literal_type);
        place += 1;
    }
    if !is_equal {
        stop(&[
            "a launch plan returns the type of its workflow: write the type that `",
            plan.workflow.name,
            "` returns",
        ]);
    }
}

/// Refuses a schedule that cannot start the plan by itself.
///
/// # Panics
///
/// If an input would have no value, or if the kickoff time is not a date-time.
#[track_caller]
pub const fn starts_by_itself(plan: &LaunchPlanDescriptor<'_>) {
    let Some(schedule) = &plan.schedule else {
        return;
    };
    let mut rest = plan.inputs;
    while let [first, more @ ..] = rest {
        rest = more;
        if compare(first.name, schedule.kickoff_time).is_eq() {
            if !matches!(
                first.literal_type,
                LiteralType::Simple(SimpleType::Datetime)
            ) {
                stop(&[
                    "the kickoff time is a point in time, which `",
                    first.name,
                    "` is not: name another parameter as `kickoff_time`, or leave it out",
                ]);
            }
            continue;
        }
        if default(plan, first.name).is_none() && !first.literal_type.may_be_missing() {
            stop(&[
                "a schedule starts this launch plan without `",
                first.name,
                "`: give it a default, fix it, or name it as `kickoff_time`",
            ]);
        }
    }
}

/// The value for an input with this name, if there is one.
pub(super) const fn of_variable<'p>(
    arguments: &'p [Argument<'p>],
    name: &str,
) -> Option<&'p Argument<'p>> {
    let mut rest = arguments;
    while let [first, more @ ..] = rest {
        if compare(first.variable, name).is_eq() {
            return Some(first);
        }
        rest = more;
    }
    None
}

#[track_caller]
const fn no_input(workflow: &WorkflowDescriptor<'_>, name: &str) -> ! {
    stop(&[
        "the workflow `",
        workflow.name,
        "` has no input `",
        name,
        "`: a launch plan has inputs of its workflow",
    ])
}

/// Stops the build with a sentence of these parts.
#[track_caller]
const fn stop(parts: &[&str]) -> ! {
    /// Longer sentences are cut.
    const ROOM: usize = 512;
    let mut bytes = [0; ROOM];
    let (mut len, mut rest) = (0, parts);
    while let [first, more @ ..] = rest {
        let mut part = first.as_bytes();
        while let [byte, behind @ ..] = part {
            if len < ROOM {
                bytes[len] = *byte;
                len += 1;
            }
            part = behind;
        }
        rest = more;
    }
    match str::from_utf8(bytes.split_at(len).0) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("a launch plan does not fit its workflow"),
    }
}
