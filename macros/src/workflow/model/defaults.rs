//! What the inputs are that a run is not given.

use super::body::Body;
use super::value::Value;
use crate::syntax::error::{Sink, at};
use crate::syntax::parameter::DefaultValue;
use crate::workflow::read::function::Function;

/// The defaults by the places of their inputs. Each is a constant, which lies in the workflow's launch
/// plan.
pub(super) fn of(function: &Function, sink: &mut Sink) -> Vec<(usize, Value)> {
    let mut defaults = Vec::new();
    for (place, input) in function.inputs.iter().enumerate() {
        let Some(DefaultValue { expr, span, .. }) = &input.default else {
            continue;
        };
        match Body::nothing().value(expr) {
            Ok(value) if value.is_constant() => defaults.push((place, value)),
            Ok(_) => sink.push(at(
                *span,
                "the default of a workflow's input is known while the program is compiled: a literal, or a const expression",
            )),
            Err(mistake) => sink.push(mistake),
        }
    }
    defaults
}
