//! The parts that all nodes of one entity have in common. They are encoded once for all nodes.

use super::super::{Base, Node, Target};
use super::node;
use crate::declare::sorted::{Keys, is_sorted};
use crate::wire::Writer;

/// The bytes of a node without overrides, without its id and its arguments.
#[derive(Clone, Copy, Debug)]
pub struct Common<'a> {
    /// `Node.metadata`.
    pub(super) metadata: &'a [u8],
    /// The target.
    pub(super) target: &'a [u8],
    /// Whether the entity's inputs are in the order of their names.
    pub(super) has_sorted_inputs: bool,
}

/// Room for both, one after the other.
#[derive(Debug)]
pub struct CommonBytes {
    bytes: [u8; CommonBytes::ROOM],
    /// The offset of the target.
    target: usize,
    /// The offset of the metadata; `None` if there was not enough room.
    metadata: Option<usize>,
    has_sorted_inputs: bool,
}

impl CommonBytes {
    /// Enough for the names of nearly all entities, each of which occurs twice.
    const ROOM: usize = 640;

    /// The bytes for the nodes of an entity.
    pub const fn of(target: &Target<'_>) -> Self {
        let base = Base {
            target: *target,
            ..Base::DEFAULT
        };
        let node = Node::of("", &base);
        let has_sorted_inputs = is_sorted(&Keys::<()>::Variables(target.inputs()));
        let mut bytes = [0; CommonBytes::ROOM];
        let mut w = Writer::new(&mut bytes);
        node::target_field(&mut w, &node);
        let target = w.len();
        node::metadata_field(&mut w, &node);
        let all = w.len();
        CommonBytes {
            bytes,
            target: CommonBytes::ROOM.saturating_sub(target),
            metadata: CommonBytes::ROOM.checked_sub(all),
            has_sorted_inputs,
        }
    }

    /// Both parts, if there was enough room.
    pub const fn get(&self) -> Option<Common<'_>> {
        let Some(start) = self.metadata else {
            return None;
        };
        let (before, target) = self.bytes.split_at(self.target);
        let (_, metadata) = before.split_at(start);
        Some(Common {
            metadata,
            target,
            has_sorted_inputs: self.has_sorted_inputs,
        })
    }
}
