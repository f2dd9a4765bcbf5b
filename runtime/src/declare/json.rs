//! JSON in const context, for the parts of a template that are a `google.protobuf.Struct`.

use core::cmp::Ordering;

use super::sorted::{Descending, Keys, compare};
use super::task::pod::encode_job_pod;
use super::{PodTemplate, Resources, encoded};
use crate::wire::Writer;

/// A JSON value that can be built in const evaluation and borrowed from local values.
///
/// ```
/// use flytekit::declare::Json;
/// const WORKERS: Json<'static> = Json::Object(&[
///     ("count", Json::Number(4.0)),
///     ("image", Json::Absent), // left out
/// ]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Json<'a> {
    /// No value: a member of an object that is left out.
    Absent,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; protobuf's `Value` knows doubles only.
    Number(f64),
    /// Text.
    String(&'a str),
    /// A list. An [`Json::Absent`] element becomes `null`.
    Array(&'a [Json<'a>]),
    /// An object, written sorted by key. If a key occurs twice, the last one wins.
    Object(&'a [(&'a str, Json<'a>)]),
    /// An object, and a member `default` in it.
    WithDefault(&'a Json<'a>, &'a Json<'a>),
    /// The JSON schema of a value that fits one of these; with `true` also `null`.
    AnyOf(&'a [Json<'a>], bool),
    /// Like [`Json::AnyOf`], with encoded schemas: the `values` of a `google.protobuf.ListValue`.
    AnyOfEncoded(&'a [u8], bool),
    /// An encoded object: a `google.protobuf.Struct`, sorted by key.
    Encoded(&'a [u8]),
    /// An object of strings, as configurations are.
    Strings(&'a [(&'a str, &'a str)]),
    /// A pod of an engine, in the JSON form of `flyteidl.core.K8sPod`: `metadata`, `podSpec` and
    /// `primaryContainerName`.
    Pod(&'a PodTemplate),
    /// The requests and limits of a pod of an engine, in the JSON form of `flyteidl.core.Resources`.
    Resources {
        /// The requested resources.
        requests: &'a Resources,
        /// The maximum resources.
        limits: &'a Resources,
    },
}

impl<'a> Json<'a> {
    /// Text, or absent for `None`.
    pub const fn optional(text: Option<&'a str>) -> Self {
        match text {
            Some(text) => Json::String(text),
            None => Json::Absent,
        }
    }

    /// A pod, or absent for `None`.
    pub const fn optional_pod(pod: Option<&'a PodTemplate>) -> Self {
        match pod {
            Some(pod) => Json::Pod(pod),
            None => Json::Absent,
        }
    }

    /// An object of strings, or absent if it is empty.
    pub const fn strings_nonempty(entries: &'a [(&'a str, &'a str)]) -> Self {
        if entries.is_empty() {
            Json::Absent
        } else {
            Json::Strings(entries)
        }
    }
}

/// A JSON schema that depends on no other type, encoded where it is declared.
macro_rules! schema {
    ($json:expr) => {
        $crate::declare::Json::Encoded($crate::declare::encoded!(|w| {
            $crate::declare::encode_object(w, &$json)
        }))
    };
}
pub(crate) use schema;

/// Converts a constant to a JSON value by its type, which no trait can do in const context:
/// `JsonLeaf(EXPR).json()`.
///
/// ```
/// use flytekit::declare::{Json, JsonLeaf};
/// const REPLICAS: u32 = 3;
/// const LEAF: Json<'static> = JsonLeaf(REPLICAS).json();
/// assert_eq!(LEAF, Json::Number(3.0));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct JsonLeaf<T>(pub T);

macro_rules! leaves {
    ($($type:ty: |$value:ident| $json:expr;)+) => {$(
        impl JsonLeaf<$type> {
            /// The value as JSON.
            pub const fn json(self) -> Json<'static> {
                let $value = self.0;
                $json
            }
        }
    )+};
}

leaves! {
    Json<'static>: |json| json;
    &'static str: |text| Json::String(text);
    bool: |truth| Json::Bool(truth);
    f64: |number| Json::Number(number);
    f32: |number| Json::Number(number as f64);
    i8: |number| Json::Number(number as f64);
    i16: |number| Json::Number(number as f64);
    i32: |number| Json::Number(number as f64);
    u8: |number| Json::Number(number as f64);
    u16: |number| Json::Number(number as f64);
    u32: |number| Json::Number(number as f64);
    i64: |number| Json::Number(exact(number as i128));
    u64: |number| Json::Number(exact(number as i128));
    usize: |number| Json::Number(exact(number as i128));
    &'static [Json<'static>]: |items| Json::Array(items);
    &'static [(&'static str, Json<'static>)]: |members| Json::Object(members);
    &'static [(&'static str, &'static str)]: |entries| Json::Strings(entries);
}

/// A whole number as a double. Stops the build if a double cannot represent it.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "that is what is checked"
)]
const fn exact(number: i128) -> f64 {
    let double = number as f64;
    assert!(
        double as i128 == number,
        "this number is too large: the template keeps numbers as doubles"
    );
    double
}

