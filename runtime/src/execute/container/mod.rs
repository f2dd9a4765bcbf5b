//! The container protocol: a task's inputs from a file, its products or its error into others, and an
//! exit code.

mod launch;
mod offload;
mod report;

use std::process::ExitCode;

pub(crate) use launch::launch;

use self::report::Report;
use super::products::{Product, Products};
use super::watch::Abandon;
use crate::console::tell;
use crate::context::Mode;
use crate::declare::TaskDescriptor;
use crate::error::Error;
use crate::registry::RegisteredTask;
use crate::store;

/// What Flyte asks of a container.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arguments<'a> {
    /// The task's name.
    pub(crate) task: &'a str,
    /// Where the inputs are: a `LiteralMap`.
    pub(crate) inputs: &'a str,
    /// Where `outputs.pb` or `error.pb` goes.
    pub(crate) output_prefix: &'a str,
    /// Where files and tables that the task returns go; may be empty, or a template.
    pub(crate) raw_output_prefix: &'a str,
}

/// Runs the task, or reports why there is none.
pub(crate) fn execute(task: Result<&RegisteredTask, Error>, arguments: Arguments<'_>) -> ExitCode {
    let report = Report::new(arguments.task, arguments.output_prefix);
    if let Err(error) = report.at_termination() {
        return failed(&error);
    }
    let written = task
        .and_then(|task| run(task, arguments, &report))
        .and_then(|(task, products)| write(task, products, arguments, &report));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report.failed(&error),
    }
}

fn run(
    task: &RegisteredTask,
    arguments: Arguments<'_>,
    report: &Report,
) -> Result<(&'static TaskDescriptor, Products), Error> {
    let inputs = store::read(arguments.inputs)
        .map_err(|error| Error::system("the inputs cannot be read").with_source(error))?;
    let abandon = |error: &Error| {
        let code = report.failed(error);
        std::process::exit(i32::from(code != ExitCode::SUCCESS));
    };
    let products = task.run(
        &inputs,
        Mode::Container,
        None,
        arguments.raw_output_prefix(),
        Abandon(&abandon),
    )?;
    Ok((task.descriptor, products))
}

fn write(
    task: &TaskDescriptor,
    products: Products,
    arguments: Arguments<'_>,
    report: &Report,
) -> Result<(), Error> {
    let Product::Outputs(outputs) = products.product;
    let outputs = offload::offload(task, outputs, arguments.output_prefix)?;
    report
        .outputs(&outputs)
        .map_err(|error| Error::system("the outputs are lost").with_source(error))
}

impl<'a> Arguments<'a> {
    /// Where raw data goes; without a place of its own, beside the outputs. A template that nobody has
    /// rendered is no place.
    fn raw_output_prefix(&self) -> &'a str {
        let given = self.raw_output_prefix;
        if given.is_empty() || given.starts_with("{{") {
            self.output_prefix
        } else {
            given
        }
    }
}

/// Says what went wrong where no document can.
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
            };
            arguments.raw_output_prefix()
        };
        for absent in ["", "{{.rawOutputDataPrefix}}", "{{ .rawOutputDataPrefix }}"] {
            assert_eq!(prefix(absent), "s3://meta/n0");
        }
        assert_eq!(prefix("s3://data/n0"), "s3://data/n0");
    }
}
