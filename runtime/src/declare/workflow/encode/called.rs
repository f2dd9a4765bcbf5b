//! The parts that all calls of one entity have in common. They are encoded once for all calls.

use super::super::{Node, Target};
use super::node::{metadata_field, target_field};
use crate::declare::sorted::{Keys, is_sorted};
use crate::wire::Writer;

/// An entity that a workflow calls.
#[derive(Clone, Copy, Debug)]
pub struct Called<'a> {
    /// The entity.
    pub(crate) target: Target<'a>,
    /// `Node.metadata` and the target of a call, at the end.
    pub(super) bytes: [u8; Called::ROOM],
    /// The size of the metadata.
    pub(super) metadata: usize,
    /// The size of the target; zero if there was not enough room.
    pub(super) tail: usize,
    /// Whether the entity's inputs are in the order of their names.
    pub(super) has_sorted_inputs: bool,
}

impl<'a> Called<'a> {
    /// Enough for the names of nearly all entities, each of which occurs twice.
    const ROOM: usize = 640;

    /// An entity.
    pub const fn of(target: Target<'a>) -> Self {
        let mut called = Called {
            target,
            bytes: [0; Called::ROOM],
            metadata: 0,
            tail: 0,
            has_sorted_inputs: is_sorted(&Keys::<()>::Variables(target.inputs())),
        };
        let node = called.node();
        let mut w = Writer::new(&mut called.bytes);
        target_field(&mut w, &node);
        let tail = w.len();
        metadata_field(&mut w, &node);
        let all = w.len();
        if all <= Called::ROOM {
            called.tail = tail;
            called.metadata = all - tail;
        }
        called
    }

    /// A node of it, without id and arguments.
    pub(crate) const fn node(&self) -> Node<'a> {
        Node {
            target: self.target,
            ..Node::DEFAULT
        }
    }
}
