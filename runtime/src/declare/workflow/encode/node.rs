//! `Node`: its inputs, its metadata and its target.

use core::time::Duration;

use super::super::{
    Argument, Array, Gate, Node, Overrides, Reference, ReferenceKind, Success, Target,
};
use super::binding::{binding, promised, time};
use super::{
    RESOURCE_TYPE_LAUNCH_PLAN, RESOURCE_TYPE_TASK, RESOURCE_TYPE_WORKFLOW, branch,
    foreign_identifier, identifier,
};
use crate::declare::sorted::{Descending, Keys};
use crate::declare::task::{encode_pod, extended_resources};
use crate::declare::{Args, Resources, TaskDescriptor};
use crate::wire::Writer;
use flytekit_grammar::template;

/// flytekit's minimum timeout of a node that sleeps.
const SLEEP_TIMEOUT: Duration = Duration::from_secs(3600);

/// The fields of `Node`.
pub(super) const fn node(w: &mut Writer<'_>, node: &Node<'_>) {
    target_field(w, node);
    let mut ids = node.upstream;
    while let [before @ .., last] = ids {
        w.string(4, last);
        ids = before;
    }
    inputs(w, node);
    metadata_field(w, node);
    w.string_nonempty(1, node.id);
}

/// The target of the node.
pub(super) const fn target_field(w: &mut Writer<'_>, node: &Node<'_>) {
    let end = w.len();
    let field = target(w, node);
    w.message(field, end);
}

/// `Node.metadata`.
pub(super) const fn metadata_field(w: &mut Writer<'_>, node: &Node<'_>) {
    let end = w.len();
    metadata(w, node);
    w.message(2, end);
}

/// `Node.inputs`, sorted by name except for those of a branch.
const fn inputs(w: &mut Writer<'_>, node: &Node<'_>) {
    match &node.target {
        Target::Branch(choice) => branch::inputs(w, choice),
        Target::Gate(Gate::Approve { value, .. }) => promised(w, 3, value.variable, value),
        target if !node.values.is_empty() => {
            // The placeholder of an entity with mistakes has other inputs; the mistakes are reported there.
            let (inputs, values) = (target.inputs(), node.values);
            let keys = Keys::<()>::Variables(inputs);
            let mut order = Descending::of(&keys);
            while let Some(index) = order.next(&keys) {
                if index < values.len() {
                    argument(w, &inputs[index].given(values[index]));
                }
            }
        }
        _ => {
            let keys = Keys::<()>::Arguments(node.arguments);
            let mut order = Descending::of(&keys);
            while let Some(index) = order.next(&keys) {
                argument(w, &node.arguments[index]);
            }
        }
    }
}

/// An entry of `Node.inputs`.
const fn argument(w: &mut Writer<'_>, argument: &Argument<'_>) {
    let Argument {
        variable,
        literal_type,
        value,
    } = argument;
    binding(w, 3, variable, literal_type, value);
}

/// Writes the target, and returns the number of its field.
const fn target(w: &mut Writer<'_>, node: &Node<'_>) -> u32 {
    match &node.target {
        Target::Task(task) => {
            let end = w.len();
            overrides(w, node.overrides, task);
            w.message(2, end);
            identifier(w, 1, RESOURCE_TYPE_TASK, task.name);
            6
        }
        Target::Workflow(workflow) => {
            identifier(w, 2, RESOURCE_TYPE_WORKFLOW, workflow.name);
            7
        }
        Target::LaunchPlan(plan) => {
            identifier(w, 1, RESOURCE_TYPE_LAUNCH_PLAN, plan.name);
            7
        }
        Target::Reference(reference) => foreign(w, node, reference),
        Target::Array(array) => {
            self::array(w, node, array);
            10
        }
        Target::Branch(choice) => {
            let name = match node.name {
                Some(name) => name,
                None => node.id,
            };
            branch::branch(w, choice, name);
            8
        }
        Target::Gate(wait) => {
            gate(w, wait);
            9
        }
    }
}

