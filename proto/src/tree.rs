//! Messages as trees of their fields, read with the help of their declarations.

use std::collections::BTreeMap;

use crate::Error;
use crate::declared::{self, EnumType, Field, Kind, MessageType};
use crate::wire::{Payload, ReadError, Reader};

/// The maximum nesting of messages, the same as prost's.
const DEEPEST: usize = 100;

/// A message whose name and bytes are known, to be read by its fields' names.
///
/// It follows protobuf's rules: the last occurrence of a scalar field wins, repeated occurrences of a message
/// are merged, and fields that this crate does not declare are skipped.
///
/// ```
/// use flytekit_proto::tree::Message;
///
/// let pair = Message::decode("flyteidl.core.KeyValuePair", b"\x0a\x01k\x12\x05value")?;
/// assert_eq!((pair.text("key"), pair.text("value")), ("k", "value"));
/// # Ok::<(), flytekit_proto::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Message<'b> {
    declared: &'static MessageType,
    fields: BTreeMap<u32, Value<'b>>,
    undeclared: Vec<u32>,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'b> {
    /// `bool`
    Bool(bool),
    /// `int32`
    I32(i32),
    /// `int64`
    I64(i64),
    /// `uint32`
    U32(u32),
    /// `uint64`
    U64(u64),
    /// `double`, or a `float`: the double with the shortest decimal digits of the float.
    F64(f64),
    /// `string`
    Text(&'b str),
    /// `bytes`
    Bytes(&'b [u8]),
    /// A value of an enum.
    Choice(Choice),
    /// A message.
    Message(Message<'b>),
    /// A repeated field.
    List(Vec<Value<'b>>),
    /// A map with string keys.
    Map(BTreeMap<&'b str, Value<'b>>),
}

/// A value of an enum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    declared: &'static EnumType,
    /// The number.
    pub number: i32,
}

impl Choice {
    /// The name; None if only a newer version knows it.
    pub fn name(self) -> Option<&'static str> {
        self.declared.name_of(self.number)
    }

    pub(crate) fn full_name(self) -> &'static str {
        &self.declared.name
    }
}

impl<'b> Message<'b> {
    /// Decodes `bytes` as the message with the full name `name`, for example `flyteidl.core.TaskTemplate`.
    ///
    /// # Errors
    ///
    /// If no message has that name, or if the bytes are not such a message.
    pub fn decode(name: &str, bytes: &'b [u8]) -> Result<Self, Error> {
        let unknown = || Error::UnknownMessage {
            name: name.to_owned(),
        };
        let mut message = Message::of(declared::message(name).ok_or_else(unknown)?);
        let read = message.merge(bytes, DEEPEST);
        read.map_err(|reason| Error::Decode {
            name: name.to_owned(),
            reason,
        })?;
        Ok(message)
    }

    fn of(declared: &'static MessageType) -> Self {
        Message {
            declared,
            fields: BTreeMap::new(),
            undeclared: Vec::new(),
        }
    }

