//! The calls in a workflow, packed by the macro and unpacked in const evaluation.
//!
//! The compiler looks at each part of a constant several times, but only once at a byte string. So a node that
//! only calls an entity is a few bytes, and most of them are already those of flyteidl's `Node`.
//!
//! There are two byte strings, both of which are read from their ends, because [`Writer`] writes from the end.
//! The contents of a call are
//!
//! - the field `Node.id`,
//! - the field `Binding.binding` of each argument that is the value of another node, or an input,
//! - the fields `Node.upstream_node_ids`.
//!
//! The shape has the sizes of these contents in the same order, then the number of arguments, and then the
//! place of the entity among the entities, counted from one. The size of an argument that is not among the
//! contents is zero. A node that is more than a call is a zero in the shape, and nothing else. Each number is a
//! varint whose bytes are in the reverse order.
//!
//! ```
//! use flytekit_grammar::calls::{Packer, last_number};
//!
//! let mut packer = Packer::default();
//! packer.call("n1", &[None, Some(b"\x12\x05\x1a\x03\x12\x01n".to_vec())], ["n0"], 1);
//! packer.node();
//! assert_eq!(packer.contents, b"\x0a\x02n1\x12\x05\x1a\x03\x12\x01n\x22\x02n0");
//! assert_eq!(packer.shape, [4, 0, 7, 4, 2, 2, 0]);
//! assert_eq!(last_number(&packer.shape), (0, &packer.shape[..6]));
//! ```

use alloc::vec::Vec;

use crate::wire::Writer;

/// Packs calls, in the order of the nodes.
#[derive(Debug, Default)]
pub struct Packer {
    /// The contents of the calls so far.
    pub contents: Vec<u8>,
    /// Their shape.
    pub shape: Vec<u8>,
}

impl Packer {
    /// Adds a call of the entity at this place, counted from zero: the node's id, the encoded arguments, or
    /// `None` for each that is elsewhere, and the ids of the nodes that it waits for.
    pub fn call<'a>(
        &mut self,
        id: &str,
        arguments: &[Option<Vec<u8>>],
        upstream: impl IntoIterator<Item = &'a str>,
        entity: usize,
    ) {
        self.content(&Writer::to_bytes(|w| w.string(1, id)));
        for argument in arguments {
            self.content(argument.as_deref().unwrap_or_default());
        }
        let ids = upstream.into_iter();
        let ids = ids.flat_map(|id| Writer::to_bytes(|w| w.string(4, id)));
        self.content(&ids.collect::<Vec<_>>());
        self.number(arguments.len());
        self.number(entity + 1);
    }

    /// Adds a node that is more than a call.
    pub fn node(&mut self) {
        self.number(0);
    }

    fn content(&mut self, content: &[u8]) {
        self.contents.extend(content);
        self.number(content.len());
    }

    fn number(&mut self, number: usize) {
        let varint = Writer::to_bytes(|w| w.varint(number as u64));
        self.shape.extend(varint.iter().rev());
    }
}

/// The last number of a shape, and what is before it. An empty shape ends with zero.
#[must_use]
pub const fn last_number(shape: &[u8]) -> (usize, &[u8]) {
    if let [before @ .., number] = shape
        && *number < 0x80
    {
        return (*number as usize, before);
    }
    let (mut number, mut shift, mut rest) = (0, 0, shape);
    while let [before @ .., byte] = rest {
        number |= (*byte as usize & 0x7f) << shift;
        rest = before;
        if *byte < 0x80 {
            break;
        }
        shift += 7;
    }
    (number, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_all_sizes_are_read_back() {
        let numbers = [0, 1, 127, 128, 129, 16_383, 16_384, 1 << 40, usize::MAX];
        let mut packer = Packer::default();
        for number in numbers {
            packer.number(number);
        }
        let mut rest = &*packer.shape;
        for number in numbers.iter().rev() {
            let (last, before) = last_number(rest);
            assert_eq!(last, *number);
            rest = before;
        }
        assert_eq!((rest, last_number(&[])), (&[][..], (0, &[][..])));
    }
}
