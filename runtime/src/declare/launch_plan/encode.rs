//! From a descriptor to the bytes of `flyteidl.admin.LaunchPlan`, in const evaluation.
//!
//! Fields are written from the last to the first (see [`Writer`]). Field numbers, and the fields that are
//! present even when empty, follow flyteidl 1.16.8, and flytekit 1.16.31 for the same launch plan.

use flytekit_grammar::template;

use super::checked::of_variable;
use super::{LaunchPlanDescriptor, Notification, RateUnit, Schedule, Timing};
use crate::declare::json::encode_strings;
use crate::declare::sorted::{Descending, Keys};
use crate::declare::workflow::{
    RESOURCE_TYPE_LAUNCH_PLAN, RESOURCE_TYPE_WORKFLOW, foreign_identifier, identifier, literal,
};
use crate::declare::{Argument, Variable};
use crate::wire::Writer;

/// Writes the fields of `LaunchPlan { id = 1, spec = 2, closure = 3 }`. The backend fills the closure.
pub(crate) const fn launch_plan(w: &mut Writer<'_>, plan: &LaunchPlanDescriptor<'_>) {
    let end = w.len();
    w.message(3, w.len());
    w.message(2, w.len());
    w.message(3, end);
    let end = w.len();
    spec(w, plan);
    w.message(2, end);
    identifier(w, 1, RESOURCE_TYPE_LAUNCH_PLAN, plan.name);
}

/// The fields of `LaunchPlanSpec`.
const fn spec(w: &mut Writer<'_>, plan: &LaunchPlanDescriptor<'_>) {
    if let Some(concurrency) = &plan.concurrency {
        let end = w.len();
        w.int64_nonzero(2, concurrency.behavior as i64);
        w.int64_nonzero(1, concurrency.max as i64);
        w.message(24, end);
    }
    environment(w, plan.env);
    w.bool_true(20, plan.overwrite_cache);
    if let Some(interruptible) = plan.interruptible {
        let end = w.len();
        w.bool_true(1, interruptible);
        w.message(19, end);
    }
    w.int64_nonzero(18, plan.max_parallelism as i64);
    let end = w.len();
    w.string_nonempty(1, plan.raw_output_prefix);
    w.message(17, end);
    security_context(w, plan);
    strings(w, 7, plan.annotations);
    strings(w, 6, plan.labels);
    fixed_inputs(w, plan.fixed);
    default_inputs(w, plan);
    let end = w.len();
    notifications(w, plan.notifications);
    if let Some(schedule) = &plan.schedule {
        self::schedule(w, schedule);
    }
    w.message(2, end);
    match &plan.workflow.reference {
        None => identifier(w, 1, RESOURCE_TYPE_WORKFLOW, plan.workflow.name),
        Some(workflow) => foreign_identifier(w, 1, RESOURCE_TYPE_WORKFLOW, workflow),
    }
}

/// `Envs { values = 1 }`, if there are some.
const fn environment(w: &mut Writer<'_>, env: &[(&str, &str)]) {
    let end = w.len();
    let mut rest = env;
    while let [before @ .., (name, value)] = rest {
        template::entry(w, 1, name, value);
        rest = before;
    }
    if w.len() > end {
        w.message(21, end);
    }
}

/// `SecurityContext { run_as = 1 }`, if the plan sets it.
const fn security_context(w: &mut Writer<'_>, plan: &LaunchPlanDescriptor<'_>) {
    let end = w.len();
    w.string_nonempty(2, plan.service_account);
    w.string_nonempty(1, plan.iam_role);
    if w.len() > end {
        w.message(1, end);
        w.message(10, end);
    }
}

/// `Labels` and `Annotations`, which are present even when empty.
const fn strings(w: &mut Writer<'_>, field: u32, entries: &[(&str, &str)]) {
    let end = w.len();
    encode_strings(w, 1, entries);
    w.message(field, end);
}

