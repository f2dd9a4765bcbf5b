//! Shim tasks: their templates contain everything that they need, so that one image can run many of them.
//!
//! Flyte passes the URI of the template to the task's container. A [`TaskResolver`] loads the template, and a
//! [`ShimTaskExecutor`] in the image runs it: the image needs no code of the task's author. The containers'
//! args are those of Python's flytekit (`pyflyte-execute … --resolver NAME -- ARGS…`), so an image with
//! executors under flytekit's names runs the tasks that Python registered.

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
