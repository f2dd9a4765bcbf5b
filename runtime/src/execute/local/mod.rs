//! Runs of whole workflows on this machine: node by node, through the same dispatch as single tasks.
//!
//! Values stay encoded between nodes. What does not wait for each other runs side by side, but for tasks
//! with an engine, which run one after another.

mod condition;
mod gate;
mod schedule;
#[cfg(test)]
mod tests;
mod values;

use std::sync::Mutex;

use super::{Abandon, Product};
use crate::context::{self, Mode};
use crate::declare::{
    Argument, Branch, LaunchPlanDescriptor, Node, Otherwise, Target, TaskDescriptor,
    WorkflowDescriptor,
};
use crate::error::{Error, Origin};
use crate::registry::Registry;
use crate::types::LiteralMapRef;
pub(crate) use gate::{Answers, Terminal};
use values::Values;

/// Runs a workflow on the bytes of a `flyteidl.core.LiteralMap`, and gives those of its outputs: what its
/// function does when it is called.
///
/// # Errors
///
/// The first failure of a node, which it names with its entity.
pub fn run_workflow(workflow: &WorkflowDescriptor<'_>, inputs: &[u8]) -> Result<Vec<u8>, Error> {
    let registry = Registry::load().map_err(|duplicate| Error::system(duplicate.to_string()))?;
    let place = std::env::temp_dir().join(format!("flytekit-{}", context::unique()));
    let local = Local {
        registry: &registry,
        raw_output_prefix: &place.to_string_lossy(),
        answers: &Terminal,
        progress: &|_, _| (),
        // Nothing in this process knows better: the function that called this one goes on.
        abandon: Abandon(&|error| tracing::error!("{error}")),
        engines: &Mutex::new(()),
    };
    local.workflow(workflow, inputs, "")
}

/// What all nodes of a run have in common.
#[derive(Clone, Copy)]
pub(crate) struct Local<'s> {
    pub(crate) registry: &'s Registry,
    pub(crate) raw_output_prefix: &'s str,
    pub(crate) answers: &'s dyn Answers,
    /// Is told of each node that starts, by its path and what it runs.
    pub(crate) progress: &'s (dyn Fn(&str, &str) + Sync),
    pub(crate) abandon: Abandon<'s>,
    /// Held while a task uses its engine.
    pub(crate) engines: &'s Mutex<()>,
}

