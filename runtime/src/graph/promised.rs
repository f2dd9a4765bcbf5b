//! The promises of a node.

use super::call::Call;
use super::condition::Choice;
use super::node::Planned;
use super::promise::{Giver, Promise, Whole};
use crate::types::{Fallible, FlyteType, Named, Outputs, Single, Tuple, Unfailing};

/// The return type of a function, as promises: a value becomes a [`Promise`], a tuple a tuple of promises,
/// and a struct that derives `Outputs` a promise whose [parts](crate::part) are the outputs.
#[diagnostic::on_unimplemented(
    message = "a node cannot return `{Self}`",
    label = "these are not outputs"
)]
pub trait Promised<M> {
    /// The types of the promises.
    type Promises;

    /// The promises of a node.
    #[doc(hidden)]
    fn promises(giver: Giver) -> Self::Promises;
}

impl<T: FlyteType> Promised<Unfailing<Single>> for T {
    type Promises = Promise<T>;

    fn promises(giver: Giver) -> Promise<T> {
        giver.output("o0")
    }
}

impl<T: Outputs<Named>> Promised<Unfailing<Named>> for T {
    type Promises = Promise<T>;

    fn promises(giver: Giver) -> Promise<T> {
        Promise::whole(giver.graph(), giver, Whole::Several(T::VARIABLES))
    }
}

macro_rules! tuples {
    ($($($type:ident $name:literal),+;)+) => {$(
        impl<$($type: FlyteType),+> Promised<Unfailing<Tuple>> for ($($type,)+) {
            type Promises = ($(Promise<$type>,)+);

            fn promises(giver: Giver) -> Self::Promises {
                ($(giver.output::<$type>($name),)+)
            }
        }
    )+};
}

tuples! {
    A "o0", B "o1";
    A "o0", B "o1", C "o2";
    A "o0", B "o1", C "o2", D "o3";
    A "o0", B "o1", C "o2", D "o3", E "o4";
    A "o0", B "o1", C "o2", D "o3", E "o4", F "o5";
    A "o0", B "o1", C "o2", D "o3", E "o4", F "o5", G "o6";
    A "o0", B "o1", C "o2", D "o3", E "o4", F "o5", G "o6", H "o7";
    A "o0", B "o1", C "o2", D "o3", E "o4", F "o5", G "o6", H "o7", I "o8";
    A "o0", B "o1", C "o2", D "o3", E "o4", F "o5", G "o6", H "o7", I "o8", J "o9";
    A "o0", B "o1", C "o2", D "o3", E "o4", F "o5", G "o6", H "o7", I "o8", J "o9", K "o10";
    A "o0", B "o1", C "o2", D "o3", E "o4", F "o5", G "o6", H "o7", I "o8", J "o9", K "o10", L "o11";
}

impl<M, T: Promised<Unfailing<M>>, E> Promised<Fallible<M>> for Result<T, E> {
    type Promises = T::Promises;

    fn promises(giver: Giver) -> T::Promises {
        T::promises(giver)
    }
}

impl Giver {
    pub(super) fn graph(self) -> u64 {
        match self {
            Giver::Inputs | Giver::Element { .. } => u64::MAX,
            Giver::Node { graph, .. } => graph,
        }
    }

    /// The output with this name.
    pub(super) fn output<T: FlyteType>(self, name: &'static str) -> Promise<T> {
        let whole = if T::LITERAL_TYPE.is_none() {
            Whole::Nothing
        } else {
            Whole::One(name, T::LITERAL_TYPE)
        };
        Promise::whole(self.graph(), self, whole)
    }
}

/// A call of an entity, or a choice between several calls: it can become a node.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a node",
    label = "neither a call of an entity nor a choice",
    note = "`add::call(1, 2)` is a call of `add`; a choice ends in `otherwise(…)` or `or_fail(\"…\")`"
)]
pub trait Runs<M> {
    /// The types of the promises.
    type Promises;

    /// The call, without its type, and the function that makes the promises of its node.
    #[doc(hidden)]
    fn planned(self) -> (Planned, fn(Giver) -> Self::Promises);
}

impl<M, R: Promised<M>> Runs<M> for Call<R> {
    type Promises = R::Promises;

    fn planned(self) -> (Planned, fn(Giver) -> R::Promises) {
        (self.planned, R::promises)
    }
}

impl<P> Runs<()> for Choice<P> {
    type Promises = P;

    fn planned(self) -> (Planned, fn(Giver) -> P) {
        (self.planned, self.promises)
    }
}
