//! A task whose target is a pod: the user's `PodSpec` with the task put into its primary container.
//!
//! As in flytekit 1.16.31, the primary container keeps its other members, and gets the task's args, the
//! task's command (empty except for raw containers), the task's env before its own, the task's resources
//! instead of its own if the task has any, and the task's image unless it has one.

use super::args::{Arg, Args, EXECUTE, MAP, SHIM};
use super::encode::names;
use super::{PodTemplate, RawContainer, Resources, TaskDescriptor};
use crate::declare::json::{Json, encode_strings, encode_struct, encode_value};
use crate::declare::sorted::{Merged, compare};
use crate::wire::Writer;
use core::cmp::Ordering;

type Members<'a> = &'a [(&'a str, Json<'a>)];

/// The members of the primary container that the task decides, sorted.
const OWN: [(&str, Json<'static>); 6] = [
    ("args", Json::Null),
    ("command", Json::Null),
    ("env", Json::Null),
    ("image", Json::Null),
    ("name", Json::Null),
    ("resources", Json::Null),
];

/// Writes the fields of `K8sPod { metadata = 1, pod_spec = 2, data_config = 3 }`.
pub(in crate::declare) const fn encode_pod(
    w: &mut Writer<'_>,
    pod: &PodTemplate,
    task: &TaskDescriptor,
) {
    if let Args::Container(container) = task.args {
        container.encode_data(w, 3);
    }
    let end = w.len();
    pod_spec(w, pod, task);
    w.message(2, end);
    let end = w.len();
    encode_strings(w, 2, pod.annotations);
    encode_strings(w, 1, pod.labels);
    w.message(1, end);
}

/// Writes a pod of an engine's job as members of a `Struct`: the JSON form of `K8sPod`, like flytekit.
pub(in crate::declare) const fn encode_job_pod(w: &mut Writer<'_>, pod: &PodTemplate) {
    let name = Json::String(pod.primary_container);
    encode_struct(w, &[("primaryContainerName", name)]);
    let (entry, spec) = (w.len(), w.len());
    job_pod_spec(w, pod.spec);
    w.message(5, spec);
    w.message(2, spec);
    close_entry(w, "podSpec", entry);
    let members = &[
        ("annotations", Json::strings_nonempty(pod.annotations)),
        ("labels", Json::strings_nonempty(pod.labels)),
    ];
    encode_struct(w, &[("metadata", Json::Object(members))]);
}

/// Writes the members of the `PodSpec` as they are, and an empty list of containers if they are missing.
const fn job_pod_spec(w: &mut Writer<'_>, spec: Members<'_>) {
    const NO_CONTAINERS: Members<'static> = &[("containers", Json::Array(&[]))];
    let mut keys = Merged::of(spec, NO_CONTAINERS);
    while let Some(key) = keys.next() {
        let containers = matches!(compare(key, "containers"), Ordering::Equal);
        if containers && member(spec, key).is_none() {
            encode_struct(w, NO_CONTAINERS);
        } else {
            given_member(w, spec, key);
        }
    }
}

/// Whether a container has this name; the primary container exists even if `spec` does not name it.
pub(super) const fn has_container(pod: &PodTemplate, name: &str) -> bool {
    if matches!(compare(pod.primary_container, name), Ordering::Equal) {
        return true;
    }
    let Some(Json::Array(containers)) = member(pod.spec, "containers") else {
        return false;
    };
    let mut rest = containers;
    while let [first, after @ ..] = rest {
        if is_named(first, name) {
            return true;
        }
        rest = after;
    }
    false
}

/// Writes the members of the `PodSpec`, including `containers`, even if the user set none.
const fn pod_spec(w: &mut Writer<'_>, pod: &PodTemplate, task: &TaskDescriptor) {
    const CONTAINERS: Members<'static> = &[("containers", Json::Null)];
    let mut keys = Merged::of(pod.spec, CONTAINERS);
    while let Some(key) = keys.next() {
        if matches!(compare(key, "containers"), Ordering::Equal) {
            let given = match member(pod.spec, key) {
                Some(Json::Array(containers)) => containers,
                Some(_) => panic!("`containers` of a pod template must be a list"),
                None => &[],
            };
            let entry = w.len();
            containers(w, given, pod.primary_container, task);
            close_entry(w, key, entry);
        } else {
            given_member(w, pod.spec, key);
        }
    }
}

/// Writes the value of `containers`: the given containers, with the primary container changed, or added at
/// the end.
const fn containers(w: &mut Writer<'_>, given: &[Json<'_>], primary: &str, task: &TaskDescriptor) {
    let (value, list) = (w.len(), w.len());
    let mut found = false;
    let mut rest = given;
    while let [first, after @ ..] = rest {
        found |= is_named(first, primary);
        rest = after;
    }
    if !found {
        primary_container(w, &[], primary, task);
    }
    let mut rest = given;
    while let [before @ .., last] = rest {
        match last {
            Json::Object(members) if is_named(last, primary) => {
                primary_container(w, members, primary, task);
            }
            Json::Object(_) => encode_value(w, 1, last),
            _ => panic!("each of `containers` of a pod template must be an object"),
        }
        rest = before;
    }
    w.message(6, list);
    w.message(2, value);
}

const fn is_named(container: &Json<'_>, name: &str) -> bool {
    match container {
        Json::Object(members) => match member(members, "name") {
            Some(Json::String(found)) => matches!(compare(found, name), Ordering::Equal),
            _ => false,
        },
        _ => false,
    }
}

