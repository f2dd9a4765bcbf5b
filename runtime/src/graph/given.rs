//! The outputs of a graph.

use std::error::Error as StdError;

use super::promise::Promise;
use super::value::{Bound, Value};
use crate::declare::TaskDescriptor;
use crate::error::Error;
use crate::types::{FlyteType, OutputsWriter};

/// An output of a graph: a value or a promise.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value that a graph can return",
    label = "neither a promise nor a Flyte type"
)]
pub trait Given {
    /// The type of the value.
    type Plain;

    /// The output, without its type.
    #[doc(hidden)]
    fn given(self) -> Bound;
}

impl<T: FlyteType> Given for T {
    type Plain = T;

    fn given(self) -> Bound {
        Bound::known(&self)
    }
}

impl<T> Given for Promise<T> {
    type Plain = T;

    fn given(self) -> Bound {
        Bound::Promise(self.source)
    }
}

impl<T> Given for &Promise<T> {
    type Plain = T;

    fn given(self) -> Bound {
        Bound::Promise(self.source.clone())
    }
}

impl<T> Given for Value<T> {
    type Plain = T;

    fn given(self) -> Bound {
        self.bound
    }
}

impl<T> Given for Vec<Promise<T>> {
    type Plain = Vec<T>;

    fn given(self) -> Bound {
        Bound::list(self.into_iter().map(Given::given))
    }
}

impl<T> Given for Vec<Value<T>> {
    type Plain = Vec<T>;

    fn given(self) -> Bound {
        Bound::list(self.into_iter().map(Given::given))
    }
}

/// The outputs of a dynamic task: a value, or several in a tuple.
#[diagnostic::on_unimplemented(
    message = "a dynamic task cannot return `{Self}` as outputs",
    label = "neither a promise nor a Flyte type, nor a tuple of these",
    note = "a dynamic task returns a `Promise` of a node, a value, a `Vec` of promises, a `Value`, or a tuple of at most 12 of these"
)]
pub trait Results {
    /// The types of the values.
    type Plain;

    /// The outputs, without their types.
    #[doc(hidden)]
    fn results(self) -> Vec<Bound>;
}

impl<G: Given> Results for G {
    type Plain = G::Plain;

    fn results(self) -> Vec<Bound> {
        self.given().apart()
    }
}

macro_rules! tuples {
    ($($($type:ident $value:ident),+;)+) => {$(
        impl<$($type: Given),+> Results for ($($type,)+) {
            type Plain = ($($type::Plain,)+);

            fn results(self) -> Vec<Bound> {
                let ($($value,)+) = self;
                vec![$($value.given()),+]
            }
        }
    )+};
}

tuples! {
    A a, B b;
    A a, B b, C c;
    A a, B b, C c, D d;
    A a, B b, C c, D d, E e;
    A a, B b, C c, D d, E e, F f;
    A a, B b, C c, D d, E e, F f, G g;
    A a, B b, C c, D d, E e, F f, G g, H h;
    A a, B b, C c, D d, E e, F f, G g, H h, I i;
    A a, B b, C c, D d, E e, F f, G g, H h, I i, J j;
    A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k;
    A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l;
}

/// The return type of a dynamic task's function: a `Result` of the outputs of its graph.
#[diagnostic::on_unimplemented(
    message = "a dynamic task cannot return `{Self}`",
    label = "write `Result<…>`",
    note = "a dynamic task returns a `Result`, because its graph can be refused: of a `Promise`, of a value, of a `Vec` of promises, or of a tuple of these"
)]
pub trait DynamicReturns {
    /// The type of the task's outputs.
    type Plain;

    /// The outputs in the `Ok` case.
    type Outputs;

    /// Keeps the results in the graph, or passes on the function's error.
    ///
    /// # Errors
    ///
    /// The function's own.
    fn write(self, task: &'static TaskDescriptor, out: &mut OutputsWriter) -> Result<(), Error>;
}

impl<R: Results, E: Into<Box<dyn StdError + Send + Sync>>> DynamicReturns for Result<R, E> {
    type Plain = Result<R::Plain, E>;
    type Outputs = R::Plain;

    fn write(self, task: &'static TaskDescriptor, out: &mut OutputsWriter) -> Result<(), Error> {
        let results = self.map_err(|error| Error::returned(error.into()))?;
        out.graph(task).give(task.outputs, results.results());
        Ok(())
    }
}
