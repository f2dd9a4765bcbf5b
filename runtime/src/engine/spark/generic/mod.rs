//! Spark applications of any language: `#[task(generic_spark(...))]`.
//!
//! Flyte starts the application itself, from the template in the executable. The same function, called or run
//! locally, starts it with `spark-submit`: from `SPARK_HOME`, from the Python package `pyspark` (of
//! `FLYTEKIT_PYTHON`, or of `python3`), or from `PATH`. It runs on `local[*]` unless the task's `conf` has
//! another `spark.master`. Its output is this process's. It ends with this process, even if this process is
//! killed.

mod arguments;
mod config;
mod submit;

pub use config::GenericSparkConfig;

use self::submit::Submission;
use super::variables::SparkVariables;
use crate::engine::{Engine, Outcome, TaskContext};
use crate::entity::Configured;
use crate::error::Error;
use crate::types::{LiteralMapRef, OutputsWriter, ValueError};

/// The engine of `#[task(generic_spark(...))]`. It has no session, because the application creates its own.
///
/// ```
/// # mod pi {
/// use flytekit::prelude::*;
///
/// /// Estimates pi.
/// #[task(generic_spark(
///     application_type = Scala,
///     main_class = "org.apache.spark.examples.SparkPi",
///     application = "/opt/spark/examples/jars/spark-examples.jar",
///     args(slices),
///     conf("spark.executor.instances" = "2"),
/// ))]
/// fn estimate_pi(slices: i64);
/// # }
/// ```
///
/// A call `estimate_pi(10)` runs `spark-submit` locally, and returns a
/// [`flytekit::Result<()>`](crate::Result). An input is one whole argument, so its type must be one that
/// Flyte can write into an argument:
///
/// ```compile_fail,E0080
/// # mod lists {
/// use flytekit::prelude::*;
///
/// // Flyte cannot write a list into an argument.
/// #[task(generic_spark(application_type = R, application = "/opt/app.R", args(rows)))]
/// fn of_a_list(rows: Vec<i64>);
/// # }
/// ```
#[derive(Debug)]
pub struct GenericSpark;

impl Engine for GenericSpark {
    const TASK_TYPE: &'static str = "spark";
    const BLOCKING: bool = true;
    type Config = GenericSparkConfig;
    type Session = ();
    type Running = ();

    fn pre_execute(_: &'static GenericSparkConfig, _: &TaskContext<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn session((): &()) -> &() {
        &()
    }

    fn post_execute((): (), _: Outcome) -> Result<(), Error> {
        Ok(())
    }
}

/// Runs a task's application to its end: the body of the task's function, whose arguments `inputs` writes.
///
/// # Errors
///
/// If an input cannot be an argument, if Spark, Java or the application is not on this machine, or if the
/// application fails.
#[doc(hidden)]
pub fn run_application<T: Configured<GenericSpark>>(
    inputs: impl FnOnce(&mut OutputsWriter) -> Result<(), ValueError>,
) -> Result<(), Error> {
    let inputs = OutputsWriter::inputs(inputs)?;
    let arguments = arguments::render(T::DESCRIPTOR, LiteralMapRef::new(&inputs))?;
    let variables = SparkVariables::of_process();
    Submission::new(T::NAME, T::CONFIG, arguments, &variables)?.run()
}
