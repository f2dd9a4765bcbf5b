//! The defaults of inputs.

use super::constant;
use super::value::Value;
use crate::syntax::error::Sink;
use crate::syntax::parameter::DefaultValue;
use crate::workflow::read::function::Function;

/// The defaults, by the indexes of their inputs. Each is a constant, which the workflow's launch plan
/// contains.
pub(crate) fn of(function: &Function, sink: &mut Sink) -> Vec<(usize, Value)> {
    let mut defaults = Vec::new();
    for (place, input) in function.inputs.iter().enumerate() {
        let Some(DefaultValue { expr, .. }) = &input.default else {
            continue;
        };
        let value = constant(expr, "the default of an input");
        if let Some(value) = sink.handle(value) {
            defaults.push((place, value));
        }
    }
    defaults
}
