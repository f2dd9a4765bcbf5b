//! Local runs of whole workflows: node by node, through the same dispatch as single tasks.
//!
//! Values stay encoded between nodes. Independent nodes run in parallel, except for tasks with an engine,
//! which run one after another.

mod array;
mod condition;
mod gate;
mod schedule;
#[cfg(test)]
mod tests;
mod values;

use std::fmt;
use std::sync::Mutex;

use super::products::{Product, Products};
use super::{Abandon, Inputs, RunResult};
use crate::context::{self, Mode, RunContext, Whereabouts};
use crate::declare::{
    Argument, Binding, Branch, Constant, FAILURE, LaunchPlanDescriptor, Node, Otherwise, Overrides,
    Target, TaskDescriptor, WorkflowDescriptor,
};
use crate::error::Error;
use crate::graph::Graph;
use crate::registry::{RegisteredTask, Registry};
use crate::types::{
    EncodedOutputs, FlyteError, FlyteType as _, LiteralMapRef, LiteralRef, LiteralWriter,
    OutputsWriter,
};
pub(crate) use gate::{Answers, Terminal};
use values::Values;

/// Runs a workflow, and returns the bytes of its outputs as a `flyteidl.core.LiteralMap`: the body of the
/// workflow's function.
///
/// # Errors
///
/// If an input cannot be written, or the first failure of a node, which the error names with its entity.
pub fn run_function(
    workflow: &WorkflowDescriptor<'_>,
    inputs: OutputsWriter,
) -> Result<Vec<u8>, Error> {
    let inputs = written(&format_args!("workflow {}", workflow.name), inputs)?;
    here(|local| local.workflow(workflow, &inputs))
}

/// Like [`run_function`], for a launch plan's workflow, with the inputs that the plan leaves open.
///
/// # Errors
///
/// Those of [`run_function`].
pub fn run_launch_plan(
    plan: &LaunchPlanDescriptor<'_>,
    inputs: OutputsWriter,
) -> Result<Vec<u8>, Error> {
    let inputs = written(&format_args!("launch plan {}", plan.name), inputs)?;
    here(|local| local.launch_plan(plan, &inputs))
}

/// The outputs of a graph without nodes, all of which are known.
pub(super) fn known_results(graph: &Graph) -> Result<EncodedOutputs, Error> {
    let mut outputs = OutputsWriter::new();
    graph.described(|graph| {
        let values = Values::new(Vec::new());
        for (output, result) in graph.outputs.iter().zip(graph.results) {
            let literal = values.literal(result, &output.literal_type)?;
            outputs.encoded(output.name, literal)?;
        }
        Ok::<_, Error>(())
    })?;
    Ok(outputs.finish_in_pieces())
}

pub(super) fn written(
    entity: &dyn fmt::Display,
    mut inputs: OutputsWriter,
) -> Result<Vec<u8>, Error> {
    inputs.check().map_err(|error| {
        let message = format!("{entity}: input {error}");
        Error::bad_input(message).with_source(error)
    })?;
    Ok(inputs.finish())
}

/// Runs an entity inside of a function of this process.
pub(super) fn here<T>(run: impl FnOnce(Local<'_>) -> Result<T, Error>) -> Result<T, Error> {
    let registry = Registry::load().map_err(|duplicate| Error::system(duplicate.to_string()))?;
    let place = context::unique_place();
    run(Local {
        registry: &registry,
        mode: Mode::Local,
        raw_output_prefix: &place.to_string_lossy(),
        answers: &Terminal,
        progress: &|_, _| (),
        // The process must not end: the function that called this one is still running.
        abandon: Abandon(&|error| tracing::error!("{error}")),
        engines: &Mutex::new(()),
        targets: &|_| None,
    })
}

/// The settings that all nodes of a run have in common.
#[derive(Clone, Copy)]
pub struct Local<'s> {
    pub(crate) registry: &'s Registry,
    pub(crate) mode: Mode,
    pub(crate) raw_output_prefix: &'s str,
    pub(crate) answers: &'s dyn Answers,
    /// Called for each node that starts, with its path and its entity.
    pub(crate) progress: &'s (dyn Fn(&str, &str) + Sync),
    pub(crate) abandon: Abandon<'s>,
    /// Held while a task uses its engine.
    pub(crate) engines: &'s Mutex<()>,
    /// The target of a task's engine.
    pub(crate) targets: &'s (dyn Fn(&RegisteredTask) -> Option<&'s str> + Sync),
}

impl<'s> Local<'s> {
    /// Runs a workflow, and returns its outputs.
    pub(crate) fn workflow(
        self,
        workflow: &WorkflowDescriptor<'_>,
        inputs: &[u8],
    ) -> Result<Vec<u8>, Error> {
        self.graph(workflow, inputs, "")
            .map_err(Failure::into_error)
    }

