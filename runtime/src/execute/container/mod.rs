//! The container protocol: reads a task's inputs from a file, writes its products or its error into others,
//! and returns an exit code.

mod document;
#[cfg(feature = "first-process")]
mod first;
mod launch;
mod offload;
mod report;

use std::process::ExitCode;
use std::sync::Arc;

pub(crate) use launch::launch;

use self::report::Report;
use super::products::{Product, Products};
use super::watch::Abandon;
use crate::console::tell;
use crate::context::{Mode, RunContext, Whereabouts};
use crate::declare::TaskDescriptor;
use crate::error::Error;
use crate::execute::{Mapping, catch, leave};
use crate::registry::RegisteredTask;
use crate::store;

/// The arguments of a container.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arguments<'a> {
    /// The requested task: its name, or the args for a resolver.
    pub(crate) task: &'a str,
    /// The place of the inputs: a `LiteralMap`.
    pub(crate) inputs: &'a str,
    /// The place for `outputs.pb` or `error.pb`.
    pub(crate) output_prefix: &'a str,
    /// The place for files and tables that the task returns; may be empty, or a template.
    pub(crate) raw_output_prefix: &'a str,
    /// The place for this attempt's checkpoint; may be empty, or a template.
    pub(crate) checkpoint: &'a str,
    /// The place of the previous attempt's checkpoint; may also be two quotes.
    pub(crate) previous_checkpoint: &'a str,
}

/// Finds the requested task, and the inputs of which it takes elements, if it is mapped.
pub(crate) type Load<'a> = &'a dyn Fn() -> Result<(RegisteredTask, Option<Mapping<'a>>), Error>;

/// Runs the task, or reports that there is no such task.
pub(crate) fn execute(load: Load<'_>, arguments: Arguments<'_>) -> ExitCode {
    if let Some(why) = no_place(arguments.output_prefix) {
        return failed(&why);
    }
    let report = Report::new(arguments.task, arguments.output_prefix);
    #[cfg(feature = "first-process")]
    if let Some(code) = first::run_below(&report) {
        return code;
    }
    let _under_way = report.at_abrupt_end();
    let mut code = ExitCode::FAILURE;
    let mut context = None;
    // The error of the function may still panic when it is formatted or dropped.
    let caught = catch(&mut || {
        code = match written(load, arguments, &report, &mut context) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => report.failed(&error),
        };
        Ok(())
    });
    let code = caught.map_or_else(|error| report.failed(&error), |()| code);
    #[cfg(feature = "deck")]
    if let Some(context) = &context {
        crate::deck::leave(RunContext::context(context), arguments.output_prefix);
    }
    code
}

/// Runs the task, and writes its products.
fn written(
    load: Load<'_>,
    arguments: Arguments<'_>,
    report: &Arc<Report>,
    context: &mut Option<RunContext>,
) -> Result<(), Error> {
    report.at_termination()?;
    let (task, mapping) = load()?;
    report.is_of(task.descriptor.name);
    let context = context.insert(RunContext::begin(task.descriptor, arguments.whereabouts()));
    let (task, products) = run(&task, mapping.as_ref(), arguments, report, context)?;
    write(task, products, arguments, report)
}

fn run(
    task: &RegisteredTask,
    mapping: Option<&Mapping<'_>>,
    arguments: Arguments<'_>,
    report: &Report,
    context: &RunContext,
) -> Result<(&'static TaskDescriptor, Products), Error> {
    let inputs = store::read(arguments.inputs)
        .map_err(|error| Error::system("the inputs cannot be read").with_source(error))?;
    let abandon = |error: &Error| leave(report.failed(error));
    let abandon = Abandon(&abandon);
    if let Some(mapping) = mapping {
        return mapping.run(task, &inputs, context, abandon);
    }
    let products = task.run(&inputs, context, None, abandon)?;
    Ok((task.descriptor, products))
}

fn write(
    task: &TaskDescriptor,
    products: Products,
    arguments: Arguments<'_>,
    report: &Report,
) -> Result<(), Error> {
    let written = match products.product {
        Product::Outputs(outputs) => {
            let outputs = offload::offload(task, outputs, arguments.output_prefix)?;
            report.outputs(&outputs)
        }
        Product::Graph(graph) => report.futures(&graph.job()?),
    };
    written.map_err(|error| Error::system("the outputs are lost").with_source(error))
}

impl<'a> Arguments<'a> {
    fn whereabouts(&self) -> Whereabouts<'a> {
        Whereabouts {
            mode: Mode::Container,
            raw_output_prefix: self.raw_output_prefix(),
            output_prefix: self.output_prefix,
            node: "",
            attempt: 0,
            checkpoint: self.checkpoint,
            previous_checkpoint: self.previous_checkpoint,
        }
    }

    /// The place for raw data; the output prefix, if there is no other. A placeholder that Flyte has not
    /// replaced is not a place. Local files are named by their paths, because flytekit, which reads them,
    /// takes `file://` for the beginning of a path.
    fn raw_output_prefix(&self) -> &'a str {
        let given = self.raw_output_prefix;
        let prefix = if given.is_empty() || given.starts_with("{{") {
            self.output_prefix
        } else {
            given
        };
        prefix.strip_prefix("file://").unwrap_or(prefix)
    }
}

/// The reason why documents cannot be below a prefix: Flyte does not read the working directory.
fn no_place(output_prefix: &str) -> Option<String> {
    let why = match output_prefix.trim() {
        "" => "is empty".to_owned(),
        template if template.starts_with("{{") => {
            format!("is `{template}`, which Flyte replaces by a URI when it runs a task")
        }
        _ => return None,
    };
    Some(format!(
        "--output-prefix {why}: give the URI or the folder for outputs.pb or error.pb"
    ))
}

/// Prints a failure that no document can report.
fn failed(error: &dyn std::fmt::Display) -> ExitCode {
    tell(format_args!("error: {error}"));
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    #[test]
    fn raw_data_without_a_place_goes_beside_the_outputs() {
        let prefix = |given| {
            let arguments = Arguments {
                task: "app.task",
                inputs: "",
                output_prefix: "s3://meta/n0",
                raw_output_prefix: given,
                checkpoint: "",
                previous_checkpoint: "",
            };
            arguments.raw_output_prefix()
        };
        for absent in ["", "{{.rawOutputDataPrefix}}", "{{ .rawOutputDataPrefix }}"] {
            assert_eq!(prefix(absent), "s3://meta/n0");
        }
        assert_eq!(prefix("s3://data/n0"), "s3://data/n0");
        assert_eq!(prefix("file:///data/n0"), "/data/n0");
    }
}