    /// The full name of the message.
    pub fn name(&self) -> &'static str {
        &self.declared.name
    }

    /// A field by its name, if it is present. A field without presence counts as absent when it has its
    /// default.
    pub fn get(&self, name: &str) -> Option<&Value<'b>> {
        let mut fields = self.fields();
        fields.find_map(|(field, value)| (field.name == name).then_some(value))
    }

    /// A field by its name, which must be declared, or its default.
    pub(crate) fn get_or_default(&self, name: &str) -> Value<'b> {
        let found = self.get(name).cloned();
        found.unwrap_or_else(|| {
            let mut fields = self.declared.fields.iter();
            let field = fields.find(|field| field.name == name);
            default(field.expect("the field is declared"))
        })
    }

    /// A message field, if it is present.
    pub fn message(&self, name: &str) -> Option<&Message<'b>> {
        match self.get(name)? {
            Value::Message(message) => Some(message),
            _ => None,
        }
    }

    /// A string field; empty if it is absent.
    pub fn text(&self, name: &str) -> &'b str {
        match self.get(name) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// The number of an enum field; 0 if it is absent.
    pub fn number(&self, name: &str) -> i32 {
        match self.get(name) {
            Some(Value::Choice(choice)) => choice.number,
            _ => 0,
        }
    }

    /// The present field of a message whose fields exclude each other, and the field's name.
    pub fn chosen(&self) -> Option<(&'static str, &Value<'b>)> {
        let first = self.fields().next();
        first.map(|(field, value)| (field.name, value))
    }

    fn list(&self, name: &str) -> &[Value<'b>] {
        match self.get(name) {
            Some(Value::List(values)) => values,
            _ => &[],
        }
    }

    /// The messages in a repeated field.
    pub fn messages(&self, name: &str) -> impl Iterator<Item = &Message<'b>> {
        let values = self.list(name).iter();
        values.filter_map(|value| match value {
            Value::Message(message) => Some(message),
            _ => None,
        })
    }

    /// The strings in a repeated field.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &'b str> {
        let values = self.list(name).iter();
        values.filter_map(|value| match value {
            Value::Text(text) => Some(*text),
            _ => None,
        })
    }

    /// The messages in a map with string keys, sorted by key.
    pub fn messages_by_name(&self, name: &str) -> impl Iterator<Item = (&'b str, &Message<'b>)> {
        let entries = match self.get(name) {
            Some(Value::Map(entries)) => Some(entries),
            _ => None,
        };
        let entries = entries.into_iter().flatten();
        entries.filter_map(|entry| match entry {
            (key, Value::Message(message)) => Some((*key, message)),
            _ => None,
        })
    }

    /// The present fields, sorted by number.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'static Field, &Value<'b>)> {
        let declared = self.declared;
        let fields = self.fields.iter();
        fields.filter_map(|(number, value)| {
            let field = declared.field(*number)?;
            (field.has_presence() || !value.is_default()).then_some((field, value))
        })
    }

    /// The numbers of fields that this crate does not declare, sorted.
    pub(crate) fn undeclared(&self) -> &[u32] {
        &self.undeclared
    }

    fn merge(&mut self, bytes: &'b [u8], depth: usize) -> Result<(), ReadError> {
        for part in Reader::new(bytes) {
            let (number, payload) = part?;
            match self.declared.field(number) {
                Some(field) => self.set(field, payload, depth)?,
                None => self.undeclared.push(number),
            }
        }
        self.undeclared.sort_unstable();
        Ok(())
    }

    fn set(
        &mut self,
        field: &'static Field,
        payload: Payload<'b>,
        depth: usize,
    ) -> Result<(), ReadError> {
        if field.oneof.is_some() {
            let declared = self.declared;
            self.fields.retain(|number, _| {
                *number == field.number
                    || declared.field(*number).and_then(|it| it.oneof) != field.oneof
            });
        }
        let value = self.fields.entry(field.number);
        if field.kind == Kind::Message && field.message().is_map_entry {
            let value = value.or_insert_with(|| Value::Map(BTreeMap::new()));
            let (key, entry) = entry(field.message(), payload, depth)?;
            if let Value::Map(entries) = value {
                entries.insert(key, entry);
            }
        } else if field.is_repeated {
            let value = value.or_insert_with(|| Value::List(Vec::new()));
            if let Value::List(values) = value {
                elements(values, field, payload, depth)?;
            }
        } else if field.kind == Kind::Message {
            let value = value.or_insert_with(|| Value::Message(Message::of(field.message())));
            if let Value::Message(message) = value {
                message.merge(payload.bytes()?, below(depth)?)?;
            }
        } else {
            let scalar = scalar(field, payload)?;
            self.fields.insert(field.number, scalar);
        }
        Ok(())
    }
}

impl Value<'_> {
    /// Whether it is the default of its type.
    fn is_default(&self) -> bool {
        match self {
            Value::Bool(value) => !value,
            Value::I32(value) => *value == 0,
            Value::I64(value) => *value == 0,
            Value::U32(value) => *value == 0,
            Value::U64(value) => *value == 0,
            Value::F64(value) => value.to_bits() == 0,
            Value::Text(value) => value.is_empty(),
            Value::Bytes(value) => value.is_empty(),
            Value::Choice(value) => value.number == 0,
            Value::Message(_) => false,
            Value::List(values) => values.is_empty(),
            Value::Map(entries) => entries.is_empty(),
        }
    }
}

