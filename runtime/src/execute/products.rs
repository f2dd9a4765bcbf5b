//! What a run leaves for Flyte.

/// What a run that went well gives.
///
/// A task's function gives its outputs. They are told apart from whatever else may stand in their
/// place, or lie beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Products {
    /// What the next nodes take.
    pub product: Product,
}

/// What the next nodes take from a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Product {
    /// The bytes of a `flyteidl.core.LiteralMap` with the task's outputs.
    Outputs(Vec<u8>),
}

impl Products {
    /// Outputs, and nothing beside them.
    pub(crate) fn of_outputs(literal_map: Vec<u8>) -> Self {
        Products {
            product: Product::Outputs(literal_map),
        }
    }
}
