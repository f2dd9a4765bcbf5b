//! Runs of mapped tasks in a container: one element, or the whole lists.

use std::sync::Mutex;

use super::Given;
use super::index::index;
use crate::context::RunContext;
use crate::declare::{TaskDescriptor, mapped_at_run_time};
use crate::error::Error;
use crate::execute::products::Products;
use crate::execute::{Abandon, Inputs, Local, Terminal};
use crate::registry::{RegisteredTask, Registry};
use crate::types::{LiteralMapRef, OutputsWriter};

/// The inputs that are lists, of which a task takes elements.
#[derive(Clone, Debug)]
pub(crate) struct Mapping<'a> {
    /// The names of the lists.
    pub(crate) lists: Vec<&'a str>,
    /// Whether a container that is not one of many processes only the first element, like flytekit's, and not
    /// all elements.
    pub(crate) first_alone: bool,
}

impl<'a> Mapping<'a> {
    /// The lists with these names, separated by commas.
    pub(crate) fn of_lists(names: &'a str) -> Self {
        Mapping {
            lists: names.split(',').collect(),
            first_alone: false,
        }
    }

    /// All inputs of the task except these, which is flytekit's form.
    pub(crate) fn of_others(task: &TaskDescriptor, names: &str) -> Self {
        let inputs = task.inputs.iter().map(|input| input.name);
        Mapping {
            lists: inputs
                .filter(|input| !names.split(',').any(|name| name == *input))
                .collect(),
            first_alone: true,
        }
    }
}

impl Mapping<'_> {
    /// The products of this container's element, or of all elements if the task runs by itself; and the task
    /// whose types the products have.
    ///
    /// # Errors
    ///
    /// If the inputs are not such lists, or if the task fails.
    pub(crate) fn run(
        &self,
        task: &RegisteredTask,
        inputs: &[u8],
        context: &RunContext,
        abandon: Abandon<'_>,
    ) -> Result<(&'static TaskDescriptor, Products), Error> {
        self.check(task.descriptor)?;
        match index()?.or(self.first_alone.then_some(0)) {
            Some(place) => {
                let given = Given::read(inputs, &self.lists)?;
                let inputs = Inputs::of(task.descriptor, given.element(place)?);
                tracing::debug!(place, "working on one element");
                let ran = task.run_on(inputs, context, None, abandon);
                let error = |error: Error| {
                    let message = format!("element {place}: {error}");
                    error.said_as(message)
                };
                Ok((task.descriptor, ran.map_err(error)?))
            }
            None => self.run_all(task, inputs, context, abandon),
        }
    }

    /// Checks that the lists are inputs of the task.
    fn check(&self, task: &TaskDescriptor) -> Result<(), Error> {
        let is_input = |name: &str| task.inputs.iter().any(|input| input.name == name);
        match self.lists.iter().find(|name| !is_input(name)) {
            Some(name) => Err(Error::user(format!(
                "the task `{}` has no input `{name}` to be mapped",
                task.name
            ))),
            None => Ok(()),
        }
    }

    fn run_all(
        &self,
        task: &RegisteredTask,
        inputs: &[u8],
        context: &RunContext,
        abandon: Abandon<'_>,
    ) -> Result<(&'static TaskDescriptor, Products), Error> {
        let whole = task.descriptor.inputs.iter();
        let whole: Vec<_> = whole
            .map(|input| !self.lists.contains(&input.name))
            .collect();
        let mapped = mapped_at_run_time(task.descriptor, &whole, None);
        let registry =
            Registry::load().map_err(|duplicate| Error::system(duplicate.to_string()))?;
        let local = Local {
            registry: &registry,
            mode: context.context().mode(),
            raw_output_prefix: context.context().raw_output_prefix(),
            answers: &Terminal,
            progress: &|_, message| tracing::info!("{message}"),
            abandon,
            engines: &Mutex::new(()),
            targets: &|_| None,
        };
        let outputs = local.mapped(mapped, inputs)?;
        let mut written = OutputsWriter::new();
        for output in mapped.outputs {
            if let Some(literal) = LiteralMapRef::new(&outputs).get(output.name)? {
                written.encoded(output.name, literal.bytes().to_vec())?;
            }
        }
        Ok((mapped, Products::of(written)?))
    }
}
