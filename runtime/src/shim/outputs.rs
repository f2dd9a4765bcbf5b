//! The outputs of a task that is only known by its template.

use super::fits;
use crate::declare::Variable;
use crate::error::{Error, Result};
use crate::types::{FlyteType, LiteralWriter, OutputsWriter};

/// The outputs of an executor. Each must have the type that the template declares.
///
/// ```
/// use flytekit::shim::TemplateOutputs;
///
/// // The output of a task with one output, which needs no name.
/// let outputs = TemplateOutputs::of(&7_i64)?;
/// // The outputs of a task with several outputs.
/// let outputs = TemplateOutputs::new().with("count", &7_i64)?.with("mean", &0.5)?;
/// # Ok::<(), flytekit::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct TemplateOutputs {
    /// The literals by name; a single output needs no name.
    literals: Vec<(Option<String>, Vec<u8>)>,
}

impl TemplateOutputs {
    /// No outputs, for a task without outputs.
    pub fn new() -> Self {
        TemplateOutputs::default()
    }

    /// The only output of a task.
    ///
    /// # Errors
    ///
    /// If the type in Flyte cannot represent the value.
    pub fn of<T: FlyteType>(value: &T) -> Result<Self> {
        let literal = LiteralWriter::to_bytes(|out| value.encode(out))?;
        Ok(TemplateOutputs {
            literals: vec![(None, literal)],
        })
    }

    /// Adds an output.
    ///
    /// # Errors
    ///
    /// If the type in Flyte cannot represent the value.
    pub fn with<T: FlyteType>(mut self, name: impl Into<String>, value: &T) -> Result<Self> {
        let name = name.into();
        let literal = LiteralWriter::to_bytes(|out| value.encode(out));
        let literal = literal.map_err(|error| error.in_variable(&name))?;
        self.literals.push((Some(name), literal));
        Ok(self)
    }

    /// Writes the outputs in the form of the declared types.
    pub(super) fn write(
        mut self,
        declared: &'static [Variable],
        out: &mut OutputsWriter,
    ) -> Result<()> {
        if let ([(name @ None, _)], [only]) = (&mut *self.literals, declared) {
            *name = Some(only.name.to_owned());
        }
        for variable in declared {
            let place = self
                .literals
                .iter()
                .position(|it| is_called(it, variable.name));
            let place = place.ok_or_else(|| misfit(&self, declared, variable.name))?;
            let (_, literal) = self.literals.swap_remove(place);
            let literal = fits::output(literal, &variable.literal_type).map_err(|error| {
                Error::user(format!(
                    "output {}: it is not of the type that the template declares",
                    error.in_variable(variable.name)
                ))
            })?;
            out.encoded(variable.name, literal)?;
        }
        if self.literals.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = self.literals.iter().map(shown).collect();
        Err(Error::user(format!(
            "the executor returned {}, which the template does not declare; its outputs are: {}",
            names.join(", "),
            names_of(declared)
        )))
    }
}

type Given = (Option<String>, Vec<u8>);

fn is_called((given, _): &Given, name: &str) -> bool {
    given.as_deref() == Some(name)
}

fn shown((name, _): &Given) -> String {
    name.as_ref().map_or_else(
        || "an output without a name".to_owned(),
        |name| format!("`{name}`"),
    )
}

fn names_of(declared: &[Variable]) -> String {
    let names: Vec<_> = declared.iter().map(|it| format!("`{}`", it.name)).collect();
    if names.is_empty() {
        return "none".to_owned();
    }
    names.join(", ")
}

fn misfit(given: &TemplateOutputs, declared: &[Variable], name: &str) -> Error {
    let given: Vec<_> = given.literals.iter().map(shown).collect();
    let given = if given.is_empty() {
        "nothing".to_owned()
    } else {
        given.join(", ")
    };
    Error::user(format!(
        "the executor returned no output `{name}`, which the template declares among its outputs ({}): it returned \
         {given}",
        names_of(declared)
    ))
}
