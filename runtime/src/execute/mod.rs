//! The steps of a run: inputs, `pre_execute`, the function, `post_execute`, then products or an error.

mod abrupt;
mod cancel;
pub(crate) mod container;
mod dynamic;
mod inputs;
mod local;
mod map;
mod panics;
mod products;
mod run;
mod signals;
mod watch;

pub use cancel::{Cancellable, cancellable};
pub use dynamic::run_dynamic;
pub use inputs::Inputs;
pub(crate) use inputs::NamedLiteral;
pub use local::{run_function, run_launch_plan};
pub(crate) use products::{Built, Product};
pub(crate) use run::Templated;
pub use run::{Dispatch, IsSession, Run, RunResult, block_on, session};

pub(crate) use abrupt::{UnderWay, during_run, in_time, leave};
pub(crate) use cancel::Cancel;
pub(crate) use local::{Answers, Local, Terminal};
pub(crate) use map::Mapping;
pub(crate) use panics::catch;
pub(crate) use signals::on_termination;
pub(crate) use watch::Abandon;
