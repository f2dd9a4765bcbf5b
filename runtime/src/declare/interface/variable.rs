//! Inputs and outputs: `flyteidl.core.TypedInterface`.

use super::LiteralType;
use crate::declare::sorted::{Descending, Keys, compare};
use crate::wire::Writer;

/// One input or output.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// The name in the interface.
    pub name: &'static str,
    /// The type on the wire.
    pub literal_type: LiteralType,
    /// The description; if it is empty, the name is used.
    pub description: &'static str,
    /// The source text of the default, for help texts.
    pub default: Option<&'static str>,
}

/// Writes the fields of `TypedInterface`, whose two maps are present even when empty. The order of the
/// inputs' names may be known.
pub(crate) const fn encode_interface(
    w: &mut Writer<'_>,
    inputs: &[Variable],
    sorted: Option<&[usize]>,
    outputs: &[Variable],
) {
    let end = w.len();
    encode_variables(w, outputs);
    w.message(2, end);
    let end = w.len();
    match sorted {
        Some(mut rest) => {
            while let [before @ .., last] = rest {
                inputs[*last].encode(w);
                rest = before;
            }
        }
        None => encode_variables(w, inputs),
    }
    w.message(1, end);
}

/// Writes the fields of `VariableMap`.
const fn encode_variables(w: &mut Writer<'_>, variables: &[Variable]) {
    let keys = Keys::<()>::Variables(variables);
    let mut order = Descending::of(&keys);
    while let Some(index) = order.next(&keys) {
        variables[index].encode(w);
    }
}

impl Variable {
    /// The variables, if the types of all are valid: see [`LiteralType::sound`].
    #[doc(hidden)]
    #[must_use]
    pub const fn sound(variables: &'static [Variable]) -> &'static [Variable] {
        let mut rest = variables;
        while let [variable, more @ ..] = rest {
            let _ = variable.literal_type.sound();
            rest = more;
        }
        variables
    }

    /// The variable with this name.
    pub(in crate::declare) const fn named<'v>(
        variables: &'v [Variable],
        name: &str,
    ) -> Option<&'v Variable> {
        let mut rest = variables;
        while let [first, more @ ..] = rest {
            if compare(first.name, name).is_eq() {
                return Some(first);
            }
            rest = more;
        }
        None
    }

    /// Writes the variable as an entry of a `VariableMap`.
    const fn encode(&self, w: &mut Writer<'_>) {
        let entry = w.len();
        self.fields(w);
        w.message(2, entry);
        w.string(1, self.name);
        w.message(1, entry);
    }

    /// Writes the fields of `Variable { type = 1, description = 2 }`.
    pub(in crate::declare) const fn fields(&self, w: &mut Writer<'_>) {
        if self.description.is_empty() {
            w.string(2, self.name);
        } else {
            w.string(2, self.description);
        }
        let ty = w.len();
        self.literal_type.encode(w);
        w.message(1, ty);
    }
}
