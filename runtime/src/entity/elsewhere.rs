//! The function of a reference to another program: it fails.

use std::marker::PhantomData;

use crate::error::Error;

/// An entity of another program, whose function returns an `R`.
#[derive(Debug)]
pub struct Elsewhere<R> {
    name: &'static str,
    returned: PhantomData<R>,
}

impl<R> Elsewhere<R> {
    /// The entity with this name.
    pub const fn new(name: &'static str) -> Self {
        Elsewhere {
            name,
            returned: PhantomData,
        }
    }

    fn error(&self) -> Error {
        let name = self.name;
        Error::user(format!(
            "`{name}` belongs to another program, so it cannot run locally: call it in a workflow, and run the workflow in Flyte"
        ))
    }
}

/// For functions that return a `Result`.
pub trait FailsByError {
    /// The function's return type.
    type Returned;

    /// Fails, because the entity cannot run locally.
    fn fail(&self) -> Self::Returned;
}

impl<T, E: From<Error>> FailsByError for Elsewhere<Result<T, E>> {
    type Returned = Result<T, E>;

    fn fail(&self) -> Result<T, E> {
        Err(self.error().into())
    }
}

/// For all other functions: the additional reference makes rustc prefer [`FailsByError`].
pub trait FailsByPanic {
    /// The function's return type.
    type Returned;

    /// Fails, because the entity cannot run locally.
    fn fail(&self) -> Self::Returned;
}

impl<R> FailsByPanic for &Elsewhere<R> {
    type Returned = R;

    fn fail(&self) -> R {
        panic!("{}", self.error())
    }
}
