//! Runs of whole workflows on this machine: node by node, through the same dispatch as single tasks.
//!
//! Values stay encoded between nodes. What does not wait for each other runs side by side, but for tasks
//! with an engine, which run one after another.

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

/// Runs a workflow, and gives the bytes of its outputs as a `flyteidl.core.LiteralMap`: what its function
/// does when it is called.
///
/// # Errors
///
/// When an input cannot be written, or the first failure of a node, which it names with its entity.
pub fn run_function(
    workflow: &WorkflowDescriptor<'_>,
    inputs: OutputsWriter,
) -> Result<Vec<u8>, Error> {
    let inputs = written(&format_args!("workflow {}", workflow.name), inputs)?;
    here(|local| local.workflow(workflow, &inputs))
}

/// The same of a launch plan's workflow, on the inputs that the plan leaves open.
///
/// # Errors
///
/// As [`run_function`].
pub fn run_launch_plan(
    plan: &LaunchPlanDescriptor<'_>,
    inputs: OutputsWriter,
) -> Result<Vec<u8>, Error> {
    let inputs = written(&format_args!("launch plan {}", plan.name), inputs)?;
    here(|local| local.launch_plan(plan, &inputs))
}

/// What a graph without nodes gives, all of which is known.
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

/// Runs something within a function of this process.
pub(super) fn here<T>(run: impl FnOnce(Local<'_>) -> Result<T, Error>) -> Result<T, Error> {
    let registry = Registry::load().map_err(|duplicate| Error::system(duplicate.to_string()))?;
    let place = context::unique_place();
    run(Local {
        registry: &registry,
        mode: Mode::Local,
        raw_output_prefix: &place.to_string_lossy(),
        answers: &Terminal,
        progress: &|_, _| (),
        // Nothing in this process knows better: the function that called this one goes on.
        abandon: Abandon(&|error| tracing::error!("{error}")),
        engines: &Mutex::new(()),
        targets: &|_| None,
    })
}

/// What all nodes of a run have in common.
#[derive(Clone, Copy)]
pub(crate) struct Local<'s> {
    pub(crate) registry: &'s Registry,
    pub(crate) mode: Mode,
    pub(crate) raw_output_prefix: &'s str,
    pub(crate) answers: &'s dyn Answers,
    /// Is told of each node that starts, by its path and what it runs.
    pub(crate) progress: &'s (dyn Fn(&str, &str) + Sync),
    pub(crate) abandon: Abandon<'s>,
    /// Held while a task uses its engine.
    pub(crate) engines: &'s Mutex<()>,
    /// Where the engine of a task is wanted.
    pub(crate) targets: &'s (dyn Fn(&RegisteredTask) -> Option<&'s str> + Sync),
}

impl<'s> Local<'s> {
    /// The outputs of a workflow.
    pub(crate) fn workflow(
        self,
        workflow: &WorkflowDescriptor<'_>,
        inputs: &[u8],
    ) -> Result<Vec<u8>, Error> {
        self.graph(workflow, inputs, "")
            .map_err(Failure::into_error)
    }

    /// The outputs of a launch plan's workflow.
    pub(crate) fn launch_plan(
        self,
        plan: &LaunchPlanDescriptor<'_>,
        inputs: &[u8],
    ) -> Result<Vec<u8>, Error> {
        self.workflow(plan.workflow, &inputs_of(plan, inputs)?)
    }

    /// The outputs of the workflow that stands at `path` among the nodes.
    fn graph(
        self,
        workflow: &WorkflowDescriptor<'_>,
        inputs: &[u8],
        path: &str,
    ) -> Result<Vec<u8>, Failure> {
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
            tracing::warn!("what runs after a failure failed too: {error}");
        }
        Err(failed)
    }

    /// Runs what runs on failure, which is told of it as Flyte does.
    fn on_failure(
        self,
        node: &Node<'_>,
        failed: &Failure,
        values: &Values<'_>,
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

    /// The outputs of a node.
    fn node(self, node: &Node<'_>, values: &Values<'_>, path: &str) -> Result<Vec<u8>, Error> {
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

    fn target(self, node: &Node<'_>, values: &Values<'_>, path: &str) -> Result<Vec<u8>, Failure> {
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
                "it is of another program, which this one has only the name of: run the workflow in Flyte",
            ))?,
            Target::Array(array) => self.array(array, node, &arguments()?, path)?,
            Target::Branch(branch) => self.branch(branch, values, path)?,
            Target::Gate(gate) => gate::wait(gate, values, self.answers)?,
        })
    }

    /// The outputs of a single task.
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

    /// The outputs that a run has left, or that the graph gives which it has left.
    fn products(self, products: Products, path: &str) -> Result<Vec<u8>, Failure> {
        match products.product {
            Product::Outputs(outputs) => Ok(outputs.to_vec()),
            Product::Graph(graph) => graph.described(|graph| self.graph(graph, &[], path)),
        }
    }

    /// Runs a task, again where its error asks for that, as often as the node allows.
    fn task(
        self,
        task: &TaskDescriptor,
        node: &Node<'_>,
        inputs: &[u8],
        path: &str,
    ) -> Result<Vec<u8>, Failure> {
        let registered = self.registered(task.name)?;
        self.attempts(registered, &node.overrides, path, &|| {
            Inputs::new(registered.descriptor, inputs)
        })
    }

    /// The task of this name.
    pub(super) fn registered(self, name: &str) -> Result<&'s RegisteredTask, Error> {
        let found = self.registry.tasks.get(name);
        found.ok_or_else(|| {
            Error::system(format!("the task `{name}` is not linked into this program"))
        })
    }

    /// Runs a task on these inputs, again where its error asks for that, as often as its node allows.
    fn attempts<'i>(
        self,
        task: &RegisteredTask,
        overrides: &Overrides<'_>,
        path: &str,
        inputs: &dyn Fn() -> Result<Inputs<'i>, Error>,
    ) -> Result<Vec<u8>, Failure> {
        // The backend knows no difference between none and nothing said.
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

    /// One run of a task, which leaves its decks in this folder.
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

    fn branch(
        self,
        branch: &Branch<'_>,
        values: &Values<'_>,
        path: &str,
    ) -> Result<Vec<u8>, Failure> {
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

/// Why what is made of nodes failed.
enum Failure {
    /// For what failed in one of them, which the error names.
    Within(Error),
    /// For a reason of its own.
    Own(Error),
}

impl Failure {
    fn into_error(self) -> Error {
        match self {
            Failure::Within(error) | Failure::Own(error) => error,
        }
    }

    /// What failed within a dynamic task makes Flyte run that again only if its error asks for it.
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

/// The inputs of a launch plan's workflow: those given, and what the plan says.
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
