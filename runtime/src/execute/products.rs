//! What a run leaves for Flyte.

use std::fmt;

use super::local::{Failure, Local};
use crate::error::Error;
use crate::graph::Graph;
use crate::types::{EncodedOutputs, OutputsWriter};

/// What a run that went well gives.
///
/// A task's function gives its outputs. They are told apart from whatever else may stand in their
/// place, or lie beside them.
#[derive(Debug)]
#[non_exhaustive]
pub struct Products {
    /// What the next nodes take.
    pub product: Product,
}

/// What the next nodes take from a run.
#[derive(Debug)]
#[non_exhaustive]
pub enum Product {
    /// The task's outputs.
    Outputs(EncodedOutputs),
    /// Of a dynamic task what gives them once it has run.
    Graph(Box<dyn Built>),
}

/// The graph that a dynamic task has built. A trait, since a program without such tasks makes none, and so
/// has none of the code that builds, checks, runs and writes graphs: some 150 KB.
pub trait Built: fmt::Debug {
    /// The graph, to build on.
    fn graph(&mut self) -> &mut Graph;

    /// What it gives: a graph without nodes gives outputs that are known.
    ///
    /// # Errors
    ///
    /// All that Flyte would refuse of it.
    fn product(self: Box<Self>) -> Result<Product, Error>;

    /// The bytes of its `flyteidl.core.DynamicJobSpec`.
    ///
    /// # Errors
    ///
    /// When this process does not know how what it calls is registered, or Flyte would refuse it for that.
    fn job(&self) -> Result<Vec<u8>, Error>;

    /// The outputs of a run of it at this path among the nodes of a run on this machine.
    ///
    /// # Errors
    ///
    /// The first failure of a node.
    fn run(&self, local: Local<'_>, path: &str) -> Result<Vec<u8>, Failure>;
}

impl Products {
    /// What was written, or the graph that was built.
    ///
    /// # Errors
    ///
    /// All that Flyte would refuse of a graph.
    pub(crate) fn of(mut outputs: OutputsWriter) -> Result<Self, Error> {
        let product = match outputs.take_graph() {
            None => Product::Outputs(outputs.finish_in_pieces()),
            Some(graph) => graph.product()?,
        };
        Ok(Products { product })
    }
}
