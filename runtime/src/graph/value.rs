//! The arguments of nodes: values and promises.

use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;

use super::argument::Argument;
use super::promise::{Giver, Promise, Source};
use crate::types::{FlyteType, LiteralWriter};

/// A value or a promise of type `T`: the item of a list or map that mixes the two.
///
/// ```
/// use flytekit::graph::Value;
/// use flytekit::prelude::*;
///
/// #[task]
/// fn double(n: i64) -> i64 {
///     2 * n
/// }
///
/// #[task]
/// fn sum(numbers: Vec<i64>) -> i64 {
///     numbers.iter().sum()
/// }
///
/// let graph = Graph::new("mixed");
/// let six = graph.node(double::call(3));
/// let numbers = Value::list([Value::of(1), Value::from(&six)]);
/// let sum = graph.node(sum::call(numbers));
/// assert_eq!(graph.value(&sum)?, 7);
/// # Ok::<(), flytekit::Error>(())
/// ```
#[derive(Debug)]
pub struct Value<T> {
    pub(super) bound: Bound,
    of: PhantomData<fn() -> T>,
}

/// A value or a promise, without its type.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Bound(pub(super) Kind);

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Promise(Source),
    /// The bytes of a literal.
    Literal(Vec<u8>),
    List(Vec<Bound>),
    Map(BTreeMap<String, Bound>),
    /// No value, for an optional input.
    None,
    /// The reason why Flyte's type cannot represent the value.
    Wrong(String),
}

#[allow(non_snake_case, reason = "as its kinds are called")]
impl Bound {
    pub(super) fn Promise(source: Source) -> Self {
        Bound(Kind::Promise(source))
    }

    /// A known value.
    pub(super) fn known<T: FlyteType>(value: &T) -> Self {
        let literal = LiteralWriter::to_bytes(|out| value.encode(out));
        Bound(literal.map_or_else(|error| Kind::Wrong(error.to_string()), Kind::Literal))
    }

    /// No value.
    pub(super) const NOTHING: Self = Bound(Kind::None);

    pub(super) fn list(items: impl IntoIterator<Item = Bound>) -> Self {
        Bound(Kind::List(items.into_iter().collect()))
    }

    pub(super) fn map(entries: impl IntoIterator<Item = (String, Bound)>) -> Self {
        Bound(Kind::Map(entries.into_iter().collect()))
    }

    /// Whether it contains no promise.
    pub(super) fn is_known(&self) -> bool {
        match &self.0 {
            Kind::Promise(_) => false,
            Kind::Literal(_) | Kind::None | Kind::Wrong(_) => true,
            Kind::List(items) => items.iter().all(Bound::is_known),
            Kind::Map(entries) => entries.values().all(Bound::is_known),
        }
    }

    /// Whether it contains a promise of an element of a map's list.
    pub(super) fn holds_element(&self) -> bool {
        let mut holds = false;
        self.promises(&mut |source| holds |= matches!(source.giver, Giver::Element { .. }));
        holds
    }

    /// Calls `each` with each promise in it.
    pub(super) fn promises<'b>(&'b self, each: &mut dyn FnMut(&'b Source)) {
        match &self.0 {
            Kind::Promise(source) => each(source),
            Kind::Literal(_) | Kind::None | Kind::Wrong(_) => {}
            Kind::List(items) => items.iter().for_each(|it| it.promises(each)),
            Kind::Map(entries) => entries.values().for_each(|it| it.promises(each)),
        }
    }
}

impl<T> Value<T> {
    pub(super) fn bound(bound: Bound) -> Self {
        Value {
            bound,
            of: PhantomData,
        }
    }

    /// A value or a promise of this type.
    pub fn of(value: impl Argument<T>) -> Self {
        Value::bound(value.bound())
    }
}

impl<T> Value<Vec<T>> {
    /// A list of these values.
    pub fn list(items: impl IntoIterator<Item = Value<T>>) -> Self {
        Value::bound(Bound::list(items.into_iter().map(|it| it.bound)))
    }
}

impl<T, S> Value<HashMap<String, T, S>> {
    /// A map of these values, with keys of text.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value<T>)>) -> Self {
        let entries = entries.into_iter();
        Value::bound(Bound::map(entries.map(|(key, it)| (key.into(), it.bound))))
    }
}

impl<T> From<Promise<T>> for Value<T> {
    fn from(promise: Promise<T>) -> Self {
        Value::bound(Bound::Promise(promise.source))
    }
}

impl<T> From<&Promise<T>> for Value<T> {
    fn from(promise: &Promise<T>) -> Self {
        Value::from(promise.clone())
    }
}

impl<T> Clone for Value<T> {
    fn clone(&self) -> Self {
        Value::bound(self.bound.clone())
    }
}

impl Bound {
    /// The outputs, one by one.
    pub(super) fn apart(self) -> Vec<Bound> {
        match self.0 {
            Kind::Promise(source) => source.apart(),
            _ => vec![self],
        }
    }
}
