//! Executors, which run tasks from their templates alone.

use std::fmt;

use flytekit_grammar::checked;

use super::{Shim, TaskTemplate, TemplateInputs, TemplateOutputs};
use crate::engine::Outcome;
use crate::error::{Error, Result};
use crate::registry::{Entry, Noun, RegisteredTask, Table};

/// Runs tasks by their templates: flytekit's `ShimTaskExecutor`.
///
/// The author of an image implements it, and registers it by [`executor!`](super::executor), under the name
/// that templates use:
///
/// ```
/// use flytekit::prelude::*;
/// use flytekit::shim::{ShimTaskExecutor, TaskTemplate, TemplateInputs, TemplateOutputs};
///
/// /// Repeats its input `text` as often as the template says.
/// struct Repeat;
///
/// impl ShimTaskExecutor for Repeat {
///     fn execute_from_template(
///         &self,
///         template: &TaskTemplate,
///         inputs: &TemplateInputs<'_>,
///     ) -> Result<TemplateOutputs> {
///         let times = template.custom()["times"].as_u64().unwrap_or(1);
///         let text: String = inputs.get("text")?;
///         TemplateOutputs::of(&text.repeat(usize::try_from(times)?))
///     }
/// }
///
/// flytekit::shim::executor!(Repeat, "tools.Repeat");
/// # fn main() {}
/// ```
///
/// An executor's errors and panics are reported like those of any task: see [`Error`] and
/// [`RecoverableError`](crate::RecoverableError). flytekit reports all of them as the system's fault.
pub trait ShimTaskExecutor: Sync {
    /// Prepares a run, after the types of its inputs were checked.
    ///
    /// # Errors
    ///
    /// Any error; the run fails before it begins.
    fn pre_execute(&self, template: &TaskTemplate) -> Result<()> {
        let _ = template;
        Ok(())
    }

    /// Computes the outputs that the template declares, from the inputs that it declares.
    ///
    /// # Errors
    ///
    /// Any error; the task fails.
    fn execute_from_template(
        &self,
        template: &TaskTemplate,
        inputs: &TemplateInputs<'_>,
    ) -> Result<TemplateOutputs>;

    /// Cleans up after a run that has succeeded, failed or panicked.
    ///
    /// # Errors
    ///
    /// If cleaning up fails; this fails the task only if nothing failed before.
    fn post_execute(&self, template: &TaskTemplate, outcome: Outcome) -> Result<()> {
        let _ = (template, outcome);
        Ok(())
    }
}

/// An executor with a name, which [`executor!`](super::executor) sets.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an executor of shim tasks",
    label = "not an executor with a name",
    note = "implement `flytekit::shim::ShimTaskExecutor` for `{Self}`, and name it: `flytekit::shim::executor!({Self}, \"module.Executor\")`"
)]
pub trait NamedExecutor: ShimTaskExecutor + 'static {
    /// The name that templates use.
    const NAME: &'static str;
}

/// Puts the unit struct `$executor`, a [`ShimTaskExecutor`], into the process's table of executors.
///
/// The name is the last arg of the tasks' containers. flytekit reads it as the path of a class, so an
/// executor with the name of a Python class replaces that class. A program has the executors of the crates
/// that it names: `use flytekit_sqlite as _;` is enough.
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_executor {
    ($executor:path, $name:expr $(,)?) => {
        impl $crate::shim::NamedExecutor for $executor {
            const NAME: &'static ::core::primitive::str = $name;
        }
        $crate::__v0_1_0::inventory::submit! {
            $crate::shim::RegisteredExecutor::new(
                <$executor as $crate::shim::NamedExecutor>::NAME,
                &$executor,
                ::core::concat!(::core::file!(), ":", ::core::line!()),
            )
        }
    };
}

/// An executor of this process.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct RegisteredExecutor {
    name: &'static str,
    pub(super) executor: &'static dyn ShimTaskExecutor,
    /// Makes a task of the template at a URI. Only executors refer to this function, so that a program
    /// without them does not contain the code that reads templates.
    load: fn(&str, &'static dyn ShimTaskExecutor) -> Result<RegisteredTask>,
    location: &'static str,
}

impl RegisteredExecutor {
    /// The entry that [`executor!`](super::executor) submits.
    ///
    /// # Panics
    ///
    /// In const evaluation, if the name is not that of an executor, which flytekit takes for the path of a
    /// class.
    #[track_caller]
    pub const fn new(
        name: &'static str,
        executor: &'static dyn ShimTaskExecutor,
        location: &'static str,
    ) -> Self {
        RegisteredExecutor {
            name: checked::executor_name(name),
            executor,
            load: Shim::load,
            location,
        }
    }

    /// The task of the template at a URI.
    pub(super) fn load(&self, uri: &str) -> Result<RegisteredTask> {
        (self.load)(uri, self.executor)
    }
}

inventory::collect!(RegisteredExecutor);

impl fmt::Debug for RegisteredExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.location)
    }
}

impl Entry for RegisteredExecutor {
    const NOUN: &'static Noun = &Noun {
        singular: "executor",
        plural: "executors",
        renaming: "flytekit::shim::executor!(…, \"…\")",
    };

    fn name(&self) -> &str {
        self.name
    }

    fn location(&self) -> String {
        self.location.to_owned()
    }
}

/// The executor with this name.
pub(super) fn find(name: &str) -> Result<RegisteredExecutor> {
    let all = Table::new(inventory::iter::<RegisteredExecutor>.into_iter().copied());
    let all = all.map_err(|duplicate| Error::user(duplicate.to_string()))?;
    all.get(name).copied().ok_or_else(|| {
        let known: Vec<_> = all.names().map(|name| format!("`{name}`")).collect();
        let has = if known.is_empty() {
            "it has no executors".to_owned()
        } else {
            format!("it has {}", known.join(", "))
        };
        Error::user(format!(
            "this program has no executor `{name}`; {has}: the program must name the crate of the executor, as \
             in `use flytekit_sqlite as _;`"
        ))
    })
}
