//! The nodes that only call an entity, packed.

use flytekit_grammar::calls::last_number;

use super::{Binding, Called, Node, Target, WorkflowDescriptor};
use crate::wire::Reader;

/// The calls of a workflow, and the places of its other nodes between them: see [`flytekit_grammar::calls`].
#[derive(Clone, Copy, Debug)]
pub struct Calls<'a> {
    /// The contents.
    pub contents: &'a [u8],
    /// The shape.
    pub shape: &'a [u8],
    /// The called entities.
    pub entities: &'a [Called<'a>],
    /// The arguments that are not among the contents.
    pub values: &'a [Binding<'a>],
}

impl Calls<'_> {
    /// No calls.
    pub const NONE: Self = Calls {
        contents: &[],
        shape: &[],
        entities: &[],
        values: &[],
    };
}

/// A node, with its own lists.
#[derive(Debug)]
pub(crate) struct Unpacked<'a> {
    node: Node<'a>,
    values: Vec<Binding<'a>>,
    upstream: Vec<&'a str>,
}

impl<'a> Unpacked<'a> {
    pub(crate) fn node(&self) -> Node<'_> {
        Node {
            values: &self.values,
            upstream: &self.upstream,
            ..self.node
        }
    }

    fn of(node: &Node<'a>) -> Self {
        Unpacked {
            node: *node,
            values: node.values.to_vec(),
            upstream: node.upstream.to_vec(),
        }
    }

    /// Takes the last call, whose entity is known.
    fn take_from(calls: &mut Calls<'a>, entity: &Called<'a>) -> Self {
        let count = calls.take_number();
        let upstream = calls.take_content();
        let values = (0..count).map(|_| calls.take_value());
        let mut values: Vec<_> = values.collect();
        values.reverse();
        let id = calls.take_content();
        Unpacked {
            node: Node {
                id: texts(id).next().unwrap_or_default(),
                ..entity.node()
            },
            values,
            upstream: texts(upstream).collect(),
        }
    }
}

/// The texts of a message.
fn texts(fields: &[u8]) -> impl Iterator<Item = &str> {
    let fields = Reader::new(fields).filter_map(Result::ok);
    fields.filter_map(|(_, payload)| str::from_utf8(payload.bytes().ok()?).ok())
}

impl<'a> Calls<'a> {
    fn take_number(&mut self) -> usize {
        let (number, before) = last_number(self.shape);
        self.shape = before;
        number
    }

    fn take_content(&mut self) -> &'a [u8] {
        let start = self.contents.len() - self.take_number();
        let (before, content) = self.contents.split_at(start);
        self.contents = before;
        content
    }

    fn take_value(&mut self) -> Binding<'a> {
        match (self.take_content(), self.values) {
            ([], [before @ .., last]) => {
                self.values = before;
                *last
            }
            (encoded, _) => Binding::Encoded(encoded),
        }
    }
}

impl<'a> WorkflowDescriptor<'a> {
    /// All nodes in their order, calls or not.
    pub(crate) fn unpacked(&self) -> Vec<Unpacked<'a>> {
        let (mut calls, mut nodes) = (self.calls, self.nodes);
        let mut unpacked = Vec::new();
        while !calls.shape.is_empty() {
            match (calls.take_number().checked_sub(1), nodes) {
                (Some(entity), _) => {
                    unpacked.push(Unpacked::take_from(
                        &mut calls,
                        &self.calls.entities[entity],
                    ));
                }
                (None, [before @ .., last]) => {
                    unpacked.push(Unpacked::of(last));
                    nodes = before;
                }
                (None, []) => break,
            }
        }
        unpacked.extend(nodes.iter().rev().map(Unpacked::of));
        unpacked.reverse();
        unpacked
    }

    /// The targets of all nodes, in no particular order. Several calls of one entity have one target.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &'a Target<'a>> {
        let nodes = self.nodes.iter().chain(self.on_failure);
        let called = self.calls.entities.iter().map(|called| &called.target);
        called.chain(nodes.map(|node| &node.target))
    }
}