/// An entity of another program. A task has overrides only if some are set.
const fn foreign(w: &mut Writer<'_>, node: &Node<'_>, reference: &Reference<'_>) -> u32 {
    let (number, field) = match reference.kind {
        ReferenceKind::Task => (1, 6),
        ReferenceKind::Workflow => (2, 7),
        ReferenceKind::LaunchPlan => (1, 7),
    };
    if field == 6 {
        let end = w.len();
        overrides(w, node.overrides, &TaskDescriptor::DEFAULT);
        if w.len() > end {
            w.message(2, end);
        }
    }
    foreign_identifier(w, number, reference.kind as i64, reference);
    field
}

/// The fields of `ArrayNode`. The inner node has the settings of each element.
const fn array(w: &mut Writer<'_>, node: &Node<'_>, array: &Array<'_>) {
    if let Args::Map(mapped) = array.task.args {
        template::strings(w, 8, mapped.whole);
    }
    let end = w.len();
    w.message(6, end);
    // `FULL_STATE`, the mode of tasks whose engine is a plugin of the backend.
    w.bool_true(5, array.task.custom.is_some());
    match array.success {
        Success::All => w.float(4, 1.0),
        Success::Count(least) => w.int64(3, least as i64),
        Success::Ratio(ratio) => w.float(4, ratio),
    }
    if let Some(concurrency) = array.concurrency {
        w.int64(2, concurrency as i64);
    }
    let within = w.len();
    let end = w.len();
    overrides(w, node.overrides, array.task);
    w.message(2, end);
    identifier(w, 1, RESOURCE_TYPE_TASK, array.task.name);
    w.message(6, end);
    inputs(w, node);
    let end = w.len();
    metadata_of(
        w,
        node.overrides(),
        &Own::of(&Target::Task(array.task)),
        &name(node),
    );
    w.message(2, end);
    w.string_nonempty(1, array.task.name);
    w.message(1, within);
}

/// The fields of `GateNode`.
const fn gate(w: &mut Writer<'_>, gate: &Gate<'_>) {
    let end = w.len();
    match gate {
        Gate::Approve { signal, .. } => {
            w.string_nonempty(1, signal);
            w.message(1, end);
        }
        Gate::Input {
            signal,
            literal_type,
        } => {
            w.string(3, "o0");
            let ty = w.len();
            literal_type.encode(w);
            w.message(2, ty);
            w.string_nonempty(1, signal);
            w.message(2, end);
        }
        Gate::Sleep(length) => {
            duration(w, 1, *length);
            w.message(3, end);
        }
    }
}

/// The fields of `NodeMetadata`. The backend reads a task's settings only here, except for its cache
/// settings, which it reads only in the task.
const fn metadata(w: &mut Writer<'_>, node: &Node<'_>) {
    // The inner node has the settings of each element of a map.
    let overrides = match &node.target {
        Target::Array(_) => &Overrides::NONE,
        _ => node.overrides(),
    };
    metadata_of(w, overrides, &Own::of(&node.target), &name(node));
}

/// The fields of `NodeMetadata` of a node with this name, whose entity has these settings of its own.
const fn metadata_of(w: &mut Writer<'_>, overrides: &Overrides<'_>, own: &Own, name: &Name<'_>) {
    let Overrides {
        retries,
        timeout,
        interruptible,
        cache,
        cache_version,
        cache_serialize,
        ..
    } = overrides;
    if let Some(serialize) = cache_serialize {
        w.bool(9, *serialize);
    }
    if let Some(version) = cache_version {
        w.string(8, version);
    }
    if let Some(cache) = cache {
        w.bool(7, *cache);
    }
    if let Some(interruptible) = either(*interruptible, own.interruptible) {
        w.bool(6, interruptible);
    }
    let end = w.len();
    let retries = match retries {
        Some(retries) => *retries,
        None => own.retries,
    };
    w.int64_nonzero(5, retries as i64);
    w.message(5, end);
    let timeout = if timeout.is_some() {
        *timeout
    } else {
        own.timeout
    };
    if let Some(timeout) = timeout
        && !timeout.is_zero()
    {
        duration(w, 4, timeout);
    }
    name.encode(w, 1);
}

/// The settings of an entity that its nodes copy.
struct Own {
    retries: u32,
    timeout: Option<Duration>,
    interruptible: Option<bool>,
}

