//! Tasks of this program that images of other authors run: `#[task(shim(...))]`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::{Shim, TaskTemplate, executor};
use crate::context::{self, Mode, RunContext, Whereabouts};
use crate::declare::{Custom, Json, TaskDescriptor};
use crate::engine::{Engine, Outcome, TaskContext};
use crate::entity::Configured;
use crate::error::{Error, Result};
use crate::execute::{Abandon, Product};
use crate::registry::RegisteredTask;
use crate::types::{OutputsWriter, ValueError};

/// The engine of `#[task(shim(...))]`: the function is declared without a body, because the executor of an
/// existing image does the work.
///
/// ```
/// # mod repeated {
/// use flytekit::prelude::*;
///
/// /// Says it three times.
/// #[task(shim(
///     executor = "tools.Repeat",
///     image = "registry.example.com/tools:1.0",
///     custom = { "times": 3 },
/// ))]
/// fn repeat(text: String) -> Result<String>;
/// # }
/// ```
///
/// Calling `repeat("ho".to_owned())` runs the executor locally, if this program has it, on the template in
/// the executable.
#[derive(Debug)]
pub struct ShimTask;

/// The attribute's settings: see [`ShimTask`].
#[derive(Clone, Copy, Debug)]
pub struct ShimConfig {
    executor: &'static str,
    custom: &'static [(&'static str, Json<'static>)],
}

impl ShimConfig {
    /// The name of the executor, and its object in the template.
    ///
    /// ```
    /// use flytekit::declare::Json;
    /// use flytekit::shim::ShimConfig;
    ///
    /// const REPEAT: ShimConfig = ShimConfig::new("tools.Repeat", &[("times", Json::Number(3.0))]);
    /// ```
    pub const fn new(
        executor: &'static str,
        custom: &'static [(&'static str, Json<'static>)],
    ) -> Self {
        ShimConfig { executor, custom }
    }

    /// Writes `TaskTemplate.custom`.
    pub const fn custom(&self, out: &mut Custom<'_>) {
        out.object(self.custom);
    }
}

impl Engine for ShimTask {
    const TASK_TYPE: &'static str = "python-task";
    const BLOCKING: bool = true;
    type Config = ShimConfig;
    type Session = ();
    type Running = ();

    fn pre_execute(_: &'static ShimConfig, _: &TaskContext<'_>) -> Result<()> {
        Ok(())
    }

    fn session((): &()) -> &() {
        &()
    }

    fn post_execute((): (), _: Outcome) -> Result<()> {
        Ok(())
    }
}

/// Runs a task's executor locally: the body of the task's function, whose arguments `inputs` writes. Returns
/// a `LiteralMap` of the outputs.
///
/// # Errors
///
/// If Flyte cannot represent an argument, if this program does not have the executor, and all errors of the
/// executor.
#[doc(hidden)]
pub fn run_here<T: Configured<ShimTask>>(
    inputs: impl FnOnce(&mut OutputsWriter) -> Result<(), ValueError>,
) -> Result<Vec<u8>> {
    let inputs = OutputsWriter::inputs(inputs)?;
    run(T::DESCRIPTOR, T::CONFIG.executor, &inputs)
}

fn run(task: &'static TaskDescriptor, executor: &'static str, inputs: &[u8]) -> Result<Vec<u8>> {
    let task = loaded(task, executor)?;
    let place = context::raw_output();
    let place = place.unwrap_or_else(|| context::unique_place().to_string_lossy().into_owned());
    // The run around this one, if there is one, handles the failure.
    let abandon = |error: &Error| tracing::error!("{error}");
    let mode = Mode::of_process();
    let here = Whereabouts::here(&place);
    let context = RunContext::begin(task.descriptor, Whereabouts { mode, ..here });
    let products = task.run(inputs, &context, None, Abandon(&abandon))?;
    match products.product {
        Product::Outputs(outputs) => Ok(outputs.to_vec()),
        Product::Graph(_) => Err(Error::system("an executor returns outputs, not a graph")),
    }
}

/// The task with its executor, which the first call loads.
fn loaded(task: &'static TaskDescriptor, executor: &'static str) -> Result<RegisteredTask> {
    static LOADED: Mutex<BTreeMap<&str, RegisteredTask>> = Mutex::new(BTreeMap::new());
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = loaded.get(task.name) {
        return Ok(*known);
    }
    let executor = executor::find(executor).map_err(|error| {
        let message = format!(
            "the task `{}` is for another image, and runs here only with its executor: {error}",
            task.name
        );
        error.said_as(message)
    })?;
    let found = Shim::task(TaskTemplate::of_descriptor(task)?, executor.executor);
    loaded.insert(task.name, found);
    Ok(found)
}
