//! What all nodes of one entity have in common: encoded once, however many there are.

use super::super::{Node, Target};
use super::node;
use crate::wire::Writer;

/// The bytes of a node that changes nothing about its entity, without its id and what it takes.
#[derive(Clone, Copy, Debug)]
pub struct Common<'a> {
    /// `Node.metadata`.
    pub(super) metadata: &'a [u8],
    /// What it runs.
    pub(super) target: &'a [u8],
}

/// Room for both of them, one behind the other.
#[derive(Debug)]
pub struct CommonBytes {
    bytes: [u8; CommonBytes::ROOM],
    /// Where the target begins.
    target: usize,
    /// Where the metadata begins; nothing if there was not room enough.
    metadata: Option<usize>,
}

impl CommonBytes {
    /// For the names of nearly all entities, of which each is there twice.
    const ROOM: usize = 640;

    /// Those of the nodes of an entity.
    pub const fn of(target: &Target<'_>) -> Self {
        let node = Node {
            target: *target,
            ..Node::DEFAULT
        };
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
        }
    }

    /// Both, if there was room for them.
    pub const fn get(&self) -> Option<Common<'_>> {
        let Some(start) = self.metadata else {
            return None;
        };
        let (before, target) = self.bytes.split_at(self.target);
        let (_, metadata) = before.split_at(start);
        Some(Common { metadata, target })
    }
}
