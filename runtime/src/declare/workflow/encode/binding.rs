//! `Binding`, `BindingData` and the literals of constants in them.

use super::super::{Binding, Constant, Promise, Step};
use super::object::object;
use super::typed::{element, member};
use crate::declare::LiteralType;
use crate::wire::Writer;

/// Writes `Binding { var = 1, binding = 2 }` at `field`.
pub(super) const fn binding(
    w: &mut Writer<'_>,
    field: u32,
    variable: &str,
    literal_type: &LiteralType,
    value: &Binding<'_>,
) {
    let end = w.len();
    if let Binding::Encoded(encoded) = value {
        w.raw(encoded);
        return named(w, field, variable, end);
    }
    data(w, Form::Binding, literal_type, value);
    bound(w, field, variable, end);
}

/// Like [`binding`], for a promise, whose type is known at its origin.
pub(super) const fn promised(
    w: &mut Writer<'_>,
    field: u32,
    variable: &str,
    promise: &Promise<'_>,
) {
    let end = w.len();
    output_reference(w, promise);
    bound(w, field, variable, end);
}

/// A `Binding` at `field`, whose data was written since `end`.
const fn bound(w: &mut Writer<'_>, field: u32, variable: &str, end: usize) {
    w.message(2, end);
    named(w, field, variable, end);
}

/// A `Binding` at `field`, whose field `binding` was written since `end`.
const fn named(w: &mut Writer<'_>, field: u32, variable: &str, end: usize) {
    w.string_nonempty(1, variable);
    w.message(field, end);
}

/// The fields of `BindingData`, or of `Literal`.
const fn data(w: &mut Writer<'_>, form: Form, literal_type: &LiteralType, value: &Binding<'_>) {
    match (value, form) {
        (Binding::Constant(_) | Binding::Object(_), _) => write_scalar(w, literal_type, value),
        (Binding::Promise(promise), Form::Binding) => output_reference(w, promise),
        (Binding::Encoded(_), Form::Binding) => panic!("an encoded promise is the whole value"),
        (Binding::Promise(_) | Binding::Encoded(_), Form::Literal) => {
            panic!("a launch plan takes no value of a node")
        }
        (Binding::List(values), _) => list(w, form, element(literal_type, value), values),
        (Binding::Map(entries), _) => map(w, form, member(literal_type, value), entries),
    }
}

/// Writes a constant as a field of `BindingData` or `Literal`, which have the same field.
pub(crate) const fn write_constant(
    w: &mut Writer<'_>,
    literal_type: &LiteralType,
    constant: &Constant<'_>,
) {
    write_scalar(w, literal_type, &Binding::Constant(*constant));
}

/// Writes a value that is neither a list nor a map.
const fn write_scalar(w: &mut Writer<'_>, literal_type: &LiteralType, value: &Binding<'_>) {
    let end = w.len();
    scalar(w, literal_type, value);
    w.message(1, end);
}

/// The message of an input's value.
#[derive(Clone, Copy)]
enum Form {
    /// `BindingData { scalar = 1, collection = 2, promise = 3, map = 4 }`.
    Binding,
    /// `Literal { scalar = 1, collection = 2, map = 3 }`.
    Literal,
}

/// The fields of `Literal`, for a known value.
pub(crate) const fn literal(w: &mut Writer<'_>, literal_type: &LiteralType, value: &Binding<'_>) {
    let LiteralType::Union(union) = literal_type else {
        return data(w, Form::Literal, literal_type, value);
    };
    if matches!(value, Binding::Constant(_) | Binding::Object(_)) {
        return data(w, Form::Literal, literal_type, value);
    }
    // Unlike in a binding, a list or map in a literal has its type beside it.
    let Some(chosen) = value.variant_of(union) else {
        panic!("a list or map has none of the types of its input");
    };
    let all = w.len();
    chosen.encode(w);
    w.message(2, all);
    let end = w.len();
    literal(w, &chosen.literal_type, value);
    w.message(1, end);
    w.message(9, all);
    w.message(1, all);
}

/// `collection`, which has the same number in both messages.
const fn list(w: &mut Writer<'_>, form: Form, element: &LiteralType, values: &[Binding<'_>]) {
    let all = w.len();
    let mut rest = values;
    while let [before @ .., last] = rest {
        let end = w.len();
        part(w, form, element, last);
        w.message(1, end);
        rest = before;
    }
    w.message(2, all);
}

