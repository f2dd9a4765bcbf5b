//! What nodes take: constants, and values that other nodes give.

use crate::declare::LiteralType;

/// One input of a node, and its value.
#[derive(Clone, Copy, Debug)]
pub struct Argument<'a> {
    /// The input's name.
    pub variable: &'a str,
    /// The input's type, to which constants are encoded.
    pub literal_type: LiteralType,
    /// Where the value comes from.
    pub value: Binding<'a>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Binding<'a> {
    /// From the program's text.
    Constant(Constant<'a>),
    /// From another node, or from an input of the workflow.
    Promise(Promise<'a>),
    /// A list of such values.
    List(&'a [Binding<'a>]),
    /// A map of such values, with each key once.
    Map(&'a [(&'a str, Binding<'a>)]),
    /// A dataclass, by the names that its fields have in Rust; all values are known.
    Object(&'a [(&'a str, Binding<'a>)]),
}

/// A value that is known before anything runs.
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
        /// What is added to them.
        nanos: i32,
    },
    /// A length of time; both parts have one sign.
    Duration {
        /// Whole seconds.
        seconds: i64,
        /// What is added to them.
        nanos: i32,
    },
    /// An object in MessagePack: a dataclass, or a map of JSON values.
    Msgpack(&'a [u8]),
    /// The bytes of a `flyteidl.core.Scalar`, which is of its type already.
    Scalar(&'a [u8]),
}

/// A value that is there once a node has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise<'a> {
    /// The node's id; nothing for an input of the workflow.
    pub node: &'a str,
    /// The node's output, or the workflow's input.
    pub variable: &'a str,
    /// The way from it to a part of it.
    pub path: &'a [Step<'a>],
}

/// A step into a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The field of an object, or the value of a map's key.
    Field(&'a str),
    /// The element of a list.
    Index(i32),
}
