//! Objects as `google.protobuf.Struct`, converted to JSON, which can be changed.

use serde_json::{Map, Value};

use crate::error::Error;
use crate::types::{FlyteData, GenericRef, MsgpackReader, object_as_msgpack};
use crate::wire::Writer;

/// Changes an object.
pub(super) fn changed(
    object: &[u8],
    change: impl FnOnce(&mut Map<String, Value>) -> Result<(), Error>,
) -> Result<Vec<u8>, Error> {
    let bytes = object_as_msgpack(GenericRef::new(object))?;
    let mut members = Map::unpack(&mut MsgpackReader::new(&bytes))?;
    change(&mut members)?;
    Ok(Writer::to_bytes(|w| write_object(w, &members)))
}

/// The fields of `Struct`.
fn write_object(w: &mut Writer<'_>, members: &Map<String, Value>) {
    for (key, value) in members.iter().rev() {
        let entry = w.len();
        write_value(w, value);
        w.message(2, entry);
        w.string(1, key);
        w.message(1, entry);
    }
}

/// The fields of `Value`.
fn write_value(w: &mut Writer<'_>, value: &Value) {
    let end = w.len();
    match value {
        Value::Null => w.int64(1, 0),
        Value::Number(number) => w.double(2, number.as_f64().unwrap_or_default()),
        Value::String(text) => w.string(3, text),
        Value::Bool(truth) => w.bool(4, *truth),
        Value::Object(members) => {
            write_object(w, members);
            w.message(5, end);
        }
        Value::Array(items) => {
            for item in items.iter().rev() {
                let item_end = w.len();
                write_value(w, item);
                w.message(1, item_end);
            }
            w.message(6, end);
        }
    }
}

/// Calls `found` with all values at `path`, in which `*` stands for each item or member.
pub(super) fn at(
    value: &mut Value,
    path: &[&str],
    found: &mut dyn FnMut(&mut Value) -> Result<(), Error>,
) -> Result<(), Error> {
    let Some((step, rest)) = path.split_first() else {
        return found(value);
    };
    match value {
        Value::Object(members) if *step == "*" => {
            members.values_mut().try_for_each(|it| at(it, rest, found))
        }
        Value::Object(members) => match members.get_mut(*step) {
            Some(member) => at(member, rest, found),
            None => Ok(()),
        },
        Value::Array(items) if *step == "*" => {
            items.iter_mut().try_for_each(|it| at(it, rest, found))
        }
        _ => Ok(()),
    }
}
