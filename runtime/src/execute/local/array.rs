//! Maps: a task for each element of lists.

use super::values::named;
use super::{Failure, Local};
use crate::declare::{Args, Array, Node, Overrides, Success, TaskDescriptor};
use crate::error::Error;
use crate::execute::Inputs;
use crate::execute::map::{Given, Work, run_all};
use crate::types::LiteralMapRef;
use crate::wire::Writer;

impl Local<'_> {
    /// The outputs of a map node.
    pub(super) fn array(
        self,
        array: &Array<'_>,
        node: &Node<'_>,
        inputs: &[u8],
        path: &str,
    ) -> Result<Vec<u8>, Failure> {
        let how = How {
            concurrency: array.concurrency,
            success: array.success,
            overrides: node.overrides(),
        };
        Ok(self.map(array.task, &how, inputs, path)?)
    }

    /// The outputs of a mapped task that runs by itself; all of its elements must succeed.
    pub(crate) fn mapped(self, mapped: &TaskDescriptor, inputs: &[u8]) -> Result<Vec<u8>, Error> {
        let how = How {
            concurrency: None,
            success: Success::All,
            overrides: &Overrides::NONE,
        };
        self.map(mapped, &how, inputs, mapped.name)
    }

    /// The outputs of a mapped task: lists.
    fn map(
        self,
        mapped: &TaskDescriptor,
        how: &How<'_>,
        inputs: &[u8],
        path: &str,
    ) -> Result<Vec<u8>, Error> {
        let Args::Map(names) = mapped.args else {
            return Err(Error::system("this is not a mapped task"));
        };
        let task = self.registered(names.task)?;
        let given = Given::read(inputs, names.lists)?;
        let elements = given.all()?;
        let count = elements.len();
        let ended = |ended: usize| {
            // After each tenth of the elements.
            if count >= 10 && ended * 10 / count > (ended - 1) * 10 / count {
                (self.progress)(path, &format!("{ended} of {count} elements"));
            }
        };
        let outputs = run_all(Work {
            count,
            concurrency: how.concurrency,
            success: how.success,
            element: &|place| {
                let taken = || Ok(Inputs::of(task.descriptor, elements[place].clone()));
                self.attempts(task, how.overrides, &format!("{path}/{place}"), &taken)
                    .map_err(Failure::into_error)
            },
            progress: &ended,
        })?;
        lists(task.descriptor, &outputs)
    }
}

/// The settings of a map.
#[derive(Clone, Copy)]
struct How<'h> {
    concurrency: Option<u32>,
    success: Success,
    overrides: &'h Overrides<'h>,
}

/// Each output of the task as a list of the elements' results; an element that failed is none there, as in
/// the backend.
fn lists(task: &TaskDescriptor, elements: &[Option<Vec<u8>>]) -> Result<Vec<u8>, Error> {
    let mut all = Vec::new();
    for output in task.outputs {
        let mut literals = Vec::with_capacity(elements.len());
        for element in elements {
            let literal = match element {
                Some(outputs) => LiteralMapRef::new(outputs).get(output.name)?,
                None => None,
            };
            literals.push(literal.map_or(NONE, |literal| literal.bytes()));
        }
        let list = Writer::to_bytes(|w| {
            for literal in literals.iter().rev() {
                w.bytes(1, literal);
            }
            w.message(2, 0);
        });
        all.extend(named(output.name, &list));
    }
    Ok(all)
}

/// `scalar { none_type { } }`
const NONE: &[u8] = &[0x0a, 2, 0x2a, 0];