/// Writes the fields of a `google.protobuf.Struct`.
pub(crate) const fn encode_struct(w: &mut Writer<'_>, members: &[(&str, Json<'_>)]) {
    let keys = Keys::Entries(members);
    let mut order = Descending::of(&keys);
    while let Some(index) = order.next(&keys) {
        let (key, value) = members[index];
        encode_member(w, key, &value);
    }
}

/// Writes the members of a `Struct`, and one additional member.
const fn encode_with(w: &mut Writer<'_>, members: &[(&str, Json<'_>)], more: (&str, Json<'_>)) {
    let (name, json) = more;
    let mut missing = true;
    let keys = Keys::Entries(members);
    let mut order = Descending::of(&keys);
    while let Some(index) = order.next(&keys) {
        let (key, value) = members[index];
        if missing && matches!(compare(key, name), Ordering::Less) {
            encode_member(w, name, &json);
            missing = false;
        }
        encode_member(w, key, &value);
    }
    if missing {
        encode_member(w, name, &json);
    }
}

/// Writes a member of a `Struct`, unless it is absent.
const fn encode_member(w: &mut Writer<'_>, key: &str, value: &Json<'_>) {
    if !matches!(value, Json::Absent) {
        let end = w.len();
        encode_value(w, 2, value);
        w.string_nonempty(1, key);
        w.message(1, end);
    }
}

/// Writes the fields of a `Struct` with a schema.
pub(crate) const fn encode_object(w: &mut Writer<'_>, object: &Json<'_>) {
    match object {
        Json::Object(members) => encode_struct(w, members),
        Json::Strings(entries) => encode_string_struct(w, entries),
        Json::Encoded(members) => w.raw(members),
        Json::AnyOf(variants, or_null) => encode_any_of(w, variants, &[], *or_null),
        Json::AnyOfEncoded(variants, or_null) => encode_any_of(w, &[], variants, *or_null),
        Json::WithDefault(Json::Object(members), default) => {
            encode_with(w, members, ("default", **default));
        }
        // Sorted: `format` and `type` come after `default`.
        Json::WithDefault(Json::Strings(entries), default) => {
            encode_string_struct(w, entries);
            encode_member(w, "default", default);
        }
        Json::WithDefault(Json::Encoded(members), default) => {
            let (below, above) = split_at_key(members, "default");
            w.raw(above);
            encode_member(w, "default", default);
            w.raw(below);
        }
        // Sorted: `anyOf` comes before `default`.
        Json::WithDefault(any_of @ (Json::AnyOf(..) | Json::AnyOfEncoded(..)), default) => {
            encode_member(w, "default", default);
            encode_object(w, any_of);
        }
        _ => panic!("a JSON schema is an object"),
    }
}

