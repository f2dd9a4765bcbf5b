//! From a descriptor to the bytes of `flyteidl.admin.TaskSpec`, in const evaluation.
//!
//! Fields are written from the last to the first (see [`Writer`]), and maps are sorted by key, so that equal
//! descriptors have equal bytes. The bytes equal prost's for the same message, except for a pod template,
//! which prost writes at the position of the other target, the container. Field numbers, and the fields that
//! are present even when empty, follow flyteidl 1.16.8, and flytekit 1.16.31 for the same declaration.

use flytekit_grammar::template;

use super::TaskDescriptor;
use super::args::{Arg, Args, EXECUTE, MAP, SHIM};
use super::options::{Accelerator, Partition, Secret, SharedMemory};
use super::pod::encode_pod;
use crate::declare::encode_interface;
use crate::declare::json::encode_strings;
use crate::wire::Writer;

/// `Identifier.resource_type` of a task.
const RESOURCE_TYPE_TASK: i64 = 1;

/// The number of bytes that `$write` writes.
macro_rules! measured {
    ($write:ident) => {{
        let mut w = Writer::counting();
        $write(&mut w);
        w.len()
    }};
}

/// The bytes that `$write` writes, in an array of exactly that length.
macro_rules! written {
    ($write:ident) => {{
        let mut bytes = [0; measured!($write)];
        $write(&mut Writer::new(&mut bytes));
        bytes
    }};
}

/// The bytes of the task's `flyteidl.admin.TaskSpec`: its template and its description.
///
/// ```
/// use flytekit::declare::{TaskDescriptor, encode_task_spec, task_spec_len};
/// const TASK: TaskDescriptor = TaskDescriptor { name: "app.add", ..TaskDescriptor::DEFAULT };
/// const LEN: usize = task_spec_len(&TASK);
/// static SPEC: [u8; LEN] = encode_task_spec(&TASK);
/// assert_eq!(SPEC[0], 0x0a);
/// ```
///
/// # Panics
///
/// If `N` is less than [`task_spec_len`].
pub const fn encode_task_spec<const N: usize>(task: &TaskDescriptor) -> [u8; N] {
    let mut bytes = [0; N];
    let mut w = Writer::new(&mut bytes);
    task_spec(&mut w, task);
    assert!(
        w.len() <= N,
        "a TaskSpec needs as many bytes as task_spec_len says"
    );
    bytes
}

/// Like [`encode_task_spec`], at run time.
pub(crate) fn task_spec_bytes(task: &TaskDescriptor) -> Vec<u8> {
    let mut bytes = vec![0; task_spec_len(task)];
    task_spec(&mut Writer::new(&mut bytes), task);
    bytes
}

/// The number of bytes of [`encode_task_spec`].
pub const fn task_spec_len(task: &TaskDescriptor) -> usize {
    let mut w = Writer::counting();
    task_spec(&mut w, task);
    w.len()
}

/// Writes the fields of `TaskSpec { template = 1, description = 2 }`.
pub(crate) const fn task_spec(w: &mut Writer<'_>, task: &TaskDescriptor) {
    if let Some(description) = task.encoded.description {
        w.raw(description);
    } else if !task.docs.is_empty() || task.args.are_described() {
        let end = w.len();
        template::description(w, task.docs);
        w.message(2, end);
    }

    let end = w.len();
    task_template(w, task);
    w.message(1, end);
}

/// `TaskTemplate`.
const fn task_template(w: &mut Writer<'_>, task: &TaskDescriptor) {
    if let Some(pod) = &task.pod_template {
        let end = w.len();
        encode_pod(w, pod, task);
        w.message(17, end);
        encode_strings(w, 16, &[("primary_container_name", pod.primary_container)]);
    }
    encode_strings(w, 16, task.config);
    extended_resources(w, 9, task.accelerator, task.shared_memory);
    security_context(w, task.secrets);
    if let Args::Map(_) = task.args {
        // `task_type_version`, with flytekit's value.
        w.int64(7, 1);
    }
    if task.pod_template.is_none() {
        let end = w.len();
        container(w, task);
        w.message(6, end);
    }
    if let Some(custom) = task.custom {
        w.bytes(5, custom.object);
    }
    let end = w.len();
    encode_interface(w, task.inputs, task.encoded.inputs, task.outputs);
    w.message(4, end);
    if let Some(metadata) = task.encoded.metadata {
        w.raw(metadata);
    } else {
        let end = w.len();
        metadata(w, task);
        w.message(3, end);
    }
    w.string_nonempty(2, task.task_type);
    let end = w.len();
    w.string_nonempty(4, task.name);
    w.int64(1, RESOURCE_TYPE_TASK);
    w.message(1, end);
}

