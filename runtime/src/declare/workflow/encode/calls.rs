//! The calls of a workflow as fields of its template: see [`flytekit_grammar::calls`].
//!
//! A workflow may have hundreds of calls, so this code is for const evaluation, which pays for each call of a
//! function, for each part of a slice and for each tuple, but not for the length of a function.

use flytekit_grammar::calls::last_number;
use flytekit_grammar::wire::{put, put_last};

use super::super::{Binding, Called, Calls, Constant, Node, WorkflowDescriptor};
use super::binding::binding;
use super::node::{metadata_field, node, target_field};
use crate::declare::Variable;
use crate::declare::sorted::{Descending, Keys};
use crate::wire::Writer;

/// Writes all nodes at `field`.
pub(super) const fn nodes(w: &mut Writer<'_>, field: u8, workflow: &WorkflowDescriptor<'_>) {
    let mut others = workflow.nodes;
    if !workflow.calls.shape.is_empty() {
        (*w, others) = calls(w.take(), field, &workflow.calls, others);
    }
    while let [before @ .., last] = others {
        let end = w.len();
        node(w, last);
        w.message(field as u32, end);
        others = before;
    }
}

/// The calls that are not written yet, and the room for them.
struct Rest<'b, 'a> {
    room: &'b mut [u8],
    /// The number of bytes so far.
    len: usize,
    contents: &'a [u8],
    shape: &'a [u8],
    values: &'a [Binding<'a>],
}

/// Takes the last number of the shape, which nearly always is one byte.
macro_rules! take_number {
    ($rest:ident) => {{
        let number;
        (number, $rest.shape) = match $rest.shape {
            [before @ .., number] if *number < 0x80 => (*number as usize, before),
            shape => last_number(shape),
        };
        number
    }};
}

/// Writes the last content, of this size.
macro_rules! put_content {
    ($rest:ident, $size:expr) => {
        ($rest.room, $rest.contents) = put_last($rest.room, $rest.contents, $size);
        $rest.len += $size;
    };
}

/// Writes something with a writer.
macro_rules! with_writer {
    ($rest:ident, |$w:ident| $body:expr) => {
        let mut w = Writer::from_parts($rest.room, $rest.len);
        let $w = &mut w;
        $body;
        ($rest.room, $rest.len) = w.into_parts();
    };
}

/// Makes everything written since the length was `end` the content of a field. Nearly all are short.
macro_rules! close {
    ($rest:ident, $field:expr, $end:expr) => {
        let size = $rest.len - $end;
        if size < 0x80 {
            #[expect(clippy::cast_possible_truncation, reason = "seven bits")]
            let (first, second) = ($field << 3 | 2, size as u8);
            $rest.len += 2;
            $rest.room = match $rest.room {
                [left @ .., tag, length] => {
                    (*tag, *length) = (first, second);
                    left
                }
                _ => &mut [],
            };
        } else {
            with_writer!($rest, |w| w.message($field as u32, $end));
        }
    };
}

/// Writes the calls and the nodes between them, and returns the nodes before all calls.
const fn calls<'b, 'n, 'a>(
    w: Writer<'b>,
    field: u8,
    calls: &Calls<'a>,
    mut others: &'n [Node<'a>],
) -> (Writer<'b>, &'n [Node<'a>]) {
    let (room, len) = w.into_parts();
    let mut rest = Rest {
        room,
        len,
        contents: calls.contents,
        shape: calls.shape,
        values: calls.values,
    };
    while let [_, ..] = rest.shape {
        let end = rest.len;
        let entity = take_number!(rest);
        if entity > 0 {
            rest = call(rest, &calls.entities[entity - 1]);
        } else if let [before @ .., last] = others {
            with_writer!(rest, |w| node(w, last));
            others = before;
        }
        close!(rest, field, end);
    }
    (Writer::from_parts(rest.room, rest.len), others)
}

/// Writes the fields of the last call.
const fn call<'b, 'a>(mut rest: Rest<'b, 'a>, called: &Called<'_>) -> Rest<'b, 'a> {
    let count = take_number!(rest);
    let mut metadata: &[u8] = &[];
    if called.tail > 0 {
        (rest.room, metadata) = put_last(rest.room, &called.bytes, called.tail);
        rest.len += called.tail;
    } else {
        with_writer!(rest, |w| target_field(w, &called.node()));
    }
    let size = take_number!(rest);
    put_content!(rest, size);
    let inputs = called.target.inputs();
    if called.has_sorted_inputs && count <= inputs.len() {
        let mut index = count;
        while index > 0 {
            index -= 1;
            rest = argument(rest, &inputs[index]);
        }
    } else {
        rest = by_name(rest, inputs, count);
    }
    if called.tail > 0 {
        (rest.room, _) = put_last(rest.room, metadata, called.metadata);
        rest.len += called.metadata;
    } else {
        with_writer!(rest, |w| metadata_field(w, &called.node()));
    }
    let size = take_number!(rest);
    put_content!(rest, size);
    rest
}

/// Writes the last argument.
const fn argument<'b, 'a>(mut rest: Rest<'b, 'a>, input: &Variable) -> Rest<'b, 'a> {
    let end = rest.len;
    let size = take_number!(rest);
    if input.literal_type.is_none() {
        // A node without outputs has nothing to bind.
        let none = Binding::Constant(Constant::None);
        with_writer!(rest, |w| binding(
            w,
            3,
            input.name,
            &input.literal_type,
            &none
        ));
        rest.contents = start(rest.contents, size);
        if size == 0 {
            rest.values = start(rest.values, 1);
        }
        return rest;
    }
    if size > 0 {
        put_content!(rest, size);
        let name = input.name.as_bytes();
        rest.room = put(rest.room, name);
        rest.len += name.len();
        close!(rest, 1, end + size);
        close!(rest, 3, end);
    } else if let [before @ .., value] = rest.values {
        rest.values = before;
        with_writer!(rest, |w| binding(
            w,
            3,
            input.name,
            &input.literal_type,
            value
        ));
    }
    rest
}

/// Writes the last arguments in the order of their names, and at most as many as there are inputs: the placeholder
/// of an entity with mistakes has fewer, and the mistakes are reported there.
const fn by_name<'b, 'a>(
    mut rest: Rest<'b, 'a>,
    inputs: &[Variable],
    count: usize,
) -> Rest<'b, 'a> {
    let (shape, contents, values) = (rest.shape, rest.contents, rest.values);
    let keys = Keys::<()>::Variables(inputs);
    let mut order = Descending::of(&keys);
    while let Some(index) = order.next(&keys) {
        if index < count {
            (rest.shape, rest.contents, rest.values) = (shape, contents, values);
            rest = without(rest, count - 1 - index);
            rest = argument(rest, &inputs[index]);
        }
    }
    (rest.shape, rest.contents, rest.values) = (shape, contents, values);
    without(rest, count)
}

/// Leaves out the last arguments.
const fn without<'b, 'a>(mut rest: Rest<'b, 'a>, arguments: usize) -> Rest<'b, 'a> {
    let (mut contents, mut values, mut left) = (0, 0, arguments);
    while left > 0 {
        let size = take_number!(rest);
        contents += size;
        if size == 0 {
            values += 1;
        }
        left -= 1;
    }
    rest.contents = start(rest.contents, contents);
    rest.values = start(rest.values, values);
    rest
}

/// A list without this number of items at its end.
const fn start<T>(list: &[T], without: usize) -> &[T] {
    if without == 0 {
        return list;
    }
    list.split_at(list.len() - without).0
}