/// Writes the primary container as an element of the list.
const fn primary_container(
    w: &mut Writer<'_>,
    given: Members<'_>,
    name: &str,
    task: &TaskDescriptor,
) {
    let (value, object) = (w.len(), w.len());
    let mut keys = Merged::of(given, &OWN);
    while let Some(key) = keys.next() {
        let entry = w.len();
        match key.as_bytes() {
            b"args" => args(w, task),
            b"command" => command(w, task),
            b"env" => env(w, given, task),
            b"name" => encode_value(w, 2, &Json::String(name)),
            b"resources" => resources(w, given, &task.requests, &task.limits),
            b"image" => image(w, given, task.container_image),
            _ => {
                given_member(w, given, key);
                continue;
            }
        }
        if w.len() > entry {
            close_entry(w, key, entry);
        }
    }
    w.message(5, object);
    w.message(1, value);
}

/// The container's args, as a list value; nothing for a program in another language without args, like
/// flytekit.
const fn args(w: &mut Writer<'_>, task: &TaskDescriptor) {
    if let Args::Container(RawContainer { args: [], .. }) = task.args {
        return;
    }
    let (value, list) = (w.len(), w.len());
    match task.args {
        Args::Execute => execute(w, EXECUTE.0, task.name),
        Args::ExecuteAt(path) => execute(w, path, task.name),
        Args::Map(mapped) => {
            let (value, text) = (w.len(), w.len());
            names(w, mapped.lists);
            w.message(3, text);
            w.message(1, value);
            encode_value(w, 1, &Json::String(MAP));
            execute(w, EXECUTE.0, mapped.task);
        }
        Args::Shim(executor) => words(w, &SHIM, executor),
        Args::Application(rest) => list_of(w, rest),
        Args::Container(container) => list_of(w, container.args),
    }
    w.message(6, list);
    w.message(2, value);
}

/// The executable at a path, and its args.
const fn execute(w: &mut Writer<'_>, path: &str, task: &str) {
    words(w, &EXECUTE.1, task);
    encode_value(w, 1, &Json::String(path));
}

/// The texts of the list; the last one is separate.
const fn words(w: &mut Writer<'_>, mut before: &[&str], last: &str) {
    encode_value(w, 1, &Json::String(last));
    while let [rest @ .., last] = before {
        encode_value(w, 1, &Json::String(last));
        before = rest;
    }
}

/// The container's command, as a list value: empty if the program is the first of the args.
const fn command(w: &mut Writer<'_>, task: &TaskDescriptor) {
    let (value, list) = (w.len(), w.len());
    if let Args::Container(container) = task.args {
        list_of(w, container.command);
    }
    w.message(6, list);
    w.message(2, value);
}

/// The elements of a list.
const fn list_of(w: &mut Writer<'_>, mut rest: &[Arg]) {
    while let [before @ .., last] = rest {
        arg(w, *last);
        rest = before;
    }
}

/// An element of the list.
const fn arg(w: &mut Writer<'_>, arg: Arg) {
    let end = w.len();
    arg.encode(w, 3);
    w.message(1, end);
}

/// The task's environment, then the template's.
const fn env(w: &mut Writer<'_>, given: Members<'_>, task: &TaskDescriptor) {
    let (value, list) = (w.len(), w.len());
    if let Some(Json::Array(items)) = member(given, "env") {
        let mut rest = items;
        while let [before @ .., last] = rest {
            encode_value(w, 1, last);
            rest = before;
        }
    }
    let mut rest = task.env;
    while let [before @ .., (name, text)] = rest {
        let pair = [("name", Json::String(name)), ("value", Json::String(text))];
        encode_value(w, 1, &Json::Object(&pair));
        rest = before;
    }
    w.message(6, list);
    w.message(2, value);
}

/// The task's resources if it has any, else the template's.
const fn resources(
    w: &mut Writer<'_>,
    given: Members<'_>,
    requests: &Resources,
    limits: &Resources,
) {
    if requests.is_empty() && limits.is_empty() {
        if let Some(own) = member(given, "resources") {
            encode_value(w, 2, &own);
        }
        return;
    }
    let (requests, limits) = (quantities(requests), quantities(limits));
    let both = [
        ("limits", Json::Object(&limits)),
        ("requests", Json::Object(&requests)),
    ];
    encode_value(w, 2, &Json::Object(&both));
}

/// The quantities, with plain `gpu`, which the backend renames to its configured resource.
const fn quantities<'a>(resources: &Resources) -> [(&'a str, Json<'a>); 4] {
    [
        ("cpu", Json::optional(resources.cpu)),
        (
            "ephemeral-storage",
            Json::optional(resources.ephemeral_storage),
        ),
        ("gpu", Json::optional(resources.gpu)),
        ("memory", Json::optional(resources.mem)),
    ]
}

/// The template's image if it has one, else the task's; without both, registration sets it.
const fn image(w: &mut Writer<'_>, given: Members<'_>, task_image: Option<&str>) {
    match (member(given, "image"), task_image) {
        (Some(image), _) => encode_value(w, 2, &image),
        (None, Some(image)) => encode_value(w, 2, &Json::String(image)),
        (None, None) => {}
    }
}

/// Writes the user's member `key` as it is.
const fn given_member(w: &mut Writer<'_>, given: Members<'_>, key: &str) {
    if let Some(value) = member(given, key) {
        encode_struct(w, &[(key, value)]);
    }
}

/// Closes the entry of a `Struct` whose value was written since `entry`.
const fn close_entry(w: &mut Writer<'_>, key: &str, entry: usize) {
    w.string(1, key);
    w.message(1, entry);
}

/// The value of the last member `key` that is not absent.
const fn member<'a>(members: Members<'a>, key: &str) -> Option<Json<'a>> {
    let mut rest = members;
    while let [before @ .., (name, value)] = rest {
        if matches!(compare(name, key), Ordering::Equal) && !matches!(value, Json::Absent) {
            return Some(*value);
        }
        rest = before;
    }
    None
}
