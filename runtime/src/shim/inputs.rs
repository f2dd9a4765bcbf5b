//! The inputs of a task of which there is the template alone.

use crate::error::{Error, Result};
use crate::execute::NamedLiteral;
use crate::types::{FlyteType, LiteralRef};

/// The inputs that a template declares: each is there, and of its type.
#[derive(Debug)]
pub struct TemplateInputs<'a>(pub(crate) Vec<NamedLiteral<'a>>);

impl TemplateInputs<'_> {
    /// An input by its name.
    ///
    /// # Errors
    ///
    /// When the template declares none of this name, and when its value is of another type.
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

    /// An input's literal.
    pub fn literal(&self, name: &str) -> Option<LiteralRef<'_>> {
        self.iter()
            .find_map(|(it, literal)| (it == name).then_some(literal))
    }

    /// All of them, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, LiteralRef<'_>)> {
        let inputs = self.0.iter();
        inputs.map(|(name, literal)| (*name, LiteralRef::new(literal)))
    }
}