impl Local<'_> {
    /// The outputs of the workflow that stands at `path` among the nodes.
    pub(crate) fn workflow(
        self,
        workflow: &WorkflowDescriptor<'_>,
        inputs: &[u8],
        path: &str,
    ) -> Result<Vec<u8>, Error> {
        let inputs = with_more(inputs, workflow.defaults)?;
        let values = Values::new(inputs);
        let failed = match schedule::nodes(self, workflow, &values, path) {
            Ok(()) => {
                let outputs = workflow.outputs.iter().zip(workflow.results);
                return values.map(
                    outputs.map(|(output, result)| (output.name, &output.literal_type, result)),
                );
            }
            Err(failed) => failed,
        };
        if let Some(node) = workflow.on_failure
            && let Err(error) = self.node(node, &values, path)
        {
            tracing::warn!("what runs after a failure failed too: {error}");
        }
        Err(failed)
    }

    /// The outputs of a node.
    fn node(self, node: &Node<'_>, values: &Values<'_>, path: &str) -> Result<Vec<u8>, Error> {
        let path = below(path, node.id);
        let (entity, is_made_of_nodes) = match node.target {
            Target::Task(task) => (task.name, false),
            Target::Workflow(workflow) => (workflow.name, true),
            Target::LaunchPlan(plan) => (plan.name, true),
            Target::Reference(reference) => (reference.name, false),
            Target::Branch(_) => ("a branch", true),
            Target::Gate(_) => ("a gate", false),
        };
        (self.progress)(&path, entity);
        let ran = self.target(node, values, &path);
        ran.map_err(|error| {
            // Of what failed within it the node is named.
            if is_made_of_nodes && is_named(&error) {
                return error;
            }
            let message = format!("{NODE}`{path}` ({entity}): {error}");
            error.said_as(message)
        })
    }

    fn target(self, node: &Node<'_>, values: &Values<'_>, path: &str) -> Result<Vec<u8>, Error> {
        let arguments = || {
            values.map(
                node.arguments
                    .iter()
                    .map(|it| (it.variable, &it.literal_type, &it.value)),
            )
        };
        match &node.target {
            Target::Task(task) => self.task(task, node, &arguments()?),
            Target::Workflow(workflow) => self.workflow(workflow, &arguments()?, path),
            Target::LaunchPlan(plan) => self.launch_plan(plan, &arguments()?, path),
            Target::Reference(_) => Err(Error::user(
                "it is of another program, which this one has only the name of: run the workflow in Flyte",
            )),
            Target::Branch(branch) => self.branch(branch, values, path),
            Target::Gate(gate) => gate::wait(gate, values, self.answers),
        }
    }

    /// Runs a task, again where its error asks for that, as often as the node allows.
    fn task(self, task: &TaskDescriptor, node: &Node<'_>, inputs: &[u8]) -> Result<Vec<u8>, Error> {
        let Some(registered) = self.registry.tasks.get(task.name) else {
            return Err(Error::system(format!(
                "the task `{}` is not linked into this program",
                task.name
            )));
        };
        let _engine = task.custom.is_some().then(|| self.engines.lock());
        let mut retries = node.overrides.retries.unwrap_or(0);
        if retries == 0 {
            retries = task.retries;
        }
        loop {
            let place = self.raw_output_prefix;
            let ran = registered.run(inputs, Mode::Local, None, place, self.abandon);
            match ran {
                Ok(products) => {
                    let Product::Outputs(outputs) = products.product;
                    return Ok(outputs.to_vec());
                }
                Err(error) if error.is_recoverable() && retries > 0 => {
                    retries -= 1;
                    tracing::warn!(task = task.name, "running it again: {error}");
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The outputs of a launch plan: of its workflow, with what the plan says.
    pub(crate) fn launch_plan(
        self,
        plan: &LaunchPlanDescriptor<'_>,
        inputs: &[u8],
        path: &str,
    ) -> Result<Vec<u8>, Error> {
        let fixed = plan.fixed.iter().map(|it| it.variable);
        for name in fixed {
            if LiteralMapRef::new(inputs).get(name)?.is_some() {
                return Err(Error::bad_input(format!(
                    "the input `{name}` is fixed by the launch plan `{}`",
                    plan.name
                )));
            }
        }
        let inputs = with_more(inputs, plan.defaults)?;
        let inputs = with_more(&inputs, plan.fixed)?;
        self.workflow(plan.workflow, &inputs, path)
    }

    fn branch(
        self,
        branch: &Branch<'_>,
        values: &Values<'_>,
        path: &str,
    ) -> Result<Vec<u8>, Error> {
        for case in branch.cases {
            if condition::holds(&case.condition, values)? {
                return self.node(case.then, values, path);
            }
        }
        match branch.otherwise {
            Otherwise::Node(node) => self.node(node, values, path),
            Otherwise::Fail(message) => Err(Error::user(message)),
        }
    }
}

/// How the message of a failed node begins.
const NODE: &str = "node ";

fn is_named(error: &Error) -> bool {
    error.to_string().starts_with(NODE)
}

/// The path of a node in the workflow at `path`.
fn below(path: &str, id: &str) -> String {
    if path.is_empty() {
        id.to_owned()
    } else {
        format!("{path}/{id}")
    }
}

/// The inputs, and those of `more` that are not among them.
fn with_more(inputs: &[u8], more: &[Argument<'_>]) -> Result<Vec<u8>, Error> {
    let mut all = inputs.to_vec();
    let none = Values::new(Vec::new());
    for argument in more {
        if LiteralMapRef::new(inputs).get(argument.variable)?.is_none() {
            let entry = (argument.variable, &argument.literal_type, &argument.value);
            all.extend(none.map([entry])?);
        }
    }
    Ok(all)
}

impl Error {
    /// The same failure, said so.
    fn said_as(self, message: String) -> Error {
        let explanation = match self.origin() {
            Origin::User => Error::user(message),
            Origin::System => Error::system(message),
        };
        self.explained(explanation)
    }
}