/// `LiteralMap`.
const fn fixed_inputs(w: &mut Writer<'_>, fixed: &[Argument<'_>]) {
    let end = w.len();
    let keys = Keys::<()>::Arguments(fixed);
    let mut order = Descending::of(&keys);
    while let Some(index) = order.next(&keys) {
        let argument = &fixed[index];
        let entry = w.len();
        literal(w, &argument.literal_type, &argument.value);
        w.message(2, entry);
        w.string_nonempty(1, argument.variable);
        w.message(1, entry);
    }
    w.message(4, end);
}

/// `ParameterMap`: all inputs that are not fixed.
const fn default_inputs(w: &mut Writer<'_>, plan: &LaunchPlanDescriptor<'_>) {
    let end = w.len();
    let keys = Keys::<()>::Variables(plan.inputs);
    let mut order = Descending::of(&keys);
    while let Some(index) = order.next(&keys) {
        let input = &plan.inputs[index];
        let entry = w.len();
        parameter(w, input, default(plan, input.name));
        w.message(2, entry);
        w.string(1, input.name);
        w.message(1, entry);
    }
    w.message(3, end);
}

/// The default of an input: the plan's own, or the workflow's.
pub(super) const fn default<'p>(
    plan: &'p LaunchPlanDescriptor<'_>,
    name: &str,
) -> Option<&'p Argument<'p>> {
    match of_variable(plan.defaults, name) {
        None => of_variable(plan.workflow.defaults, name),
        own => own,
    }
}

/// The fields of `Parameter { var = 1, default = 2, required = 3 }`. An optional value needs no default;
/// flytekit writes the none without the tag of its type.
const fn parameter(w: &mut Writer<'_>, input: &Variable, default: Option<&Argument<'_>>) {
    use crate::declare::{Binding, Constant};

    let end = w.len();
    match default {
        Some(Argument { value, .. }) if !matches!(value, Binding::Constant(Constant::None)) => {
            literal(w, &input.literal_type, value);
            w.message(2, end);
        }
        None if !input.literal_type.may_be_missing() => w.bool(3, true),
        // `Scalar.none_type`.
        _ => {
            w.message(5, end);
            w.message(1, end);
            w.message(2, end);
        }
    }
    let end = w.len();
    input.fields(w);
    w.message(1, end);
}

/// `LaunchPlanMetadata.notifications`.
const fn notifications(w: &mut Writer<'_>, notifications: &[Notification<'_>]) {
    let mut rest = notifications;
    while let [before @ .., last] = rest {
        let end = w.len();
        let who = w.len();
        template::strings(w, 1, last.recipients);
        w.message(last.channel as u32, who);
        phases(w, last);
        w.message(2, end);
        rest = before;
    }
}

/// `Notification.phases`, packed.
const fn phases(w: &mut Writer<'_>, notification: &Notification<'_>) {
    let end = w.len();
    let mut rest = notification.phases;
    while let [before @ .., last] = rest {
        w.varint(*last as u64);
        rest = before;
    }
    if w.len() > end {
        w.message(1, end);
    }
}

/// `LaunchPlanMetadata.schedule`.
const fn schedule(w: &mut Writer<'_>, schedule: &Schedule<'_>) {
    let end = w.len();
    w.string_nonempty(3, schedule.kickoff_time);
    // prost writes a oneof at the position of its first field.
    let timing = w.len();
    match schedule.timing {
        Timing::Cron(line) => {
            w.string_nonempty(1, line);
            w.message(4, timing);
        }
        Timing::Rate(value, unit) => {
            rate(w, value, unit);
            w.message(2, timing);
        }
    }
    w.message(1, end);
}

/// The fields of `FixedRate { value = 1, unit = 2 }`.
const fn rate(w: &mut Writer<'_>, value: u32, unit: RateUnit) {
    w.int64_nonzero(2, unit as i64);
    w.int64_nonzero(1, value as i64);
}
