//! The products of a run, for Flyte.

use std::fmt;

use super::local::{Failure, Local};
use crate::error::Error;
use crate::graph::Graph;
use crate::types::{EncodedOutputs, OutputsWriter};

/// The products of a successful run.
///
/// A task's function returns its outputs. This type separates them from products that can replace or
/// complement them.
#[derive(Debug)]
#[non_exhaustive]
pub struct Products {
    /// The product that the next nodes take.
    pub product: Product,
}

/// The product of a run that the next nodes take.
#[derive(Debug)]
#[non_exhaustive]
pub enum Product {
    /// The task's outputs.
    Outputs(EncodedOutputs),
    /// The graph of a dynamic task, which produces the outputs when it has run.
    Graph(Box<dyn Built>),
}

/// The graph that a dynamic task has built.
///
/// A trait, because a program without dynamic tasks never creates one, and so contains none of the code that
/// builds, checks, runs and encodes graphs: 150 KB.
pub trait Built: fmt::Debug {
    /// The graph, for the task's function.
    fn graph(&mut self) -> &mut Graph;

    /// The product of the run; a graph without nodes only has known outputs.
    ///
    /// # Errors
    ///
    /// All mistakes in the graph that Flyte would refuse.
    fn product(self: Box<Self>) -> Result<Product, Error>;

    /// The bytes of the graph's `flyteidl.core.DynamicJobSpec`.
    ///
    /// # Errors
    ///
    /// If this process does not know the settings of the registration, or if Flyte would refuse the graph
    /// because of a called entity.
    fn job(&self) -> Result<Vec<u8>, Error>;

    /// Runs the graph on this machine, at `path` among the nodes, and returns its outputs.
    ///
    /// # Errors
    ///
    /// The first failure of a node.
    fn run(&self, local: Local<'_>, path: &str) -> Result<Vec<u8>, Failure>;
}

impl Products {
    /// The products in `outputs`.
    ///
    /// # Errors
    ///
    /// All mistakes in a graph that Flyte would refuse.
    pub(crate) fn of(mut outputs: OutputsWriter) -> Result<Self, Error> {
        let product = match outputs.take_graph() {
            None => Product::Outputs(outputs.finish_in_pieces()),
            Some(graph) => graph.product()?,
        };
        Ok(Products { product })
    }
}
