//! Resolvers, which find the task that a container's args name.

use std::fmt;

use super::executor;
use crate::declare::BY_TEMPLATE;
use crate::error::{Error, Result};
use crate::registry::{Entry, Noun, RegisteredTask, Registry, Table};

/// Finds the task that a container's args name, like the loading part of flytekit's `TaskResolverMixin`.
///
/// `execute --resolver NAME -- ARGS…` calls the resolver with this name, which [`resolver!`](super::resolver)
/// sets. There are two resolvers under flytekit's names: its default resolver finds the task `M.T` of this
/// program by the args `task-module M task-name T`, and its template resolver is [`load_template`].
///
/// ```
/// use flytekit::prelude::*;
/// use flytekit::registry::{RegisteredTask, Registry};
/// use flytekit::shim::TaskResolver;
///
/// /// Takes the newest version of a task, such as `etl.load_v3` for `etl.load`.
/// struct Newest;
///
/// impl TaskResolver for Newest {
///     fn load_task(&self, args: &[&str], registry: &Registry) -> Result<RegisteredTask> {
///         let [name] = args else {
///             return Err(Error::user("the resolver takes one argument, a name"));
///         };
///         let named = registry.tasks.names().filter(|it| it.starts_with(name)).last();
///         let found = named.and_then(|name| registry.tasks.get(name));
///         found.copied().ok_or_else(|| Error::user(format!("there is no `{name}`")))
///     }
/// }
///
/// flytekit::shim::resolver!(Newest, "etl.newest");
/// # fn main() {}
/// ```
pub trait TaskResolver: Sync {
    /// Returns the task.
    ///
    /// # Errors
    ///
    /// If the args name no task; the error is reported like a task's error.
    fn load_task(&self, args: &[&str], registry: &Registry) -> Result<RegisteredTask>;
}

/// Puts the unit struct `$resolver`, a [`TaskResolver`], into the process's table of resolvers.
#[doc(hidden)]
#[macro_export]
macro_rules! __flytekit_resolver {
    ($resolver:path, $name:expr $(,)?) => {
        $crate::__v0_1_0::inventory::submit! {
            $crate::shim::RegisteredResolver::new(
                $name,
                &$resolver,
                ::core::concat!(::core::file!(), ":", ::core::line!()),
            )
        }
    };
}

/// A resolver of this process.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct RegisteredResolver {
    name: &'static str,
    resolver: &'static dyn TaskResolver,
    location: &'static str,
}

impl RegisteredResolver {
    /// The entry that [`resolver!`](super::resolver) submits.
    ///
    /// # Panics
    ///
    /// In const evaluation, if the name is empty.
    pub const fn new(
        name: &'static str,
        resolver: &'static dyn TaskResolver,
        location: &'static str,
    ) -> Self {
        assert!(
            !name.is_empty(),
            "a resolver needs a name, such as `module.resolver`"
        );
        RegisteredResolver {
            name,
            resolver,
            location,
        }
    }
}

inventory::collect!(RegisteredResolver);

impl fmt::Debug for RegisteredResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.location)
    }
}

impl Entry for RegisteredResolver {
    const NOUN: &'static Noun = &Noun {
        singular: "resolver",
        plural: "resolvers",
        renaming: "flytekit::shim::resolver!(…, \"…\")",
    };

    fn name(&self) -> &str {
        self.name
    }

    fn location(&self) -> String {
        self.location.to_owned()
    }
}

crate::__flytekit_resolver!(
    ByName,
    "flytekit.core.python_auto_container.default_task_resolver"
);
crate::__flytekit_resolver!(ByTemplate, BY_TEMPLATE);

/// The task that the resolver with this name finds by the args.
pub(crate) fn resolve(name: &str, args: &[&str], registry: &Registry) -> Result<RegisteredTask> {
    let all = Table::new(inventory::iter::<RegisteredResolver>.into_iter().copied());
    let all = all.map_err(|duplicate| Error::user(duplicate.to_string()))?;
    let Some(found) = all.get(name) else {
        let known: Vec<_> = all.names().map(|name| format!("`{name}`")).collect();
        return Err(Error::user(format!(
            "this program has no resolver `{name}`; it has {}",
            known.join(", ")
        )));
    };
    found.resolver.load_task(args, registry)
}

/// Finds a task of this program by its name.
struct ByName;

impl TaskResolver for ByName {
    fn load_task(&self, args: &[&str], registry: &Registry) -> Result<RegisteredTask> {
        let ["task-module", module, "task-name", task] = args else {
            return Err(Error::user(format!(
                "the resolver by name takes `task-module MODULE task-name NAME`, but got `{}`",
                args.join(" ")
            )));
        };
        let name = format!("{module}.{task}");
        let found = registry.tasks.get(&name).copied();
        found.ok_or_else(|| {
            Error::user(crate::registry::unknown_task(registry.tasks.names(), &name))
        })
    }
}

/// Loads a template.
struct ByTemplate;

impl TaskResolver for ByTemplate {
    fn load_task(&self, args: &[&str], _: &Registry) -> Result<RegisteredTask> {
        let [template, executor] = args else {
            return Err(Error::user(format!(
                "the resolver of templates takes the URI of a template and the name of an executor, but got \
                 `{}`",
                args.join(" ")
            )));
        };
        load_template(template, executor)
    }
}

/// Loads the task of the template at a URI, which an executor of this program runs: flytekit's template
/// resolver, for use in resolvers of your own.
///
/// The content of the template stays in memory until the process ends.
///
/// # Errors
///
/// If no executor has this name, or if there is no template.
pub fn load_template(uri: &str, executor: &str) -> Result<RegisteredTask> {
    executor::find(executor)?.load(uri)
}