fn below(depth: usize) -> Result<usize, ReadError> {
    depth.checked_sub(1).ok_or(ReadError::Deep)
}

/// A single value of a field.
fn one<'b>(field: &Field, payload: Payload<'b>, depth: usize) -> Result<Value<'b>, ReadError> {
    if field.kind != Kind::Message {
        return scalar(field, payload);
    }
    let mut message = Message::of(field.message());
    message.merge(payload.bytes()?, below(depth)?)?;
    Ok(Value::Message(message))
}

/// An entry of a map, which is a message of a key and a value; each is omitted if it has its default.
fn entry<'b>(
    declared: &'static MessageType,
    payload: Payload<'b>,
    depth: usize,
) -> Result<(&'b str, Value<'b>), ReadError> {
    let mut entry = Message::of(declared);
    entry.merge(payload.bytes()?, below(depth)?)?;
    let mut part = |number| {
        let field = declared.field(number);
        let field = field.expect("an entry has a key and a value");
        let found = entry.fields.remove(&number);
        found.unwrap_or_else(|| default(field))
    };
    match part(1) {
        Value::Text(key) => Ok((key, part(2))),
        _ => Err(ReadError::UnexpectedPayload),
    }
}

/// Adds the elements of one occurrence of a field: numbers may be packed, one after the other.
fn elements<'b>(
    values: &mut Vec<Value<'b>>,
    field: &Field,
    payload: Payload<'b>,
    depth: usize,
) -> Result<(), ReadError> {
    let is_varint = !matches!(
        field.kind,
        Kind::String | Kind::Bytes | Kind::Message | Kind::Double | Kind::Float
    );
    match payload {
        Payload::Bytes(packed) if is_varint => {
            let mut packed = Reader::new(packed);
            while !packed.rest().is_empty() {
                let payload = Payload::Varint(packed.varint()?);
                values.push(scalar(field, payload)?);
            }
        }
        _ => values.push(one(field, payload, depth)?),
    }
    Ok(())
}

/// The double with the shortest decimal digits of a float: 0.9, where widening gives 0.8999999761581421.
fn decimal(float: f32) -> f64 {
    float
        .to_string()
        .parse()
        .unwrap_or_else(|_| f64::from(float))
}

/// The value of a field that is not a message.
#[expect(
    clippy::cast_possible_truncation,
    reason = "protobuf cuts off what a 32-bit field has beyond its bits"
)]
fn scalar<'b>(field: &Field, payload: Payload<'b>) -> Result<Value<'b>, ReadError> {
    Ok(match field.kind {
        Kind::Double => Value::F64(payload.double()?),
        Kind::Float => Value::F64(decimal(payload.float()?)),
        Kind::Int64 => Value::I64(payload.varint()?.cast_signed()),
        Kind::Uint64 => Value::U64(payload.varint()?),
        Kind::Int32 => Value::I32(payload.varint()? as i32),
        Kind::Bool => Value::Bool(payload.varint()? != 0),
        Kind::String => Value::Text(payload.str()?),
        Kind::Bytes => Value::Bytes(payload.bytes()?),
        Kind::Uint32 => Value::U32(payload.varint()? as u32),
        Kind::Enum => Value::Choice(Choice {
            declared: field.choices(),
            number: payload.varint()? as i32,
        }),
        Kind::Message => return Err(ReadError::UnexpectedPayload),
    })
}

fn default(field: &Field) -> Value<'static> {
    match field.kind {
        Kind::Double | Kind::Float => Value::F64(0.0),
        Kind::Int64 => Value::I64(0),
        Kind::Uint64 => Value::U64(0),
        Kind::Int32 => Value::I32(0),
        Kind::Uint32 => Value::U32(0),
        Kind::Bool => Value::Bool(false),
        Kind::String => Value::Text(""),
        Kind::Bytes => Value::Bytes(b""),
        Kind::Enum => Value::Choice(Choice {
            declared: field.choices(),
            number: 0,
        }),
        Kind::Message => Value::Message(Message::of(field.message())),
    }
}
