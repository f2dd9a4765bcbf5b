//! What can be called or bound: the traits that the attributes' handles implement.
//!
//! Beside `fn add` an attribute puts a type of the same name. Types and functions are named apart, and
//! `use etl::add` brings both, so what stands for the entity is known wherever the function is, and
//! rustc checks that it is one.

pub(crate) mod body;
pub(crate) mod elsewhere;
pub(crate) mod gate;
pub(crate) mod map;

use crate::declare::{
    Cache, CommonBytes, LaunchPlanDescriptor, Node, Target, TaskDescriptor, Variable,
    WorkflowDescriptor,
};
use crate::engine::Engine;
use crate::registry::{Declaration, Draft};

/// A task, by the name of its function: what is known of it while a program is compiled.
///
/// ```
/// use flytekit::prelude::*;
/// # mod etl {
/// # use flytekit::prelude::*;
///
/// #[task(retries = 3)]
/// pub fn add(a: i64, b: i64) -> i64 {
///     a + b
/// }
/// # }
/// use etl::add;
///
/// const NAME: &str = <add as flytekit::Task>::NAME;
/// assert!(NAME.ends_with("etl.add"));
/// assert_eq!(<add as flytekit::Task>::INPUTS.len(), 2);
/// assert_eq!(<add as flytekit::Task>::METADATA.retries, 3);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a task",
    label = "no function of this name has the attribute `#[task]`",
    note = "name the function of a task, as `use` does"
)]
pub trait Task {
    /// All that its attribute says.
    #[doc(hidden)]
    const DESCRIPTOR: &'static TaskDescriptor;

    /// The frame that lies in the binary, as far as its length goes.
    #[doc(hidden)]
    const DRAFT: Draft = Draft::new(Declaration::Task(Self::DESCRIPTOR));

    /// The name in Flyte.
    const NAME: &'static str = Self::DESCRIPTOR.name;

    /// What it takes, in the order of the function's parameters.
    const INPUTS: &'static [Variable] = Self::DESCRIPTOR.inputs;

    /// What it gives, in the order of the function's result.
    const OUTPUTS: &'static [Variable] = Self::DESCRIPTOR.outputs;

    /// What the backend is told of its runs.
    const METADATA: Metadata = Metadata::of(Self::DESCRIPTOR);
}

/// What the backend is told of a task's runs; [`TaskDescriptor`] says what each is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "they have those names there")]
pub struct Metadata {
    pub retries: u32,
    pub timeout: Option<core::time::Duration>,
    pub cache: Option<Cache>,
    pub interruptible: Option<bool>,
    pub deprecated: Option<&'static str>,
}

impl Metadata {
    const fn of(task: &TaskDescriptor) -> Self {
        Metadata {
            retries: task.retries,
            timeout: task.timeout,
            cache: task.cache,
            interruptible: task.interruptible,
            deprecated: task.deprecated,
        }
    }
}

/// What a workflow can call: a task, a workflow, a launch plan, or a reference to one of another program.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a task, a workflow or a launch plan",
    label = "a workflow cannot call this",
    note = "a workflow calls functions with `#[task]`, `#[workflow]` or `#[launch_plan]`, by the names that `use` brings"
)]
pub trait Entity {
    /// It, as what a node runs.
    const TARGET: Target<'static>;

    /// The name in Flyte.
    const NAME: &'static str = Self::TARGET.name();

    /// What it takes, in the order of the function's parameters.
    const INPUTS: &'static [Variable] = Self::TARGET.inputs();

    /// What it gives, in the order of the function's result.
    const OUTPUTS: &'static [Variable] = Self::TARGET.outputs();
}

impl<T: Task> Entity for T {
    const TARGET: Target<'static> = Target::Task(T::DESCRIPTOR);
}

/// An entity that is called as the function pointer `F` is: with the inputs, and without a session.
///
/// A parameter and no type of the trait: types that are named there must be as public as the entity.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a task, a workflow or a launch plan",
    label = "a workflow cannot call this",
    note = "a workflow calls functions with `#[task]`, `#[workflow]` or `#[launch_plan]`, by the names that `use` brings"
)]
pub trait Signature<F> {
    /// The entity itself. That it is one is said here, so that what is none is one error.
    type Entity: Entity;

    /// [`Entity::TARGET`].
    const TARGET: Target<'static> = <Self::Entity as Entity>::TARGET;

    /// [`Entity::INPUTS`].
    const INPUTS: &'static [Variable] = <Self::Entity as Entity>::INPUTS;

    /// [`Entity::OUTPUTS`].
    const OUTPUTS: &'static [Variable] = <Self::Entity as Entity>::OUTPUTS;

    /// What its nodes have in common.
    const COMMON: &'static CommonBytes = &CommonBytes::of(&Self::TARGET);

    /// A node of it, which has no id and takes nothing yet.
    const NODE: Node<'static> = Node {
        target: Self::TARGET,
        common: Self::COMMON.get(),
        ..Node::DEFAULT
    };

    /// What rustc checks calls in workflows with: nobody calls it.
    #[must_use]
    fn call() -> F
    where
        F: Sized,
    {
        unreachable!("a workflow's body is not run")
    }
}

/// A workflow, by the name of its function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a workflow",
    label = "no function of this name has the attribute `#[workflow]`",
    note = "name the function of a workflow, as `use` does"
)]
pub trait Workflow: Entity {
    /// All that is known of it.
    #[doc(hidden)]
    const DESCRIPTOR: &'static WorkflowDescriptor<'static>;
}

/// A launch plan, by the name of its function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a launch plan",
    label = "no function of this name has the attribute `#[launch_plan]`",
    note = "name the function of a launch plan, as `use` does"
)]
pub trait LaunchPlan: Entity {
    /// All that is known of it.
    #[doc(hidden)]
    const DESCRIPTOR: &'static LaunchPlanDescriptor<'static>;
}

/// A task that runs with this configuration of its engine, for the body that the attribute writes.
#[doc(hidden)]
pub trait Configured<E: Engine>: Task {
    /// The configuration.
    const CONFIG: &'static E::Config;
}
