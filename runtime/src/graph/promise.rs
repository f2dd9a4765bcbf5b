//! Values that are there once a node has run.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::marker::PhantomData;

use super::part::Step;
use super::value::Bound;
use crate::declare::{LiteralType, Variable};

/// A value of type `T` that is there once a node has run, or once the graph is started.
///
/// It is given on by reference as often as it is wanted. Parts of it are promises too: [`part!`](crate::part)
/// names a field, [`at`](Promise::at) an element of a list, [`get`](Promise::get) the value of a key.
pub struct Promise<T> {
    pub(super) source: Source,
    of: PhantomData<fn() -> T>,
}

/// What is promised, whatever its type.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The number of the graph.
    pub(super) graph: u64,
    pub(super) giver: Giver,
    pub(super) whole: Whole,
    pub(super) path: Vec<Step>,
    /// What is wrong with the path.
    pub(super) wrong: Option<String>,
}

/// Which node gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Giver {
    /// None: it is an input of the graph.
    Inputs,
    /// The one at this place.
    Node {
        /// The number of the graph.
        graph: u64,
        /// Among the graph's nodes.
        place: usize,
    },
}

/// What it gives.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whole {
    /// A variable, or the part of it that the path leads to, and the type of that.
    One(&'static str, LiteralType),
    /// Several by their names, of which none is chosen yet.
    Several(&'static [Variable]),
    /// Nothing, or what is only waited for.
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

    /// The part of it that `steps` lead to, where `typed` says of which type that is: use
    /// [`part!`](crate::part), which writes both.
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
    /// The element at this place; a list that is shorter fails the node that takes it.
    pub fn at(&self, index: usize) -> Promise<T> {
        self.entered(index.into())
    }
}

impl<T, S> Promise<HashMap<String, T, S>> {
    /// The value of this key; a map without it fails the node that takes it.
    pub fn get(&self, key: &str) -> Promise<T> {
        self.entered(key.into())
    }
}

impl<T> Promise<BTreeMap<String, T>> {
    /// The value of this key; a map without it fails the node that takes it.
    pub fn get(&self, key: &str) -> Promise<T> {
        self.entered(key.into())
    }
}

impl Source {
    /// Its type, if it is one value.
    pub(super) fn literal_type(&self) -> Option<LiteralType> {
        match self.whole {
            Whole::One(_, literal_type) => Some(literal_type),
            Whole::Several(_) | Whole::Nothing => None,
        }
    }

    /// The outputs that it stands for, each by itself.
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

// Not derived: `T` need not be anything.
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
