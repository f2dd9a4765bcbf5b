//! What a run leaves for Flyte.

use crate::types::EncodedOutputs;

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
}

impl Products {
    /// Outputs, and nothing beside them.
    pub(crate) fn of_outputs(outputs: EncodedOutputs) -> Self {
        Products {
            product: Product::Outputs(outputs),
        }
    }

    /// The outputs as the bytes of a `flyteidl.core.LiteralMap`.
    pub(crate) fn to_outputs(&self) -> Vec<u8> {
        let Product::Outputs(outputs) = &self.product;
        outputs.to_vec()
    }
}