    /// Runs a launch plan's workflow, and returns its outputs.
    pub(crate) fn launch_plan(
        self,
        plan: &LaunchPlanDescriptor<'_>,
        inputs: &[u8],
    ) -> Result<Vec<u8>, Error> {
        self.workflow(plan.workflow, &inputs_of(plan, inputs)?)
    }

    /// Runs the workflow at `path` among the nodes, and returns its outputs.
    pub(super) fn graph(
        self,
        workflow: &WorkflowDescriptor<'_>,
        inputs: &[u8],
        path: &str,
    ) -> Result<Vec<u8>, Failure> {
        if workflow.reference.is_some() {
            Err(Error::user(format!(
                "the workflow `{}` belongs to another program, and this one only has its interface: run the launch plan in Flyte",
                workflow.name
            )))?;
        }
        let inputs = with_more(inputs, workflow.defaults)?;
        let values = Values::new(inputs);
        let failed = match schedule::nodes(self, workflow, &values, path) {
            Ok(()) => {
                let outputs = workflow.outputs.iter().zip(workflow.results);
                let outputs =
                    outputs.map(|(output, result)| (output.name, &output.literal_type, result));
                return Ok(values.map(outputs)?);
            }
            Err(failed) => failed,
        };
        if let Some(node) = workflow.on_failure
            && let Err(error) = self.on_failure(node, &failed, &values, path)
        {
            tracing::warn!("the node that runs on failure failed, too: {error}");
        }
        Err(failed)
    }

    /// Runs the failure node, with the failure as its input `err`, like Flyte.
    fn on_failure(
        self,
        node: &Node<'_>,
        failed: &Failure,
        values: &Values,
        path: &str,
    ) -> Result<Vec<u8>, Error> {
        let (Failure::Own(error) | Failure::Within(error)) = failed;
        let error = FlyteError {
            message: error.to_string(),
            failed_node_id: node.id.to_owned(),
        };
        let literal = LiteralWriter::to_bytes(|out| Some(error).encode(out))?;
        let failure = Constant::Scalar(LiteralRef::new(&literal).scalar());
        let taken = node.taken().map(|argument| match argument.variable {
            FAILURE => Argument {
                value: Binding::Constant(failure),
                ..argument
            },
            _ => argument,
        });
        let arguments: Vec<_> = taken.collect();
        let node = Node {
            arguments: &arguments,
            values: &[],
            ..*node
        };
        self.node(&node, values, path)
    }

    /// Runs a node, and returns its outputs.
    fn node(self, node: &Node<'_>, values: &Values, path: &str) -> Result<Vec<u8>, Error> {
        let path = below(path, node.id);
        let entity = match &node.target {
            Target::Branch(_) => "a branch",
            Target::Gate(_) => "a gate",
            target => target.name(),
        };
        (self.progress)(&path, entity);
        let ran = self.target(node, values, &path);
        ran.map_err(|failure| match failure {
            Failure::Within(error) => error,
            Failure::Own(error) => {
                let message = format!("node `{path}` ({entity}): {error}");
                error.said_as(message)
            }
        })
    }

    fn target(self, node: &Node<'_>, values: &Values, path: &str) -> Result<Vec<u8>, Failure> {
        let arguments = || {
            let taken: Vec<_> = node.taken().collect();
            let taken = taken.iter();
            values.map(taken.map(|it| (it.variable, &it.literal_type, &it.value)))
        };
        Ok(match &node.target {
            Target::Task(task) => self.task(task, node, &arguments()?, path)?,
            Target::Workflow(workflow) => self.graph(workflow, &arguments()?, path)?,
            Target::LaunchPlan(plan) => {
                let inputs = inputs_of(plan, &arguments()?)?;
                self.graph(plan.workflow, &inputs, path)?
            }
            Target::Reference(_) => Err(Error::user(
                "it belongs to another program, and this one only has its name: run the workflow in Flyte",
            ))?,
            Target::Array(array) => self.array(array, node, &arguments()?, path)?,
            Target::Branch(branch) => self.branch(branch, values, path)?,
            Target::Gate(gate) => gate::wait(gate, values, self.answers)?,
        })
    }

    /// Runs a single task, and returns its outputs.
    pub(crate) fn alone(
        self,
        task: &RegisteredTask,
        inputs: &[u8],
        whereabouts: Whereabouts<'_>,
    ) -> Result<Vec<u8>, Error> {
        let inputs = Inputs::new(task.descriptor, inputs);
        let products = self.once(task, inputs, whereabouts, self.raw_output_prefix)?;
        self.products(products, "").map_err(Failure::into_error)
    }

    /// The outputs of a run, or those of the graph that the run has built.
    fn products(self, products: Products, path: &str) -> Result<Vec<u8>, Failure> {
        match products.product {
            Product::Outputs(outputs) => Ok(outputs.to_vec()),
            Product::Graph(graph) => graph.run(self, path),
        }
    }

