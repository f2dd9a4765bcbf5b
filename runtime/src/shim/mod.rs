//! Tasks that hold all that they need in their templates, so that one image runs many of them.
//!
//! Flyte gives the container of such a task the URI of its template. A [`TaskResolver`] loads that, and a
//! [`ShimTaskExecutor`] of the image does what it says: no code of the task's author is needed there. The
//! containers' args are those of Python's flytekit (`pyflyte-execute … --resolver NAME -- ARGS…`), so an
//! image with executors under flytekit's names runs the tasks that Python registered.

mod declared;
mod executor;
mod fits;
mod inputs;
mod outputs;
mod resolver;
mod run;
mod template;

#[doc(hidden)]
pub use declared::run_here;
pub use declared::{ShimConfig, ShimTask};
#[doc(hidden)]
pub use executor::RegisteredExecutor;
pub use executor::{NamedExecutor, ShimTaskExecutor};
pub use inputs::TemplateInputs;
pub use outputs::TemplateOutputs;
#[doc(hidden)]
pub use resolver::RegisteredResolver;
pub use resolver::{TaskResolver, load_template};
pub use template::TaskTemplate;

#[doc(inline)]
pub use crate::{__flytekit_executor as executor, __flytekit_resolver as resolver};

pub(crate) use fits::input;
pub(crate) use resolver::resolve;
pub(crate) use run::ByTemplate;
#[doc(hidden)]
pub use run::Shim;
