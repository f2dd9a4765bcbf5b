//! What a run leaves for Flyte.

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
    Graph(Box<Graph>),
}

impl Products {
    /// What was written: a graph without nodes gives outputs that are known.
    ///
    /// # Errors
    ///
    /// All that Flyte would refuse of a graph.
    pub(crate) fn of(mut outputs: OutputsWriter) -> Result<Self, Error> {
        let product = match outputs.take_graph() {
            None => Product::Outputs(outputs.finish_in_pieces()),
            Some(graph) => {
                graph.finish()?;
                if graph.is_empty() {
                    Product::Outputs(super::local::known_results(&graph)?)
                } else {
                    Product::Graph(graph)
                }
            }
        };
        Ok(Products { product })
    }
}
