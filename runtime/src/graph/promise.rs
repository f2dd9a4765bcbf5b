//! Promises: values that exist when a node has run.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::marker::PhantomData;

use super::part::Step;
use super::value::Bound;
use crate::declare::{LiteralType, Variable};

/// A value of type `T` that exists when a node has run, or when the graph is started.
///
/// A promise can be passed by reference any number of times. Parts of a promise are promises, too:
/// [`part!`](crate::part) names a field, [`at`](Promise::at) an element of a list, [`get`](Promise::get) the
/// value of a key.
pub struct Promise<T> {
    pub(super) source: Source,
    of: PhantomData<fn() -> T>,
}

/// A promise, without its type.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The number of the promise's graph.
    pub(super) graph: u64,
    pub(super) giver: Giver,
    pub(super) whole: Whole,
    pub(super) path: Vec<Step>,
    /// The mistake in the path, if there is one.
    pub(super) wrong: Option<String>,
}

/// The origin of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Giver {
    /// The promise is an input of the graph.
    Inputs,
    /// The node with this index.
    Node {
        /// The number of the graph.
        graph: u64,
        /// The index of the node.
        place: usize,
    },
    /// An element of a list, in the closure of a map.
    Element {
        /// The number of the map.
        map: u64,
        /// The index of the list.
        place: usize,
    },
}

/// The promised values.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whole {
    /// A variable, or the part of it at the end of the path, and its type.
    One(&'static str, LiteralType),
    /// Several variables, none of which is chosen yet.
    Several(&'static [Variable]),
    /// No value: a node that others only wait for.
    Nothing,
}

impl<T> Promise<T> {
    pub(super) fn whole(graph: u64, giver: Giver, whole: Whole) -> Self {
        Promise::of(Source {
            graph,
            giver,
            whole,
            path: Vec::new(),
            wrong: None,
        })
    }

    pub(super) fn of(source: Source) -> Self {
        Promise {
            source,
            of: PhantomData,
        }
    }

    /// The part at the end of `steps`, whose type `typed` shows: use [`part!`](crate::part), which writes
    /// both.
    pub fn part<U>(
        &self,
        typed: impl Fn(&T) -> &U,
        steps: impl IntoIterator<Item = Step>,
    ) -> Promise<U> {
        let _ = typed;
        let mut source = self.source.clone();
        for step in steps {
            source.enter(step);
        }
        Promise::of(source)
    }

    fn entered<U>(&self, step: Step) -> Promise<U> {
        let mut source = self.source.clone();
        source.enter(step);
        Promise::of(source)
    }
}

impl<T> Promise<Vec<T>> {
    /// The element at this index; if the list is shorter, the node that takes the element fails.
    pub fn at(&self, index: usize) -> Promise<T> {
        self.entered(index.into())
    }
}

impl<T, S> Promise<HashMap<String, T, S>> {
    /// The value of this key; if the map has no such key, the node that takes the value fails.
    pub fn get(&self, key: &str) -> Promise<T> {
        self.entered(key.into())
    }
}

impl<T> Promise<BTreeMap<String, T>> {
    /// The value of this key; if the map has no such key, the node that takes the value fails.
    pub fn get(&self, key: &str) -> Promise<T> {
        self.entered(key.into())
    }
}

impl Source {
    /// The type, if it is one value.
    pub(super) fn literal_type(&self) -> Option<LiteralType> {
        match self.whole {
            Whole::One(_, literal_type) => Some(literal_type),
            Whole::Several(_) | Whole::Nothing => None,
        }
    }

    /// The outputs, one by one.
    pub(super) fn apart(self) -> Vec<Bound> {
        match self.whole {
            Whole::One(..) => vec![Bound::Promise(self)],
            Whole::Nothing => Vec::new(),
            Whole::Several(outputs) => {
                let one = |output: &Variable| {
                    let whole = Whole::One(output.name, output.literal_type);
                    Bound::Promise(Source {
                        whole,
                        ..self.clone()
                    })
                };
                outputs.iter().map(one).collect()
            }
        }
    }
}

// Not derived, because `T` needs no trait.
impl<T> Clone for Promise<T> {
    fn clone(&self) -> Self {
        Promise::of(self.source.clone())
    }
}

impl<T> fmt::Debug for Promise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Promise").field(&self.source).finish()
    }
}
