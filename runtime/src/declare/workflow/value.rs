//! The arguments of nodes: constants, and outputs of other nodes.

use crate::declare::LiteralType;
use crate::wire::Reader;

/// One input of a node, and its value.
#[derive(Clone, Copy, Debug)]
pub struct Argument<'a> {
    /// The input's name.
    pub variable: &'a str,
    /// The input's type, to which constants are encoded.
    pub literal_type: LiteralType,
    /// The source of the value.
    pub value: Binding<'a>,
}

/// The source of a value.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Binding<'a> {
    /// A constant of the program.
    Constant(Constant<'a>),
    /// An output of another node, or an input of the workflow.
    Promise(Promise<'a>),
    /// A whole output or input, by its encoded `Binding.binding`.
    Encoded(&'a [u8]),
    /// A list of bindings.
    List(&'a [Binding<'a>]),
    /// A map of bindings, without duplicate keys.
    Map(&'a [(&'a str, Binding<'a>)]),
    /// A dataclass, by the names that its fields have in Rust; all values are known.
    Object(&'a [(&'a str, Binding<'a>)]),
}

/// A value that is known before the workflow runs.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Constant<'a> {
    /// No value: Rust's `None` and `()`.
    None,
    /// A whole number.
    Integer(i64),
    /// A float.
    Float(f64),
    /// Text, or the name of an enum's value.
    String(&'a str),
    /// True or false.
    Boolean(bool),
    /// A point in time, since 1970.
    Datetime {
        /// Whole seconds.
        seconds: i64,
        /// The additional nanoseconds.
        nanos: i32,
    },
    /// A length of time; both parts have one sign.
    Duration {
        /// Whole seconds.
        seconds: i64,
        /// The additional nanoseconds.
        nanos: i32,
    },
    /// An object in MessagePack: a dataclass, or a map of JSON values.
    Msgpack(&'a [u8]),
    /// The bytes of a `flyteidl.core.Scalar`, which already has its type.
    Scalar(&'a [u8]),
}

/// A value that exists when a node has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise<'a> {
    /// The node's id; empty for an input of the workflow.
    pub node: &'a str,
    /// The node's output, or the workflow's input.
    pub variable: &'a str,
    /// The path to a part of the value.
    pub path: &'a [Step<'a>],
}

impl<'a> Promise<'a> {
    /// The promise in the bytes of a `Binding.binding` without a path.
    pub(crate) fn decode(binding: &'a [u8]) -> Self {
        let inner = |bytes: &'a [u8], number| {
            let mut fields = Reader::new(bytes).filter_map(Result::ok);
            let field = fields.find(|(found, _)| *found == number);
            let payload = field.and_then(|(_, payload)| payload.bytes().ok());
            payload.unwrap_or_default()
        };
        let reference = inner(inner(binding, 2), 3);
        let text = |number| str::from_utf8(inner(reference, number)).unwrap_or_default();
        Promise {
            node: text(1),
            variable: text(2),
            path: &[],
        }
    }
}

/// A step into a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The field of an object, or the value of a map's key.
    Field(&'a str),
    /// The element of a list.
    Index(i32),
}
