//! `generic_spark(…)`: a Spark application that exists already.

pub(crate) mod check;
pub(crate) mod expand;
pub(crate) mod model;
pub(crate) mod read;
