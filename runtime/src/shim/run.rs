//! A run of a template by its executor, between the executor's two hooks.

use std::fmt;

use super::{ShimTaskExecutor, TaskTemplate, TemplateInputs};
use crate::context;
use crate::engine::{Engine, Outcome, TaskContext};
use crate::error::Error;
use crate::execute::{Dispatch, Run, RunResult, Templated};
use crate::registry::RegisteredTask;
use crate::types::OutputsWriter;

/// A template and its executor.
pub struct Shim {
    pub(super) template: TaskTemplate,
    pub(super) executor: &'static dyn ShimTaskExecutor,
}

impl fmt::Debug for Shim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.template.fmt(f)
    }
}

impl Shim {
    /// The task of the template at a URI, which this executor runs.
    pub(super) fn load(
        uri: &str,
        executor: &'static dyn ShimTaskExecutor,
    ) -> Result<RegisteredTask, Error> {
        let template = TaskTemplate::read(uri)?;
        context::ask_for_secrets(template.descriptor().secrets);
        Ok(Shim::task(template, executor))
    }

    /// The task of the template, which stays in memory until the process ends.
    pub(super) fn task(
        template: TaskTemplate,
        executor: &'static dyn ShimTaskExecutor,
    ) -> RegisteredTask {
        let descriptor = template.descriptor();
        let shim = Box::leak(Box::new(Shim { template, executor }));
        RegisteredTask::new(descriptor, None, Dispatch::Template(shim))
    }

    pub(crate) fn call(
        &self,
        inputs: &TemplateInputs<'_>,
        outputs: &mut OutputsWriter,
    ) -> Result<(), Error> {
        let template = &self.template;
        let given = self.executor.execute_from_template(template, inputs)?;
        given.write(template.outputs(), outputs)
    }
}

impl Templated for Shim {
    fn run(&'static self, run: Run<'_>) -> RunResult {
        run.template(self)
    }
}

/// The engine of templates: its hooks are those of the executor.
pub(crate) struct ByTemplate;

impl Engine for ByTemplate {
    const TASK_TYPE: &'static str = "python-task";
    type Config = Shim;
    type Session = ();
    type Running = &'static Shim;

    fn pre_execute(shim: &'static Shim, _: &TaskContext<'_>) -> Result<&'static Shim, Error> {
        shim.executor.pre_execute(&shim.template)?;
        Ok(shim)
    }

    fn session<'r>(_: &'r &'static Shim) -> &'r () {
        &()
    }

    fn post_execute(shim: &'static Shim, outcome: Outcome) -> Result<(), Error> {
        shim.executor.post_execute(&shim.template, outcome)
    }
}
