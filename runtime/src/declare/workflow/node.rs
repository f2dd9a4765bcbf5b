//! The nodes of a workflow: a call of an entity, a branch, or a gate.

use core::time::Duration;

use super::WorkflowDescriptor;
use super::array::Array;
use super::condition::Branch;
use super::value::{Argument, Binding, Promise};
use crate::declare::launch_plan::LaunchPlanDescriptor;
use crate::declare::{
    Accelerator, LiteralType, PodTemplate, Resources, SharedMemory, TaskDescriptor, Variable,
};

/// One node.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// The id: `n0`, `n1`, ….
    pub id: &'a str,
    /// The values of the target's inputs, in the order of these inputs, which provide names and types. A node
    /// has either these or `arguments`.
    pub values: &'a [Binding<'a>],
    /// The arguments by name, including those of inputs with a default.
    pub arguments: &'a [Argument<'a>],
    /// All nodes that it waits for, without duplicates: those whose values it takes, and those of `after`.
    pub upstream: &'a [&'a str],
    /// The name in the console; the last part of the entity's name if unset.
    pub name: Option<&'a str>,
    /// The target.
    pub target: Target<'a>,
    /// The overrides of the entity's settings.
    pub overrides: Option<&'a Overrides<'a>>,
}

/// The target of a node.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Target<'a> {
    /// A task of this program.
    Task(&'a TaskDescriptor),
    /// A workflow of this program, as a sub-workflow.
    Workflow(&'a WorkflowDescriptor<'a>),
    /// A launch plan of this program, as an execution of its own.
    LaunchPlan(&'a LaunchPlanDescriptor<'a>),
    /// An entity that another program has registered.
    Reference(Reference<'a>),
    /// A task of this program for each element of lists.
    Array(Array<'a>),
    /// A choice between several nodes.
    Branch(Branch<'a>),
    /// A gate.
    Gate(Gate<'a>),
}

impl<'a> Target<'a> {
    /// The name of the target in Flyte; empty for a branch and a gate.
    pub const fn name(&self) -> &'a str {
        match self {
            Target::Task(task) => task.name,
            Target::Workflow(workflow) => workflow.name,
            Target::LaunchPlan(plan) => plan.name,
            Target::Reference(reference) => reference.name,
            Target::Array(array) => array.task.name,
            Target::Branch(_) | Target::Gate(_) => "",
        }
    }

    /// The inputs of the entity, in the order of its function's parameters.
    pub const fn inputs(&self) -> &'a [Variable] {
        match self {
            Target::Task(task) => task.inputs,
            Target::Workflow(workflow) => workflow.inputs,
            Target::LaunchPlan(plan) => plan.inputs,
            Target::Reference(reference) => reference.inputs,
            Target::Array(array) => array.task.inputs,
            Target::Branch(_) | Target::Gate(_) => &[],
        }
    }

    /// The outputs of the entity, in the order of its function's result.
    pub const fn outputs(&self) -> &'a [Variable] {
        match self {
            Target::Task(task) => task.outputs,
            Target::Workflow(workflow) => workflow.outputs,
            Target::LaunchPlan(plan) => plan.workflow.outputs,
            Target::Reference(reference) => reference.outputs,
            Target::Array(array) => array.task.outputs,
            Target::Branch(_) | Target::Gate(_) => &[],
        }
    }
}

/// An entity of another program.
#[derive(Clone, Copy, Debug)]
pub struct Reference<'a> {
    /// The kind of entity.
    pub kind: ReferenceKind,
    /// The project; empty for the project of the registration.
    pub project: &'a str,
    /// The domain; empty for the domain of the registration.
    pub domain: &'a str,
    /// The name in Flyte.
    pub name: &'a str,
    /// The version; empty for the version of the registration.
    pub version: &'a str,
    /// Inputs in the order of the declaration.
    pub inputs: &'a [Variable],
    /// Outputs in the order of the declaration.
    pub outputs: &'a [Variable],
}

/// The kind of an entity of another program, with Flyte's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    /// A task.
    Task = 1,
    /// A workflow, as a sub-workflow.
    Workflow = 2,
    /// A launch plan.
    LaunchPlan = 3,
}

/// A node that waits.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Gate<'a> {
    /// Waits for an approval, and passes its value on.
    Approve {
        /// The signal, by which it is answered.
        signal: &'a str,
        /// The value to approve.
        value: Promise<'a>,
    },
    /// Waits for a value, which is its output `o0`.
    Input {
        /// The signal, by which it is answered.
        signal: &'a str,
        /// The type of the value.
        literal_type: LiteralType,
    },
    /// Waits for some time.
    Sleep(Duration),
}

/// Overrides of an entity's settings for one node; unset fields keep the entity's settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Overrides<'a> {
    /// The number of attempts after the first.
    pub retries: Option<u32>,
    /// The timeout of the node. Zero removes the task's timeout.
    pub timeout: Option<Duration>,
    /// Whether it may run on preemptible machines.
    pub interruptible: Option<bool>,
    /// Whether results are reused.
    pub cache: Option<bool>,
    /// The cache version.
    pub cache_version: Option<&'a str>,
    /// Whether only one of several equal, simultaneous runs computes the result.
    pub cache_serialize: Option<bool>,
    /// The resources that the container requests; all others stay.
    pub requests: Resources,
    /// The maximum resources of the container; all others stay.
    pub limits: Resources,
    /// The kind of GPU.
    pub accelerator: Option<Accelerator>,
    /// Memory shared between the container's processes.
    pub shared_memory: Option<SharedMemory>,
    /// The image.
    pub container_image: Option<&'a str>,
    /// A pod around the container.
    pub pod_template: Option<PodTemplate>,
}

impl Overrides<'_> {
    /// No change.
    pub const NONE: Self = Overrides {
        retries: None,
        timeout: None,
        interruptible: None,
        cache: None,
        cache_version: None,
        cache_serialize: None,
        requests: Resources::new(),
        limits: Resources::new(),
        accelerator: None,
        shared_memory: None,
        container_image: None,
        pod_template: None,
    };
}

impl<'a> Node<'a> {
    /// An empty node, from which others start.
    pub const DEFAULT: Self = Node {
        id: "",
        values: &[],
        arguments: &[],
        upstream: &[],
        name: None,
        target: Target::Gate(Gate::Sleep(Duration::ZERO)),
        overrides: None,
    };

    /// The arguments, with names and types.
    pub(crate) fn taken(&self) -> impl Iterator<Item = Argument<'a>> {
        let inputs = self.target.inputs();
        let given = self.values.iter().zip(inputs);
        let given = given.map(|(value, input)| input.given(*value));
        self.arguments.iter().copied().chain(given)
    }

    /// The overrides, whether there are any or not.
    pub(crate) const fn overrides(&self) -> &'a Overrides<'a> {
        match self.overrides {
            Some(overrides) => overrides,
            None => &Overrides::NONE,
        }
    }
}
