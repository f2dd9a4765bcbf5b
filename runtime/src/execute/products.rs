//! The products of a run, for Flyte.

use crate::error::Error;
use crate::graph::Graph;
use crate::types::{EncodedOutputs, OutputsWriter};

/// The products of a successful run.
///
/// A task's function returns its outputs. This type separates them from products that can replace them, or
/// come in addition.
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
    Graph(Box<Graph>),
}

impl Products {
    /// The products in `outputs`; a graph without nodes only has known outputs.
    ///
    /// # Errors
    ///
    /// All mistakes in a graph that Flyte would refuse.
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