impl Own {
    const fn of(target: &Target<'_>) -> Self {
        let (retries, timeout, interruptible) = match target {
            Target::Task(task) => (task.retries, task.timeout, task.interruptible),
            // flytekit sets nothing for entities of another program.
            Target::LaunchPlan(plan) if plan.workflow.reference.is_some() => (0, None, None),
            Target::Workflow(_) | Target::LaunchPlan(_) => (0, None, Some(false)),
            Target::Gate(Gate::Sleep(length)) if length.as_secs() < SLEEP_TIMEOUT.as_secs() => {
                (0, Some(SLEEP_TIMEOUT), None)
            }
            _ => (0, None, None),
        };
        Own {
            retries,
            timeout,
            interruptible,
        }
    }
}

const fn either(first: Option<bool>, second: Option<bool>) -> Option<bool> {
    if first.is_some() { first } else { second }
}

/// The node's name in the console.
const fn name<'a>(node: &Node<'a>) -> Name<'a> {
    if let Some(name) = node.name {
        return Name::whole(name);
    }
    match &node.target {
        Target::Task(task) => Name::last_part(task.name),
        Target::Workflow(workflow) => Name::last_part(workflow.name),
        Target::LaunchPlan(plan) => Name::last_part(plan.workflow.name),
        Target::Reference(reference) => Name::last_part(reference.name),
        // The whole name, like flytekit.
        Target::Array(array) => Name::whole(array.task.name),
        Target::Branch(_) => Name::whole(node.id),
        Target::Gate(Gate::Approve { signal, .. } | Gate::Input { signal, .. }) => {
            Name::whole(signal)
        }
        Target::Gate(Gate::Sleep(_)) => Name::whole("sleep-gate"),
    }
}

/// The end of a text: const evaluation pays much for a part of it.
struct Name<'a> {
    text: &'a str,
    /// The number of bytes that are the name.
    count: usize,
}

impl<'a> Name<'a> {
    const fn whole(text: &'a str) -> Self {
        let count = text.len();
        Name { text, count }
    }

    /// The part after the last dot.
    const fn last_part(text: &'a str) -> Self {
        let (mut count, mut rest) = (0, text.as_bytes());
        while let [before @ .., byte] = rest
            && *byte != b'.'
        {
            count += 1;
            rest = before;
        }
        Name { text, count }
    }

    /// Writes it as a string field, if it is not empty.
    const fn encode(&self, w: &mut Writer<'_>, field: u32) {
        if self.count > 0 {
            let end = w.len();
            w.last(self.text.as_bytes(), self.count);
            w.message(field, end);
        }
    }
}

/// The fields of `TaskNodeOverrides`; a pod has the args of `task`.
const fn overrides(w: &mut Writer<'_>, overrides: Option<&Overrides<'_>>, task: &TaskDescriptor) {
    let Some(overrides) = overrides else {
        return;
    };
    if let Some(pod) = &overrides.pod_template {
        let end = w.len();
        // Flyte takes the pod from here, and not from the task's configuration.
        w.string(4, pod.primary_container);
        encode_pod(w, pod, task);
        w.message(4, end);
    }
    if let Some(image) = overrides.container_image {
        w.string_nonempty(3, image);
    }
    extended_resources(w, 2, overrides.accelerator, overrides.shared_memory);
    let end = w.len();
    amounts(w, 2, &overrides.limits);
    amounts(w, 1, &overrides.requests);
    if w.len() > end {
        w.message(1, end);
    }
}

/// `Resources.requests` or `.limits`, in the order that flytekit has in overrides.
const fn amounts(w: &mut Writer<'_>, field: u32, resources: &Resources) {
    amount(w, field, 5, resources.ephemeral_storage);
    amount(w, field, 2, resources.gpu);
    amount(w, field, 3, resources.mem);
    amount(w, field, 1, resources.cpu);
}

/// `ResourceEntry { name = 1, value = 2 }`.
const fn amount(w: &mut Writer<'_>, field: u32, name: i64, quantity: Option<&str>) {
    if let Some(quantity) = quantity {
        let end = w.len();
        w.string_nonempty(2, quantity);
        w.int64(1, name);
        w.message(field, end);
    }
}

const fn duration(w: &mut Writer<'_>, field: u32, length: Duration) {
    time(
        w,
        field,
        length.as_secs().cast_signed(),
        length.subsec_nanos().cast_signed(),
    );
}