/// The entries of a `Struct` with keys below this one, and the others.
const fn split_at_key<'a>(entries: &'a [u8], key: &str) -> (&'a [u8], &'a [u8]) {
    let mut at = 0;
    while at < entries.len() {
        // The tag and the length of the entry, then those of its key, which is present unless it is empty.
        let (length, entry) = length_at(entries, at + 1);
        let (key_length, key_at) = length_at(entries, entry + 1);
        let (_, from_key) = entries.split_at(key_at);
        if entries[entry] == KEY_TAG && !is_below(from_key.split_at(key_length).0, key) {
            break;
        }
        at = entry + length;
    }
    entries.split_at(at)
}

/// The tag of `key` in an entry of a map.
const KEY_TAG: u8 = 1 << 3 | 2;

/// The length at this offset, and the offset of its content.
const fn length_at(bytes: &[u8], mut at: usize) -> (usize, usize) {
    let (mut length, mut shift) = (0, 0);
    loop {
        let byte = bytes[at] as usize;
        at += 1;
        length |= (byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return (length, at);
        }
    }
}

const fn is_below(bytes: &[u8], key: &str) -> bool {
    match core::str::from_utf8(bytes) {
        Ok(text) => matches!(compare(text, key), Ordering::Less),
        Err(_) => panic!("a key is UTF-8"),
    }
}

/// The schema of `null`, as an item of `anyOf`. It is not encoded by [`encode_value`], which needs this
/// constant: an optimizing compiler sees a cycle there.
const NULL_SCHEMA: &[u8] = encoded!(|w| {
    w.string(3, "null");
    w.message(2, 0);
    w.string(1, "type");
    w.message(1, 0);
    w.message(5, 0);
    w.message(1, 0);
});

const fn encode_any_of(w: &mut Writer<'_>, variants: &[Json<'_>], more: &[u8], or_null: bool) {
    let (member, list) = (w.len(), w.len());
    if or_null {
        w.raw(NULL_SCHEMA);
    }
    w.raw(more);
    encode_items(w, variants);
    w.message(6, list);
    w.message(2, list);
    w.string(1, "anyOf");
    w.message(1, member);
}

/// Room for the tag and the length of a field below 16 whose content is shorter than 256 MiB.
pub(crate) const PREFIX_ROOM: usize = 5;

/// Room for the output of [`encode_any_of`] around the schemas.
const ANY_OF_ROOM: usize = NULL_SCHEMA.len() + "anyOf".len() + 4 * PREFIX_ROOM;

/// Room for the bytes of a `google.protobuf.Value` with its prefix: for most types, this is cheaper in const
/// evaluation than counting the bytes.
pub(crate) const fn value_room(value: &Json<'_>) -> usize {
    match value {
        Json::Encoded(bytes) => return bytes.len() + 2 * PREFIX_ROOM,
        Json::AnyOfEncoded(bytes, _) => return bytes.len() + ANY_OF_ROOM + 2 * PREFIX_ROOM,
        _ => {}
    }
    let mut counting = Writer::counting();
    encode_value(&mut counting, 1, value);
    counting.len()
}

/// JSON of a type with a parameter, encoded once per type, because there are many fields and few types. The
/// size of a constant cannot depend on a type's parameter, so this is for short JSON.
#[derive(Clone, Copy)]
pub(crate) struct Short {
    room: [u8; Short::ROOM],
    len: usize,
}

impl Short {
    const ROOM: usize = 192;

    /// The fields of a `google.protobuf.Struct`.
    pub(crate) const fn object(object: &Json<'_>) -> Self {
        let mut room = [0; Short::ROOM];
        let mut w = Writer::new(&mut room);
        encode_object(&mut w, object);
        let len = w.len();
        Short { room, len }
    }

