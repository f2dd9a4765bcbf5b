//! The messages of a `flyteidl.core.TaskTemplate` with a task's settings.
//!
//! The attribute encodes settings that are literals, which saves the compiler the evaluation; the runtime's
//! encoder, in const evaluation, encodes settings that are constants. Both use this code. The field numbers,
//! and the set of fields that are present even when empty, follow flyteidl 1.16.8, and flytekit 1.16.31 for
//! the same declaration. Everything is written from back to front (see [`Writer`]).

use core::time::Duration;

use crate::wire::Writer;

/// The flytekit release whose contract the templates follow; the backend reads offloaded literals
/// only for an SDK of at least 1.13.14.
pub const CONTRACT_VERSION: &str = "1.16.31";

/// The `RuntimeMetadata.type` of every SDK that may read offloaded literals.
const RUNTIME_FLYTE_SDK: i64 = 1;

/// The content of a `TaskMetadata`, except labels and annotations; an empty text means none.
#[derive(Clone, Copy, Debug)]
pub struct Metadata<'a> {
    /// The number of retries after recoverable failures.
    pub retries: u32,
    /// The timeout of one attempt.
    pub timeout: Option<Duration>,
    /// The reuse of results, if enabled.
    pub cache: Option<Cache<'a>>,
    /// Whether the task may run on preemptible machines.
    pub interruptible: Option<bool>,
    /// Why the task should no longer be used.
    pub deprecated: &'a str,
    /// The name of a `PodTemplate` in the cluster.
    pub pod_template_name: &'a str,
    /// Whether there is something to look at beside the outputs.
    pub generates_deck: bool,
}

/// Reuse of results.
#[derive(Clone, Copy, Debug)]
pub struct Cache<'a> {
    /// The version, which changes when old results must not be reused.
    pub version: &'a str,
    /// Whether only one of several equal concurrent runs executes.
    pub serialize: bool,
    /// Inputs that the cache ignores.
    pub ignore_inputs: &'a [&'a str],
}

impl Metadata<'_> {
    /// Writes the fields before labels and annotations; runtime, retries and deck are present even when
    /// empty.
    pub const fn encode(&self, w: &mut Writer<'_>) {
        let end = w.len();
        w.bool_true(1, self.generates_deck);
        w.message(15, end);
        if let Some(cache) = &self.cache {
            strings(w, 13, cache.ignore_inputs);
        }
        w.string_nonempty(12, self.pod_template_name);
        if let Some(cache) = &self.cache {
            w.bool_true(9, cache.serialize);
        }
        if let Some(interruptible) = self.interruptible {
            w.bool(8, interruptible);
        }
        w.string_nonempty(7, self.deprecated);
        if let Some(cache) = &self.cache {
            w.string_nonempty(6, cache.version);
        }

        let end = w.len();
        w.int64_nonzero(5, self.retries as i64);
        w.message(5, end);

        if let Some(timeout) = self.timeout {
            let end = w.len();
            w.int64_nonzero(2, timeout.subsec_nanos() as i64);
            w.int64_nonzero(1, timeout.as_secs().cast_signed());
            w.message(4, end);
        }

        let end = w.len();
        w.string(3, "rust");
        w.string(2, CONTRACT_VERSION);
        w.int64(1, RUNTIME_FLYTE_SDK);
        w.message(2, end);
        w.bool_true(1, self.cache.is_some());
    }
}

/// Writes an entry of a `map<string, string>` at `field`, or a `KeyValuePair`, which has the same fields.
pub const fn entry(w: &mut Writer<'_>, field: u32, key: &str, value: &str) {
    let end = w.len();
    w.string_nonempty(2, value);
    w.string_nonempty(1, key);
    w.message(field, end);
}

/// `Container.env`: writes one variable.
pub const fn variable(w: &mut Writer<'_>, name: &str, value: &str) {
    entry(w, 5, name, value);
}

/// Quantities of CPU, memory, GPUs and disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Amounts<'a> {
    /// Cores.
    pub cpu: Option<&'a str>,
    /// Memory.
    pub mem: Option<&'a str>,
    /// GPUs.
    pub gpu: Option<&'a str>,
    /// Disk.
    pub ephemeral_storage: Option<&'a str>,
}

impl Amounts<'_> {
    /// Writes the amounts as `Resources.requests` (1) or `.limits` (2), in flytekit's order.
    const fn encode(&self, w: &mut Writer<'_>, field: u32) {
        amount(w, field, 3, self.mem);
        amount(w, field, 2, self.gpu);
        amount(w, field, 1, self.cpu);
        amount(w, field, 5, self.ephemeral_storage);
    }
}

/// `ResourceEntry { name = 1, value = 2 }`.
const fn amount(w: &mut Writer<'_>, field: u32, name: i64, quantity: Option<&str>) {
    if let Some(quantity) = quantity {
        let end = w.len();
        w.string(2, quantity);
        w.int64(1, name);
        w.message(field, end);
    }
}

/// Writes `Container.resources`, which is present even when empty.
pub const fn resources(w: &mut Writer<'_>, requests: &Amounts<'_>, limits: &Amounts<'_>) {
    let end = w.len();
    limits.encode(w, 2);
    requests.encode(w, 1);
    w.message(4, end);
}

/// A `repeated string`.
pub const fn strings(w: &mut Writer<'_>, field: u32, values: &[&str]) {
    let mut rest = values;
    while let [before @ .., last] = rest {
        w.string(field, last);
        rest = before;
    }
}

/// The `Description.format` of Rust's doc comments.
const FORMAT_MARKDOWN: i64 = 1;

/// Writes the fields of a `DescriptionEntity`: the first paragraph of the doc comment is the short
/// description.
pub const fn description(w: &mut Writer<'_>, docs: &str) {
    let (short, long) = split_paragraph(docs);
    let end = w.len();
    w.int64(3, FORMAT_MARKDOWN);
    w.string_nonempty(1, long);
    w.message(3, end);
    w.string_nonempty(2, short);
}

/// Splits `"One.\n\nTwo.\nThree."` into `("One.", "Two.\nThree.")`.
const fn split_paragraph(docs: &str) -> (&str, &str) {
    let bytes = docs.as_bytes();
    let mut index = 0;
    while index + 1 < bytes.len() {
        if bytes[index] == b'\n' && bytes[index + 1] == b'\n' {
            let (short, rest) = docs.split_at(index);
            let (_, long) = rest.split_at(2);
            return (short, long);
        }
        index += 1;
    }
    (docs, "")
}
