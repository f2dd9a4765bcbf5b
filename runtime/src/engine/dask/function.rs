//! Functions that workers run, and this executable's table of them.

use std::error::Error as StdError;

use bytes::Bytes;
use rmp_serde::decode::Error as DecodeError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::record::{RecordBuf, Values};
use super::work::{self, Work};
use crate::declare::Location;
use crate::error::Error;
use crate::registry::{Duplicate, Entry, Noun, Table};

/// A function that Dask's workers can run; `#[worker_fn]` implements it.
///
/// The attribute turns a function into a type of its name with one value, also of its name. So the type in
/// `dask.map(count_hits, …)` identifies the function. Only the function's name and the arguments go to the
/// workers, which run this very executable.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a function that Dask's workers can run",
    label = "not a `#[worker_fn]`",
    note = "the workers run this very executable, and find functions in it by name: a closure has no name, and the workers lack the values that it captures",
    note = "put `#[worker_fn]` on a function, name it here, and pass its data as arguments"
)]
pub trait WorkerFn: Copy + Send + Sync + 'static {
    /// The types of the parameters, always as a tuple: `()`, `(A,)`, `(A, B)`, ….
    type Params: Params;

    /// The type of the result: `T` for a function that returns `T` or `Result<T, E>`.
    type Output: Portable;

    /// The function's name and location.
    const DESCRIPTOR: &'static WorkerFnDescriptor;

    /// Calls the function.
    ///
    /// # Errors
    ///
    /// The function's own error.
    fn invoke(params: Self::Params) -> Result<Self::Output, Error>;
}

/// A type whose values can be passed between processes: every owned type with serde's traits.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to Dask's workers and back",
    label = "cannot be passed between processes",
    note = "derive `serde::Serialize` and `serde::Deserialize` for it; its content must be owned and `Send`",
    note = "the attribute recognizes a `Result` by its name, `Result<…>`, with any path"
)]
pub trait Portable: Serialize + DeserializeOwned + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> Portable for T {}

/// The parameters of a [`WorkerFn`]: a tuple of at most eight [`Portable`] types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not the parameters of a function that Dask's workers can run",
    note = "the parameters are a tuple of at most 8 types whose values can be passed between processes"
)]
pub trait Params: Send + 'static {
    /// The type of an item of a batch: the parameter itself if there is one, else the tuple.
    type Item: Portable;

    /// Decodes the next item of a batch.
    #[doc(hidden)]
    fn from_item(values: &mut Values<'_>) -> Result<Self, DecodeError>
    where
        Self: Sized;

    /// Decodes the arguments of one call.
    #[doc(hidden)]
    fn from_arguments(arguments: &[Bytes]) -> Result<Self, DecodeError>
    where
        Self: Sized;
}

macro_rules! tuples {
    ($(($($type:ident $argument:ident)*) $item:ty, |$value:ident| $params:expr;)+) => {$(
        impl<$($type: Portable),*> Params for ($($type,)*) {
            type Item = $item;

            fn from_item(values: &mut Values<'_>) -> Result<Self, DecodeError> {
                let $value: $item = values.next()?;
                Ok($params)
            }

            fn from_arguments(arguments: &[Bytes]) -> Result<Self, DecodeError> {
                let [$($argument),*] = arguments else {
                    return Err(DecodeError::LengthMismatch(u32::try_from(arguments.len()).unwrap_or(u32::MAX)));
                };
                Ok(($(Values::of_argument($argument)?.next::<$type>()?,)*))
            }
        }
    )+};
}

tuples! {
    () (), |unit| unit;
    (A a) A, |item| (item,);
    (A a B b) (A, B), |item| item;
    (A a B b C c) (A, B, C), |item| item;
    (A a B b C c D d) (A, B, C, D), |item| item;
    (A a B b C c D d E e) (A, B, C, D, E), |item| item;
    (A a B b C c D d E e F f) (A, B, C, D, E, F), |item| item;
    (A a B b C c D d E e F f G g) (A, B, C, D, E, F, G), |item| item;
    (A a B b C c D d E e F f G g H h) (A, B, C, D, E, F, G, H), |item| item;
}

/// The return type of a function that can fail: a `Result`.
///
/// The attribute recognizes it by its name, because the types cannot tell: serde can also encode a `Result`,
/// so a `Result` is [`Portable`] like any other value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is called `Result`, but its error cannot be reported",
    label = "not `Result<T, E>`",
    note = "the error of a `Result` is `flytekit::Error`, or any type that converts into `Box<dyn Error + Send + Sync>`"
)]
pub trait WorkerResult {
    /// The type of the value.
    type Value;

    /// The value, or the error converted to [`Error`].
    ///
    /// # Errors
    ///
    /// The error of the `Result`.
    fn into_result(self) -> Result<Self::Value, Error>;
}

#[diagnostic::do_not_recommend]
impl<T, E: Into<Box<dyn StdError + Send + Sync>>> WorkerResult for Result<T, E> {
    type Value = T;

    fn into_result(self) -> Result<T, Error> {
        self.map_err(|error| Error::returned(error.into()))
    }
}

/// The properties of a [`WorkerFn`] that are known at compile time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WorkerFnDescriptor {
    /// The name in the executable: module path and function name, dot-separated.
    pub name: &'static str,
    /// The location in the source, for people.
    pub location: Location,
}

impl WorkerFnDescriptor {
    /// Creates a descriptor; the attribute calls this.
    #[doc(hidden)]
    pub const fn new(name: &'static str, location: Location) -> Self {
        WorkerFnDescriptor { name, location }
    }
}

/// An entry of this executable's table of functions.
#[derive(Clone, Copy, Debug)]
pub struct WorkerFnEntry {
    /// The function's descriptor.
    pub descriptor: &'static WorkerFnDescriptor,
    /// Decodes the arguments, calls the function, and encodes the result.
    pub(super) run: RunFn,
}

/// Calls a function. The parameters are the work, the index of the current item of a batch, and the record
/// for the results.
type RunFn = fn(&Work<'_>, &mut u64, &mut RecordBuf) -> Result<(), Error>;

impl WorkerFnEntry {
    /// The entry that `#[worker_fn]` submits for each function.
    #[doc(hidden)]
    pub const fn new<F: WorkerFn>() -> Self {
        WorkerFnEntry {
            descriptor: F::DESCRIPTOR,
            run: work::run::<F>,
        }
    }
}

inventory::collect!(WorkerFnEntry);

impl Entry for WorkerFnEntry {
    const NOUN: &'static Noun = &Noun {
        singular: "worker function",
        plural: "worker functions",
        renaming: "#[worker_fn(name = \"…\")]",
    };

    fn name(&self) -> &str {
        self.descriptor.name
    }

    fn location(&self) -> String {
        self.descriptor.location.to_string()
    }
}

/// Every worker function that is linked into this executable.
///
/// # Errors
///
/// If two functions have the same name.
pub fn worker_fns() -> Result<Table<WorkerFnEntry>, Duplicate> {
    Table::new(inventory::iter::<WorkerFnEntry>.into_iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_a_result_keeps_what_it_says() {
        let failed: Result<i64, _> = "seven".parse::<i64>();
        let error = failed.into_result().unwrap_err();
        assert_eq!(error.to_string(), "invalid digit found in string");
        let boxed: Result<(), Box<dyn StdError + Send + Sync>> =
            Err(crate::RecoverableError::new("later").into());
        assert!(boxed.into_result().unwrap_err().is_recoverable());
        assert_eq!(Ok::<_, Error>(3).into_result().unwrap(), 3);
    }
}
