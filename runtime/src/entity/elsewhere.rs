//! What a function does that stands for an entity of another program: it fails.

use std::marker::PhantomData;

use crate::error::Error;

/// An entity of another program, whose function returns an `R`.
#[derive(Debug)]
pub struct Elsewhere<R> {
    name: &'static str,
    returned: PhantomData<R>,
}

impl<R> Elsewhere<R> {
    /// The one of this name.
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

/// Where the function can say it: it returns a `Result`.
pub trait FailsByError {
    /// What the function returns.
    type Returned;

    /// Says that it does not run here.
    fn fail(&self) -> Self::Returned;
}

impl<T, E: From<Error>> FailsByError for Elsewhere<Result<T, E>> {
    type Returned = Result<T, E>;

    fn fail(&self) -> Result<T, E> {
        Err(self.error().into())
    }
}

/// Where it cannot: one more reference, so that it is found second.
pub trait FailsByPanic {
    /// What the function returns.
    type Returned;

    /// Says that it does not run here.
    fn fail(&self) -> Self::Returned;
}

impl<R> FailsByPanic for &Elsewhere<R> {
    type Returned = R;

    fn fail(&self) -> R {
        panic!("{}", self.error())
    }
}
