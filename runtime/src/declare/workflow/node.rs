//! The nodes of a workflow: a use of an entity, a choice, or a wait.

use core::time::Duration;

use super::array::Array;
use super::condition::Branch;
use super::value::{Argument, Binding, Promise};
use super::{Common, WorkflowDescriptor};
use crate::declare::launch_plan::LaunchPlanDescriptor;
use crate::declare::{
    Accelerator, LiteralType, PodTemplate, Resources, SharedMemory, TaskDescriptor, Variable,
};

/// One node.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// What the workflow's other nodes call it: `n0`, `n1`, ….
    pub id: &'a str,
    /// What people call it; the last part of the entity's name if unset.
    pub name: Option<&'a str>,
    /// What runs.
    pub target: Target<'a>,
    /// What it takes. Inputs with a default are here too.
    pub arguments: &'a [Argument<'a>],
    /// What it takes instead of those: values of the inputs of what runs, in their order there, from where they
    /// have names and types.
    pub values: &'a [Binding<'a>],
    /// All nodes that it waits for, each once: those that it takes values of, and those that it was
    /// told to run after.
    pub upstream: &'a [&'a str],
    /// What this use changes about the entity.
    pub overrides: Overrides<'a>,
    /// What nodes of the entity have in common, if this has no name of its own and changes nothing.
    pub common: Option<Common<'a>>,
}

/// What a node runs.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Target<'a> {
    /// A task of this program.
    Task(&'a TaskDescriptor),
    /// A workflow of this program, as a part of this one.
    Workflow(&'a WorkflowDescriptor<'a>),
    /// A launch plan of this program, as an execution of its own.
    LaunchPlan(&'a LaunchPlanDescriptor<'a>),
    /// What was registered by another program.
    Reference(Reference<'a>),
    /// A task of this program for each element of lists.
    Array(Array<'a>),
    /// One of several nodes.
    Branch(Branch<'a>),
    /// A wait.
    Gate(Gate<'a>),
}

impl<'a> Target<'a> {
    /// The name in Flyte of what runs; nothing for a branch and a wait.
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

    /// What an entity takes, in the order of its function's parameters.
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

    /// What an entity gives, in the order of its function's result.
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
    /// What it is.
    pub kind: ReferenceKind,
    /// Where it was registered; nothing for the project of the registration.
    pub project: &'a str,
    /// Nothing for the domain of the registration.
    pub domain: &'a str,
    /// Its name in Flyte.
    pub name: &'a str,
    /// Nothing for the version of the registration.
    pub version: &'a str,
    /// Inputs in the order of the declaration.
    pub inputs: &'a [Variable],
    /// Outputs in the order of the declaration.
    pub outputs: &'a [Variable],
}

/// What entities of another program can be, with Flyte's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    /// A task.
    Task = 1,
    /// A workflow, as a part of the one that names it.
    Workflow = 2,
    /// A launch plan.
    LaunchPlan = 3,
}

/// A node that waits.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Gate<'a> {
    /// For somebody's yes: gives on what it takes.
    Approve {
        /// The name under which it is answered.
        signal: &'a str,
        /// What is to be approved.
        value: Promise<'a>,
    },
    /// For a value, which is its output `o0`.
    Input {
        /// The name under which it is answered.
        signal: &'a str,
        /// The type of the value.
        literal_type: LiteralType,
    },
    /// For some time to pass.
    Sleep(Duration),
}

/// What one use of an entity changes about it; what is unset is as the entity says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Overrides<'a> {
    /// Attempts after the first.
    pub retries: Option<u32>,
    /// How long the node may take. No time at all takes the task's limit away.
    pub timeout: Option<Duration>,
    /// Whether it may run on machines that can be taken away.
    pub interruptible: Option<bool>,
    /// Whether results are reused.
    pub cache: Option<bool>,
    /// Changes when results must not be reused.
    pub cache_version: Option<&'a str>,
    /// Whether of equal runs at the same time only one works.
    pub cache_serialize: Option<bool>,
    /// What the container asks for; others than those stay.
    pub requests: Resources,
    /// What the container may use at most; others than those stay.
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
    /// What it takes, with names and types.
    pub(crate) fn taken(&self) -> impl Iterator<Item = Argument<'a>> {
        let inputs = self.target.inputs();
        let given = self.values.iter().zip(inputs);
        let given = given.map(|(value, input)| input.given(*value));
        self.arguments.iter().copied().chain(given)
    }
}

impl Node<'_> {
    /// A node that runs nothing yet, from which others start.
    pub const DEFAULT: Self = Node {
        id: "",
        name: None,
        target: Target::Gate(Gate::Sleep(Duration::ZERO)),
        arguments: &[],
        values: &[],
        upstream: &[],
        overrides: Overrides::NONE,
        common: None,
    };
}