/// `TaskMetadata`; labels and annotations are present even when empty.
const fn metadata(w: &mut Writer<'_>, task: &TaskDescriptor) {
    let end = w.len();
    encode_strings(w, 2, task.annotations);
    encode_strings(w, 1, task.labels);
    w.message(16, end);
    let cache = match &task.cache {
        None => None,
        Some(cache) => Some(template::Cache {
            version: cache.version,
            serialize: cache.serialize,
            ignore_inputs: cache.ignore_inputs,
        }),
    };
    let metadata = template::Metadata {
        retries: task.retries,
        timeout: task.timeout,
        cache,
        interruptible: task.interruptible,
        deprecated: optional(task.deprecated),
        pod_template_name: optional(task.pod_template_name),
        generates_deck: task.deck.is_some(),
    };
    metadata.encode(w);
}

/// `Container.args`, and `Container.command` for a program that does not use flytekit. This crate's
/// executable is the first of the args.
const fn args(w: &mut Writer<'_>, task: &TaskDescriptor) {
    match task.args {
        Args::Execute => {
            w.string(3, task.name);
            w.raw(&EXECUTE_ARGS);
            w.string(3, EXECUTE.0);
        }
        Args::ExecuteAt(path) => {
            w.string(3, task.name);
            w.raw(&EXECUTE_ARGS);
            w.string(3, path);
        }
        Args::Map(mapped) => {
            let end = w.len();
            names(w, mapped.lists);
            w.message(3, end);
            w.string(3, MAP);
            w.string(3, mapped.task);
            w.raw(&EXECUTE_ARGS);
            w.string(3, EXECUTE.0);
        }
        Args::Shim(executor) => {
            w.string(3, executor);
            w.raw(&SHIM_ARGS);
        }
        Args::Application(args) => arguments(w, 3, args),
        Args::Container(container) => {
            arguments(w, 3, container.args);
            arguments(w, 2, container.command);
        }
    }
}

/// Names, separated by commas.
pub(super) const fn names(w: &mut Writer<'_>, mut rest: &[&str]) {
    while let [before @ .., last] = rest {
        w.raw(last.as_bytes());
        if !before.is_empty() {
            w.raw(b",");
        }
        rest = before;
    }
}

/// A `repeated string`.
const fn arguments(w: &mut Writer<'_>, field: u32, mut rest: &[Arg]) {
    while let [before @ .., last] = rest {
        last.encode(w, field);
        rest = before;
    }
}

/// The args of the executable, without itself and the task's name, encoded once.
static EXECUTE_ARGS: [u8; measured!(execute_args)] = written!(execute_args);

const fn execute_args(w: &mut Writer<'_>) {
    template::strings(w, 3, &EXECUTE.1);
}

/// The args of a shim task, without the executor's name.
static SHIM_ARGS: [u8; measured!(shim_args)] = written!(shim_args);

const fn shim_args(w: &mut Writer<'_>) {
    template::strings(w, 3, &SHIM);
}

/// `Container`.
const fn container(w: &mut Writer<'_>, task: &TaskDescriptor) {
    if let Args::Container(container) = task.args {
        container.encode_data(w, 9);
    }
    match task.encoded.settings {
        Some(settings) => w.raw(settings),
        None => container_settings(w, task),
    }
    args(w, task);
    w.string_nonempty(1, optional(task.container_image));
}

/// The fields of `Container` after its args.
const fn container_settings(w: &mut Writer<'_>, task: &TaskDescriptor) {
    let mut rest = task.env;
    while let [before @ .., (name, value)] = rest {
        template::variable(w, name, value);
        rest = before;
    }
    template::resources(w, &task.requests.amounts(), &task.limits.amounts());
}

/// `SecurityContext.secrets`.
const fn security_context(w: &mut Writer<'_>, secrets: &[Secret]) {
    if secrets.is_empty() {
        return;
    }
    let context = w.len();
    let mut rest = secrets;
    while let [before @ .., secret] = rest {
        let end = w.len();
        w.string_nonempty(5, secret.env_var);
        w.int64_nonzero(4, secret.mount as i64);
        w.string_nonempty(3, secret.key);
        w.string_nonempty(2, secret.version);
        w.string_nonempty(1, secret.group);
        w.message(2, end);
        rest = before;
    }
    w.message(8, context);
}

/// `ExtendedResources` at `field`, if there are some.
pub(in crate::declare) const fn extended_resources(
    w: &mut Writer<'_>,
    field: u32,
    accelerator: Option<Accelerator>,
    shared_memory: Option<SharedMemory>,
) {
    if accelerator.is_none() && shared_memory.is_none() {
        return;
    }
    let extended = w.len();
    if let Some(shared_memory) = shared_memory {
        let end = w.len();
        w.string_nonempty(3, shared_memory.size_limit);
        w.string(2, "flyte-shared-memory");
        w.string(1, "/dev/shm");
        w.message(2, end);
    }
    if let Some(accelerator) = accelerator {
        let end = w.len();
        match accelerator.partition {
            Partition::Unspecified => {}
            Partition::Unpartitioned => w.bool(2, true),
            Partition::Size(size) => w.string(3, size),
        }
        w.string_nonempty(1, accelerator.device);
        w.message(1, end);
    }
    w.message(field, extended);
}

const fn optional(text: Option<&'static str>) -> &'static str {
    match text {
        Some(text) => text,
        None => "",
    }
}
