//! The arguments of calls.

use std::collections::{BTreeMap, HashMap};

use super::promise::Promise;
use super::value::{Bound, Value};
use crate::types::FlyteType;

/// An argument for an input of type `T`: a value of that type, a promise of one, or a list or map of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the argument for an input of type `{T}`",
    label = "neither a value of type `{T}` nor a promise of one",
    note = "a list that mixes values and promises is `Value::list([Value::of(1), Value::from(&promise)])`, a map is `Value::map([(\"key\", …)])`"
)]
pub trait Argument<T> {
    /// The argument, without its type.
    #[doc(hidden)]
    fn bound(self) -> Bound;
}

impl<T: FlyteType> Argument<T> for T {
    fn bound(self) -> Bound {
        Bound::known(&self)
    }
}

impl<T> Argument<T> for Promise<T> {
    fn bound(self) -> Bound {
        Bound::Promise(self.source)
    }
}

impl<T> Argument<T> for &Promise<T> {
    fn bound(self) -> Bound {
        Bound::Promise(self.source.clone())
    }
}

impl<T> Argument<T> for Value<T> {
    fn bound(self) -> Bound {
        self.bound
    }
}

impl<T> Argument<T> for &Value<T> {
    fn bound(self) -> Bound {
        self.bound.clone()
    }
}

impl Argument<String> for &str {
    fn bound(self) -> Bound {
        Bound::known(&self.to_owned())
    }
}

/// A promise of a value, for an optional input.
impl<T> Argument<Option<T>> for Promise<T> {
    fn bound(self) -> Bound {
        Bound::Promise(self.source)
    }
}

impl<T> Argument<Option<T>> for &Promise<T> {
    fn bound(self) -> Bound {
        Bound::Promise(self.source.clone())
    }
}

macro_rules! lists {
    ($($item:ty),+) => {$(
        impl<T> Argument<Vec<T>> for Vec<$item> {
            fn bound(self) -> Bound {
                Bound::list(self.into_iter().map(|it| Argument::<T>::bound(it)))
            }
        }

        impl<T, const N: usize> Argument<Vec<T>> for [$item; N] {
            fn bound(self) -> Bound {
                Bound::list(self.into_iter().map(|it| Argument::<T>::bound(it)))
            }
        }
    )+};
}

lists!(Promise<T>, Value<T>);

macro_rules! maps {
    ($($item:ty),+) => {$(
        impl<T, S> Argument<HashMap<String, T, S>> for HashMap<String, $item, S> {
            fn bound(self) -> Bound {
                Bound::map(self.into_iter().map(|(key, it)| (key, Argument::<T>::bound(it))))
            }
        }

        impl<T> Argument<BTreeMap<String, T>> for BTreeMap<String, $item> {
            fn bound(self) -> Bound {
                Bound::map(self.into_iter().map(|(key, it)| (key, Argument::<T>::bound(it))))
            }
        }
    )+};
}

maps!(Promise<T>, Value<T>);