/// `map`, sorted by key.
const fn map(
    w: &mut Writer<'_>,
    form: Form,
    member: &LiteralType,
    entries: &[(&str, Binding<'_>)],
) {
    use crate::declare::sorted::{Descending, Keys};

    let all = w.len();
    let keys = Keys::Entries(entries);
    let mut order = Descending::of(&keys);
    while let Some(index) = order.next(&keys) {
        let (key, value) = &entries[index];
        let entry = w.len();
        part(w, form, member, value);
        w.message(2, entry);
        w.string_nonempty(1, key);
        w.message(1, entry);
    }
    let field = match form {
        Form::Binding => 4,
        Form::Literal => 3,
    };
    w.message(field, all);
}

/// An item of a list, or a value of a map.
const fn part(w: &mut Writer<'_>, form: Form, literal_type: &LiteralType, value: &Binding<'_>) {
    match form {
        Form::Binding => data(w, form, literal_type, value),
        Form::Literal => literal(w, literal_type, value),
    }
}

/// `BindingData.promise`.
pub(super) const fn output_reference(w: &mut Writer<'_>, promise: &Promise<'_>) {
    let end = w.len();
    let mut rest = promise.path;
    while let [before @ .., last] = rest {
        let step = w.len();
        match last {
            Step::Field(name) => w.string(1, name),
            Step::Index(index) => w.int64(2, *index as i64),
        }
        w.message(3, step);
        rest = before;
    }
    w.string_nonempty(2, promise.variable);
    w.string_nonempty(1, promise.node);
    w.message(3, end);
}

/// The fields of `Scalar`.
const fn scalar(w: &mut Writer<'_>, literal_type: &LiteralType, value: &Binding<'_>) {
    if let Binding::Constant(Constant::Scalar(bytes)) = value {
        return w.raw(bytes);
    }
    if let LiteralType::Union(union) = literal_type {
        let Some(chosen) = value.variant_of(union) else {
            panic!("a constant has none of the types of its input");
        };
        let end = w.len();
        chosen.encode(w);
        w.message(2, end);
        let (around, content) = (w.len(), w.len());
        scalar(w, &chosen.literal_type, value);
        w.message(1, content);
        w.message(1, around);
        return w.message(9, end);
    }
    assert!(
        value.fits(literal_type),
        "a constant does not have the type of its input"
    );
    let end = w.len();
    match (value, literal_type) {
        (Binding::Object(fields), LiteralType::Dataclass(dataclass)) => {
            w.string(2, "msgpack");
            let packed = w.len();
            object(w, dataclass, fields);
            w.message(1, packed);
            w.message(3, end);
        }
        (Binding::Constant(constant), _) => of_constant(w, constant),
        _ => {}
    }
}

/// The fields of `Scalar` of a constant that is not a union.
const fn of_constant(w: &mut Writer<'_>, constant: &Constant<'_>) {
    let end = w.len();
    match constant {
        Constant::None => w.message(5, end),
        Constant::Msgpack(bytes) => {
            w.string(2, "msgpack");
            if !bytes.is_empty() {
                w.bytes(1, bytes);
            }
            w.message(3, end);
        }
        _ => {
            primitive(w, constant);
            w.message(1, end);
        }
    }
}

/// The fields of `Primitive`.
pub(super) const fn primitive(w: &mut Writer<'_>, constant: &Constant<'_>) {
    match *constant {
        Constant::Integer(value) => w.int64(1, value),
        Constant::Float(value) => w.double(2, value),
        Constant::String(value) => w.string(3, value),
        Constant::Boolean(value) => w.bool(4, value),
        Constant::Datetime { seconds, nanos } => time(w, 5, seconds, nanos),
        Constant::Duration { seconds, nanos } => time(w, 6, seconds, nanos),
        Constant::None | Constant::Msgpack(_) | Constant::Scalar(_) => {
            panic!("a constant is not a primitive")
        }
    }
}

/// `google.protobuf.Timestamp` and `Duration`.
pub(super) const fn time(w: &mut Writer<'_>, field: u32, seconds: i64, nanos: i32) {
    let end = w.len();
    w.int64_nonzero(2, nanos as i64);
    w.int64_nonzero(1, seconds);
    w.message(field, end);
}
