//! What does the work of tasks of which it has the templates alone.

use std::fmt;

use flytekit_grammar::checked;

use super::{TaskTemplate, TemplateInputs, TemplateOutputs};
use crate::engine::Outcome;
use crate::error::{Error, Result};
use crate::registry::{Entry, Noun, Table};

/// Runs tasks by their templates: flytekit's `ShimTaskExecutor`.
///
/// An image's author writes it, and puts it under a name with [`executor!`](super::executor), by which
/// templates ask for it:
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
/// What it fails with is reported as of any task: by [`Error`] and [`RecoverableError`](crate::RecoverableError),
/// panics too. flytekit reports all of that as the system's fault.
pub trait ShimTaskExecutor: Sync {
    /// Gets ready for a run, after its inputs were found to be of their types.
    ///
    /// # Errors
    ///
    /// Whatever makes the run fail before it begins.
    fn pre_execute(&self, template: &TaskTemplate) -> Result<()> {
        let _ = template;
        Ok(())
    }

    /// Makes the outputs that the template declares, of the inputs that it declares.
    ///
    /// # Errors
    ///
    /// Whatever makes the task fail.
    fn execute_from_template(
        &self,
        template: &TaskTemplate,
        inputs: &TemplateInputs<'_>,
    ) -> Result<TemplateOutputs>;

    /// Cleans up, whether the run went well, failed or panicked.
    ///
    /// # Errors
    ///
    /// When cleaning up fails; this fails the task only if nothing did before.
    fn post_execute(&self, template: &TaskTemplate, outcome: Outcome) -> Result<()> {
        let _ = (template, outcome);
        Ok(())
    }
}

/// An executor that has a name; [`executor!`](super::executor) gives it that.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an executor of shim tasks",
    label = "not an executor with a name",
    note = "implement `flytekit::shim::ShimTaskExecutor` for `{Self}`, and name it: `flytekit::shim::executor!({Self}, \"module.Executor\")`"
)]
pub trait NamedExecutor: ShimTaskExecutor + 'static {
    /// The name by which templates ask for it.
    const NAME: &'static str;
}

/// Puts the unit struct `$executor`, a [`ShimTaskExecutor`], into the process's table of executors.
///
/// The name is the last of the args of its tasks' containers. flytekit takes it for the path of a class,
/// so an executor under that of one of Python's stands in for it. A program has those of the crates that
/// it names: `use flytekit_sqlite as _;` is enough.
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
    location: &'static str,
}

impl RegisteredExecutor {
    /// What [`executor!`](super::executor) submits.
    ///
    /// # Panics
    ///
    /// Stops the build when the name is not that of an executor, which flytekit takes for the path of a class.
    #[track_caller]
    pub const fn new(
        name: &'static str,
        executor: &'static dyn ShimTaskExecutor,
        location: &'static str,
    ) -> Self {
        RegisteredExecutor {
            name: checked::executor_name(name),
            executor,
            location,
        }
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

/// The executor of this name.
pub(super) fn find(name: &str) -> Result<&'static dyn ShimTaskExecutor> {
    let all = Table::new(inventory::iter::<RegisteredExecutor>.into_iter().copied());
    let all = all.map_err(|duplicate| Error::user(duplicate.to_string()))?;
    let found = all.get(name).map(|found| found.executor);
    found.ok_or_else(|| {
        let known: Vec<_> = all.names().map(|name| format!("`{name}`")).collect();
        let has = if known.is_empty() {
            "it has none".to_owned()
        } else {
            format!("it has {}", known.join(", "))
        };
        Error::user(format!(
            "this program has no executor `{name}`; {has}: the program has to name the crate that has one, as \
             in `use flytekit_sqlite as _;`"
        ))
    })
}
