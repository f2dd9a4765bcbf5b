//! The values of a workflow's run: encoded literals, by node and output.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::declare::{
    Binding, LiteralType, Promise, Step, element, literal, member, write_constant,
};
use crate::error::Error;
use crate::types::{Content, LiteralMapRef, LiteralRef, MsgpackKind, MsgpackReader};
use crate::wire::Writer;

/// The inputs of the workflow, and the outputs of its nodes so far.
pub(super) struct Values {
    inputs: Arc<Vec<u8>>,
    outputs: RwLock<HashMap<String, Arc<Vec<u8>>>>,
}

impl Values {
    pub(super) fn new(inputs: Vec<u8>) -> Self {
        Values {
            inputs: Arc::new(inputs),
            outputs: RwLock::default(),
        }
    }

    /// Adds the outputs of a node.
    pub(super) fn keep(&self, node: &str, outputs: Vec<u8>) {
        let mut all = self.outputs.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(node.to_owned(), Arc::new(outputs));
    }

    /// Whether the node has succeeded.
    pub(super) fn has(&self, node: &str) -> bool {
        let all = self.outputs.read().unwrap_or_else(PoisonError::into_inner);
        all.contains_key(node)
    }

    /// The outputs of a node, or the workflow's inputs if it has no name.
    fn of(&self, node: &str) -> Option<Arc<Vec<u8>>> {
        if node.is_empty() {
            return Some(Arc::clone(&self.inputs));
        }
        let all = self.outputs.read().unwrap_or_else(PoisonError::into_inner);
        all.get(node).cloned()
    }

    /// A `LiteralMap` of these names and their bindings.
    pub(super) fn map<'b>(
        &self,
        entries: impl IntoIterator<Item = (&'b str, &'b LiteralType, &'b Binding<'b>)>,
    ) -> Result<Vec<u8>, Error> {
        let mut map = Vec::new();
        for (name, literal_type, binding) in entries {
            let literal = self.literal(binding, literal_type)?;
            map.extend(named(name, &literal));
        }
        Ok(map)
    }

    /// The literal of a binding.
    pub(super) fn literal(
        &self,
        binding: &Binding<'_>,
        literal_type: &LiteralType,
    ) -> Result<Vec<u8>, Error> {
        match binding {
            Binding::Constant(constant) => Ok(Writer::to_bytes(|w| {
                write_constant(w, literal_type, constant);
            })),
            Binding::Object(_) => Ok(Writer::to_bytes(|w| literal(w, literal_type, binding))),
            Binding::Promise(promise) => self.promised(promise),
            Binding::Encoded(encoded) => self.promised(&Promise::decode(encoded)),
            Binding::List(bindings) => {
                let element = element(literal_type, binding);
                let elements = bindings.iter().map(|it| self.literal(it, element));
                let elements: Vec<_> = elements.collect::<Result<_, _>>()?;
                Ok(Writer::to_bytes(|w| {
                    for element in elements.iter().rev() {
                        w.bytes(1, element);
                    }
                    w.message(2, 0);
                }))
            }
            Binding::Map(bindings) => {
                let member = member(literal_type, binding);
                let members = bindings
                    .iter()
                    .map(|(key, it)| Ok((*key, self.literal(it, member)?)));
                let members: Vec<_> = members.collect::<Result<_, Error>>()?;
                Ok(Writer::to_bytes(|w| {
                    for (key, member) in members.iter().rev() {
                        entry(w, key, member);
                    }
                    w.message(3, 0);
                }))
            }
        }
    }

    /// The literal of a node's output, or a part of it.
    pub(super) fn promised(&self, promise: &Promise<'_>) -> Result<Vec<u8>, Error> {
        let Promise {
            node,
            variable,
            path,
        } = promise;
        let missing = || {
            Error::system(if node.is_empty() {
                format!("the workflow's input `{variable}` is missing")
            } else {
                format!("node `{node}` has no output `{variable}`")
            })
        };
        let outputs = self.of(node).ok_or_else(missing)?;
        let literal = LiteralMapRef::new(&outputs).get(variable)?;
        let literal = literal.ok_or_else(missing)?;
        part(literal, path).map_err(|error| {
            let message = format!("`{variable}` has no such part: {error}");
            error.said_as(message)
        })
    }
}

/// A `LiteralMap` of one literal.
pub(super) fn named(name: &str, literal: &[u8]) -> Vec<u8> {
    Writer::to_bytes(|w| entry(w, name, literal))
}

/// An entry of a map of literals.
fn entry(w: &mut Writer<'_>, name: &str, literal: &[u8]) {
    let end = w.len();
    w.bytes(2, literal);
    w.string(1, name);
    w.message(1, end);
}

/// The part of a literal at the end of `path`, by Flyte's rules.
fn part(literal: LiteralRef<'_>, path: &[Step<'_>]) -> Result<Vec<u8>, Error> {
    let [step, rest @ ..] = path else {
        return Ok(literal.bytes().to_vec());
    };
    match (literal.content()?, step) {
        (Content::Union(union), _) => part(union.value(), path),
        (Content::Collection(list), Step::Index(index)) => {
            let place = usize::try_from(*index).ok();
            let element = place.and_then(|place| list.iter().nth(place));
            let length = || Error::user(format!("there is no element {index} in it"));
            part(element.ok_or_else(length)??, rest)
        }
        (Content::Map(map), Step::Field(name)) => {
            let member = map.get(name)?;
            part(member.ok_or_else(|| no_field(name))?, rest)
        }
        (Content::Binary(binary), _) => {
            let found = within(binary.value(), path)?;
            Ok(Writer::to_bytes(|w| {
                w.string(2, binary.tag());
                w.bytes(1, found);
                w.message(3, 0);
                w.message(1, 0);
            }))
        }
        (content, Step::Index(_)) => Err(Error::user(format!("it is not a list but {content}"))),
        (content, Step::Field(_)) => Err(Error::user(format!("it is not an object but {content}"))),
    }
}

/// The part of a value in MessagePack.
fn within<'m>(object: &'m [u8], path: &[Step<'_>]) -> Result<&'m [u8], Error> {
    let mut value = MsgpackReader::new(object);
    for step in path {
        match step {
            Step::Index(index) => {
                let length = value.array()?;
                let place = usize::try_from(*index).ok().filter(|place| *place < length);
                let Some(place) = place else {
                    return Err(Error::user(format!("there is no element {index} in it")));
                };
                for _ in 0..place {
                    value.skip()?;
                }
            }
            Step::Field(name) => {
                let length = value.map()?;
                let mut found = false;
                for _ in 0..length {
                    // An integer key is not a field.
                    if value.kind()? != MsgpackKind::String {
                        value.skip()?;
                    } else if value.str()? == *name {
                        found = true;
                        break;
                    }
                    value.skip()?;
                }
                if !found {
                    return Err(no_field(name));
                }
            }
        }
    }
    let start = object.len() - value.remaining();
    value.skip()?;
    Ok(&object[start..object.len() - value.remaining()])
}

fn no_field(name: &str) -> Error {
    Error::user(format!("there is no `{name}` in it"))
}
