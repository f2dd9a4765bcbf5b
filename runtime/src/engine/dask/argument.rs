//! The arguments of a call: local values, and results that are on the cluster.

use std::sync::Arc;

use super::connection::Connection;
use super::function::Portable;
use super::future::Future;
use super::message;
use super::record::RecordBuf;
use crate::error::Error;

/// The arguments of a call, encoded.
#[derive(Debug)]
pub struct Arguments<'s> {
    connection: &'s Arc<Connection>,
    pub(super) list: Vec<message::SentArgument>,
    /// The values of the inline arguments.
    pub(super) records: Vec<RecordBuf>,
}

impl<'s> Arguments<'s> {
    pub(super) fn new(connection: &'s Arc<Connection>) -> Self {
        Arguments {
            connection,
            list: Vec::new(),
            records: Vec::new(),
        }
    }

    fn future<T>(&mut self, future: &Future<T>) -> Result<(), Error> {
        if !Arc::ptr_eq(self.connection, future.connection()) {
            let position = self.list.len() + 1;
            return Err(Error::bad_input(format!(
                "argument {position} is a future of another run, whose results are gone"
            )));
        }
        let future = future.id();
        self.list.push(message::SentArgument::Future { future });
        Ok(())
    }

    fn value(&mut self, value: &impl Portable) -> Result<(), Error> {
        let mut record = RecordBuf::local();
        record.push(value).map_err(|error| {
            let position = self.list.len() + 1;
            Error::bad_input(format!("argument {position} cannot be serialized")).with_source(error)
        })?;
        let size = record.len();
        self.list.push(message::SentArgument::Inline { size });
        self.records.push(record);
        Ok(())
    }
}

/// A value that can be passed for a parameter of type `T`: a `T`, or the [`Future`] of one.
#[diagnostic::on_unimplemented(
    message = "a worker function's parameter of type `{T}` does not accept `{Self}`",
    label = "expected `{T}`, or a reference to a `Future` of it"
)]
pub trait Argument<T> {
    /// Adds the argument.
    ///
    /// # Errors
    ///
    /// If the value cannot be serialized.
    fn add(self, arguments: &mut Arguments<'_>) -> Result<(), Error>;
}

impl<T: Portable> Argument<T> for T {
    fn add(self, arguments: &mut Arguments<'_>) -> Result<(), Error> {
        arguments.value(&self)
    }
}

impl<T: Portable> Argument<T> for &Future<T> {
    fn add(self, arguments: &mut Arguments<'_>) -> Result<(), Error> {
        arguments.future(self)
    }
}

/// Values that can be passed for the parameters `P` of a function: `()` for no parameters, the argument
/// itself for one, a tuple for several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit a worker function's parameters `{P}`",
    label = "wrong arguments",
    note = "one parameter takes a value of its type, several take a tuple, and each may be a reference to a `Future`"
)]
pub trait IntoArguments<P> {
    /// Adds all arguments.
    ///
    /// # Errors
    ///
    /// If a value cannot be serialized.
    fn add_all(self, arguments: &mut Arguments<'_>) -> Result<(), Error>;
}

impl IntoArguments<()> for () {
    fn add_all(self, _: &mut Arguments<'_>) -> Result<(), Error> {
        Ok(())
    }
}

impl<T, A: Argument<T>> IntoArguments<(T,)> for A {
    fn add_all(self, arguments: &mut Arguments<'_>) -> Result<(), Error> {
        self.add(arguments)
    }
}

macro_rules! tuples {
    ($($($param:ident $argument:ident),+;)+) => {$(
        impl<$($param, $argument: Argument<$param>),+> IntoArguments<($($param,)+)> for ($($argument,)+) {
            #[allow(non_snake_case)]
            fn add_all(self, arguments: &mut Arguments<'_>) -> Result<(), Error> {
                let ($($param,)+) = self;
                $($param.add(arguments)?;)+
                Ok(())
            }
        }
    )+};
}

tuples! {
    A A1, B B1;
    A A1, B B1, C C1;
    A A1, B B1, C C1, D D1;
    A A1, B B1, C C1, D D1, E E1;
    A A1, B B1, C C1, D D1, E E1, F F1;
    A A1, B B1, C C1, D D1, E E1, F F1, G G1;
    A A1, B B1, C C1, D D1, E E1, F F1, G G1, H H1;
}
