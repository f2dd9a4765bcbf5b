//! The inputs of a task that is only known by its template.

use crate::error::{Error, Result};
use crate::execute::NamedLiteral;
use crate::types::{FlyteType, LiteralRef};

/// The inputs that a template declares: all of them, with their types.
#[derive(Debug)]
pub struct TemplateInputs<'a>(pub(crate) Vec<NamedLiteral<'a>>);

impl TemplateInputs<'_> {
    /// The value of an input.
    ///
    /// # Errors
    ///
    /// If the template declares no such input, or if its value has another type.
    pub fn get<T: FlyteType>(&self, name: &str) -> Result<T> {
        let literal = self.literal(name).ok_or_else(|| {
            let names: Vec<_> = self.0.iter().map(|(name, _)| *name).collect();
            Error::user(format!(
                "the executor asks for the input `{name}`, which the template does not declare; it has: {}",
                names.join(", ")
            ))
        })?;
        let value = T::decode(literal);
        value.map_err(|error| {
            let error = error.in_variable(name);
            Error::bad_input(format!("input {error}")).with_source(error)
        })
    }

    /// The literal of an input.
    pub fn literal(&self, name: &str) -> Option<LiteralRef<'_>> {
        self.iter()
            .find_map(|(it, literal)| (it == name).then_some(literal))
    }

    /// All inputs, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, LiteralRef<'_>)> {
        let inputs = self.0.iter();
        inputs.map(|(name, literal)| (*name, LiteralRef::new(literal)))
    }
}