    /// The `values` of a `google.protobuf.ListValue`.
    pub(crate) const fn items(items: &[Json<'_>]) -> Self {
        let mut room = [0; Short::ROOM];
        let mut w = Writer::new(&mut room);
        encode_items(&mut w, items);
        let len = w.len();
        Short { room, len }
    }

    /// The bytes, unless there are too many.
    pub(crate) const fn bytes(&self) -> Option<&[u8]> {
        match Short::ROOM.checked_sub(self.len) {
            Some(unused) => Some(self.room.split_at(unused).1),
            None => None,
        }
    }
}

/// Writes the values of a `ListValue`.
pub(crate) const fn encode_items(w: &mut Writer<'_>, items: &[Json<'_>]) {
    let mut rest = items;
    while let [before @ .., last] = rest {
        encode_value(w, 1, last);
        rest = before;
    }
}

/// Writes a `map<string, string>` at `field`, sorted by key.
pub(crate) const fn encode_strings(w: &mut Writer<'_>, field: u32, entries: &[(&str, &str)]) {
    let keys = Keys::Entries(entries);
    let mut order = Descending::of(&keys);
    while let Some(index) = order.next(&keys) {
        let (key, value) = entries[index];
        let end = w.len();
        w.string_nonempty(2, value);
        w.string_nonempty(1, key);
        w.message(field, end);
    }
}

/// Writes a `google.protobuf.Value` at `field`.
pub(crate) const fn encode_value(w: &mut Writer<'_>, field: u32, value: &Json<'_>) {
    let end = w.len();
    match value {
        Json::Absent | Json::Null => w.int64(1, 0),
        Json::Number(number) => w.double(2, *number),
        Json::String(text) => w.string(3, text),
        Json::Bool(truth) => w.bool(4, *truth),
        Json::Object(members) => {
            let inner = w.len();
            encode_struct(w, members);
            w.message(5, inner);
        }
        Json::WithDefault(..) | Json::AnyOf(..) | Json::AnyOfEncoded(..) | Json::Encoded(_) => {
            let inner = w.len();
            encode_object(w, value);
            w.message(5, inner);
        }
        Json::Strings(entries) => {
            let inner = w.len();
            encode_string_struct(w, entries);
            w.message(5, inner);
        }
        Json::Pod(pod) => {
            let inner = w.len();
            encode_job_pod(w, pod);
            w.message(5, inner);
        }
        Json::Resources { requests, limits } => {
            let inner = w.len();
            encode_entries(w, "requests", requests);
            encode_entries(w, "limits", limits);
            w.message(5, inner);
        }
        Json::Array(items) => {
            let inner = w.len();
            encode_items(w, items);
            w.message(6, inner);
        }
    }
    w.message(field, end);
}

/// Writes the fields of a `Struct` whose values are all strings.
const fn encode_string_struct(w: &mut Writer<'_>, entries: &[(&str, &str)]) {
    let keys = Keys::Entries(entries);
    let mut order = Descending::of(&keys);
    while let Some(index) = order.next(&keys) {
        let (key, value) = entries[index];
        let end = w.len();
        encode_value(w, 2, &Json::String(value));
        w.string_nonempty(1, key);
        w.message(1, end);
    }
}

/// Writes a list of `flyteidl.core.Resources` as a member of a `Struct`, in flytekit's order; an
/// empty one is left out.
const fn encode_entries(w: &mut Writer<'_>, key: &str, resources: &Resources) {
    if resources.is_empty() {
        return;
    }
    let (member, list) = (w.len(), w.len());
    encode_entry(w, "EPHEMERAL_STORAGE", resources.ephemeral_storage);
    encode_entry(w, "GPU", resources.gpu);
    encode_entry(w, "MEMORY", resources.mem);
    encode_entry(w, "CPU", resources.cpu);
    w.message(6, list);
    w.message(2, list);
    w.string_nonempty(1, key);
    w.message(1, member);
}

/// Writes a `ResourceEntry` as an element of a list.
const fn encode_entry(w: &mut Writer<'_>, name: &str, quantity: Option<&str>) {
    if let Some(quantity) = quantity {
        encode_value(w, 1, &Json::Strings(&[("name", name), ("value", quantity)]));
    }
}
