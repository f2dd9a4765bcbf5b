//! Entities, which workflows can call or bind: the traits of the attributes' handles.
//!
//! Beside `fn add`, an attribute creates a type with the same name, the handle. Types and functions have
//! separate namespaces, and `use etl::add` brings both. Therefore the handle is in scope wherever the
//! function is, and rustc checks that it is an entity.

pub(crate) mod body;
pub(crate) mod elsewhere;
pub(crate) mod gate;
pub(crate) mod map;

use crate::declare::{
    Cache, Called, LaunchPlanDescriptor, Target, TaskDescriptor, Variable, WorkflowDescriptor,
};
use crate::engine::Engine;
use crate::registry::{Declaration, Draft};

/// A task's handle, with the name of its function. It has everything that is known at compile time.
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
    /// All that the attribute declares.
    #[doc(hidden)]
    const DESCRIPTOR: &'static TaskDescriptor;

    /// The length of the frame in the binary.
    #[doc(hidden)]
    const DRAFT: Draft = Draft::new(Declaration::Task(Self::DESCRIPTOR));

    /// The name in Flyte.
    const NAME: &'static str = Self::DESCRIPTOR.name;

    /// The inputs, in the order of the function's parameters.
    const INPUTS: &'static [Variable] = Self::DESCRIPTOR.inputs;

    /// The outputs, in the order of the function's result.
    const OUTPUTS: &'static [Variable] = Self::DESCRIPTOR.outputs;

    /// The metadata of its runs, for the backend.
    const METADATA: Metadata = Metadata::of(Self::DESCRIPTOR);
}

/// The metadata of a task's runs, for the backend; [`TaskDescriptor`] describes each field.
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

/// An entity that a workflow can call: a task, a workflow, a launch plan, or a reference to an entity of
/// another program.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a task, a workflow or a launch plan",
    label = "a workflow cannot call this",
    note = "a workflow calls functions with `#[task]`, `#[workflow]` or `#[launch_plan]`, by the names that `use` brings"
)]
pub trait Entity {
    /// The entity, as the target of a node.
    const TARGET: Target<'static>;

    /// The name in Flyte.
    const NAME: &'static str = Self::TARGET.name();

    /// The inputs, in the order of the function's parameters.
    const INPUTS: &'static [Variable] = Self::TARGET.inputs();

    /// The outputs, in the order of the function's result.
    const OUTPUTS: &'static [Variable] = Self::TARGET.outputs();
}

impl<T: Task> Entity for T {
    const TARGET: Target<'static> = Target::Task(T::DESCRIPTOR);
}

/// An entity that is called like the function pointer `F`: with the inputs, and without a session.
///
/// `F` is a parameter and not an associated type, because associated types must be as public as the entity.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a task, a workflow or a launch plan",
    label = "a workflow cannot call this",
    note = "a workflow calls functions with `#[task]`, `#[workflow]` or `#[launch_plan]`, by the names that `use` brings"
)]
pub trait Signature<F> {
    /// The entity itself. The bound is here, so that a type that is not an entity is one error.
    type Entity: Entity;

    /// [`Entity::TARGET`].
    const TARGET: Target<'static> = <Self::Entity as Entity>::TARGET;

    /// [`Entity::INPUTS`].
    const INPUTS: &'static [Variable] = <Self::Entity as Entity>::INPUTS;

    /// [`Entity::OUTPUTS`].
    const OUTPUTS: &'static [Variable] = <Self::Entity as Entity>::OUTPUTS;

    /// The entity as calls refer to it.
    const CALLED: Called<'static> = Called::of(<Self::Entity as Entity>::TARGET);

    /// The signature with which rustc checks calls in workflows. Nothing calls this function.
    #[must_use]
    fn call() -> F
    where
        F: Sized,
    {
        unreachable!("a workflow's body is not run")
    }
}

/// A workflow's handle, with the name of its function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a workflow",
    label = "no function of this name has the attribute `#[workflow]`",
    note = "name the function of a workflow, as `use` does"
)]
pub trait Workflow: Entity {
    /// All that is known at compile time.
    #[doc(hidden)]
    const DESCRIPTOR: &'static WorkflowDescriptor<'static>;
}

/// A launch plan's handle, with the name of its function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a launch plan",
    label = "no function of this name has the attribute `#[launch_plan]`",
    note = "name the function of a launch plan, as `use` does"
)]
pub trait LaunchPlan: Entity {
    /// All that is known at compile time.
    #[doc(hidden)]
    const DESCRIPTOR: &'static LaunchPlanDescriptor<'static>;
}

/// A task with this configuration of its engine, for the function's body that the attribute writes.
#[doc(hidden)]
pub trait Configured<E: Engine>: Task {
    /// The configuration.
    const CONFIG: &'static E::Config;
}