    /// Runs a task, and repeats it if its error asks for that, as often as the node allows.
    fn task(
        self,
        task: &TaskDescriptor,
        node: &Node<'_>,
        inputs: &[u8],
        path: &str,
    ) -> Result<Vec<u8>, Failure> {
        let registered = self.registered(task.name)?;
        self.attempts(registered, node.overrides(), path, &|| {
            Inputs::new(registered.descriptor, inputs)
        })
    }

    /// The task with this name.
    pub(super) fn registered(self, name: &str) -> Result<&'s RegisteredTask, Error> {
        let found = self.registry.tasks.get(name);
        found.ok_or_else(|| {
            Error::system(format!("the task `{name}` is not linked into this program"))
        })
    }

    /// Runs a task on these inputs, and repeats it if its error asks for that, as often as its node allows.
    fn attempts<'i>(
        self,
        task: &RegisteredTask,
        overrides: &Overrides<'_>,
        path: &str,
        inputs: &dyn Fn() -> Result<Inputs<'i>, Error>,
    ) -> Result<Vec<u8>, Failure> {
        // The backend does not distinguish zero retries from an absent setting.
        let own = overrides.retries.filter(|retries| *retries > 0);
        let retries = own.unwrap_or(task.descriptor.retries);
        let mut attempt = 0_u32;
        loop {
            let checkpoint =
                |attempt| format!("{}/checkpoints/{path}/{attempt}", self.raw_output_prefix);
            let previous = attempt.checked_sub(1).map(checkpoint);
            let here = Whereabouts::here(self.raw_output_prefix);
            let whereabouts = Whereabouts {
                mode: self.mode,
                node: path,
                attempt,
                checkpoint: &checkpoint(attempt),
                previous_checkpoint: &previous.unwrap_or_default(),
                ..here
            };
            let decks = format!("{}/decks/{path}/{attempt}", self.raw_output_prefix);
            let ran = self.once(task, inputs(), whereabouts, &decks);
            match ran
                .map_err(Failure::Own)
                .and_then(|products| self.products(products, path))
            {
                Err(failure) if failure.is_recoverable() && attempt < retries => {
                    attempt += 1;
                    let error = failure.into_error();
                    tracing::warn!(task = task.descriptor.name, "running it again: {error}");
                }
                ended => return ended,
            }
        }
    }

    /// Runs a task once; its deck is written to this folder.
    fn once(
        self,
        task: &RegisteredTask,
        inputs: Result<Inputs<'_>, Error>,
        whereabouts: Whereabouts<'_>,
        decks: &str,
    ) -> RunResult {
        let custom = task.descriptor.custom;
        let _engine = custom.is_some().then(|| self.engines.lock());
        let target = (self.targets)(task);
        let context = RunContext::begin(task.descriptor, whereabouts);
        let ran = inputs.and_then(|inputs| task.run_on(inputs, &context, target, self.abandon));
        #[cfg(feature = "deck")]
        crate::deck::leave_here(context.context(), decks);
        #[cfg(not(feature = "deck"))]
        let _ = decks;
        ran
    }

    fn branch(self, branch: &Branch<'_>, values: &Values, path: &str) -> Result<Vec<u8>, Failure> {
        let within = |node| self.node(node, values, path).map_err(Failure::Within);
        for case in branch.cases {
            if condition::holds(&case.condition, values)? {
                return within(case.then);
            }
        }
        match branch.otherwise {
            Otherwise::Node(node) => within(node),
            Otherwise::Fail(message) => Err(Failure::Own(Error::user(message))),
        }
    }
}

/// The failure of a workflow or of a dynamic task.
pub enum Failure {
    /// A node failed, which the error names.
    Within(Error),
    /// The entity itself failed.
    Own(Error),
}

impl Failure {
    fn into_error(self) -> Error {
        match self {
            Failure::Within(error) | Failure::Own(error) => error,
        }
    }

    /// Flyte repeats a dynamic task after a failed node only if the error asks for it.
    fn is_recoverable(&self) -> bool {
        match self {
            Failure::Within(error) | Failure::Own(error) => error.is_recoverable(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Own(error)
    }
}

/// The path of a node in the workflow at `path`.
fn below(path: &str, id: &str) -> String {
    if path.is_empty() {
        id.to_owned()
    } else {
        format!("{path}/{id}")
    }
}

/// The inputs of a launch plan's workflow: the given ones, and those of the plan.
fn inputs_of(plan: &LaunchPlanDescriptor<'_>, inputs: &[u8]) -> Result<Vec<u8>, Error> {
    for Argument { variable, .. } in plan.fixed {
        if LiteralMapRef::new(inputs).get(variable)?.is_some() {
            return Err(Error::bad_input(format!(
                "the input `{variable}` is fixed by the launch plan `{}`",
                plan.name
            )));
        }
    }
    let inputs = with_more(inputs, plan.defaults)?;
    with_more(&inputs, plan.fixed)
}

/// The inputs, and the inputs of `more` that are not among them.
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
