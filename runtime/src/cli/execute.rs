//! `execute`: the entrypoint of a task's container, with flytekit's flags.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Arg, ArgMatches, Command};

use super::{fail, unknown_task};
use crate::console::tell;
use crate::engine::Mode;
use crate::error::Error;
use crate::execute::{self, Abandon, Redacted, Report};
use crate::registry::{Registry, Task};
use crate::store;

/// What to say of a task in an image with flytekit's launcher, to which nothing says what to fetch.
const NO_TASKS: &str = "the image's executable has no tasks; if it is flytekit's launcher, tasks have to be \
    registered with `--fast`, which tells them from where to fetch theirs";

pub(super) fn command() -> Command {
    let flag = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    Command::new("execute")
        .about("Run a task as Flyte does, from files to files")
        .arg(flag("task", "NAME", "The task's name").required(true))
        .arg(flag("inputs", "URI", "The serialized LiteralMap of its inputs").required(true))
        .arg(flag("output-prefix", "URI", "Where outputs.pb or error.pb goes").required(true))
        .arg(flag(
            "raw-output-data-prefix",
            "URI",
            "Where files and tables that the task returns go",
        ))
        .arg(flag("checkpoint-path", "URI", "This attempt's checkpoint"))
        .arg(flag("prev-checkpoint", "URI", "The attempt's before"))
}

pub(super) fn execute(registry: &Registry, matches: &ArgMatches) -> ExitCode {
    let argument = |name| matches.get_one::<String>(name).map_or("", String::as_str);
    let name = argument("task");
    let task = registry.get(name);
    let secrets = task.map_or_else(Redacted::default, |task| Redacted::of(task.descriptor));
    let report = Arc::new(Report::new(argument("output-prefix").to_owned(), secrets));
    if let Err(error) = report_termination(&report, name) {
        return fail(&error);
    }

    let outcome = match task {
        Some(task) => {
            let given = argument("raw-output-data-prefix");
            let output_prefix = argument("output-prefix");
            let raw_output_prefix = raw_output_prefix(given, output_prefix);
            outputs(task, argument("inputs"), raw_output_prefix, &report)
                .and_then(|outputs| execute::offload(task.descriptor, outputs, output_prefix))
        }
        None if registry.names().next().is_none() => Err(Error::user(NO_TASKS)),
        None => Err(Error::user(unknown_task(registry.names(), name))),
    };
    let written = outcome.and_then(|outputs| {
        report
            .outputs(&outputs)
            .map_err(|error| Error::system("the outputs are lost").with_source(error))
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report_error(&report, name, &error),
    }
}

/// Where raw data goes; without a place of its own, beside the outputs. A template that nobody has
/// rendered is no place.
fn raw_output_prefix<'a>(given: &'a str, output_prefix: &'a str) -> &'a str {
    if given.is_empty() || given.starts_with("{{") {
        output_prefix
    } else {
        given
    }
}

fn outputs(
    task: Task,
    inputs: &str,
    raw_output_prefix: &str,
    report: &Report,
) -> Result<Vec<u8>, Error> {
    let bytes = store::read(inputs)
        .map_err(|error| Error::system("the inputs cannot be read").with_source(error))?;
    let abandon = |error: &Error| {
        let code = report_error(report, task.descriptor.name, error);
        std::process::exit(i32::from(code != ExitCode::SUCCESS));
    };
    task.run(
        &bytes,
        Mode::Container,
        None,
        raw_output_prefix,
        Abandon(&abandon),
    )
}

/// Writes the document. Only its presence with exit code 0 makes the backend read it, unless the
/// host is one where a run must look failed.
pub(super) fn report_error(report: &Report, task: &str, error: &Error) -> ExitCode {
    tell(format_args!(
        "error: task {task}: {}",
        report.redact(&error.to_string())
    ));
    if let Err(unwritten) = report.error(task, error) {
        return fail(&unwritten);
    }
    let must_fail = std::env::var("FLYTE_FAIL_ON_ERROR")
        .unwrap_or_default()
        .to_lowercase();
    if matches!(must_fail.as_str(), "true" | "t" | "1") {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

pub(super) fn report_termination(report: &Arc<Report>, task: &str) -> std::io::Result<()> {
    let (report, task) = (Arc::clone(report), task.to_owned());
    execute::on_termination(move |signal| {
        let error = Error::system(format!("the process was told to end by {signal}"));
        if let Err(error) = report.error(&task, &error) {
            tell(format_args!("error: {error}"));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::raw_output_prefix;

    #[test]
    fn raw_data_without_a_place_goes_beside_the_outputs() {
        for absent in ["", "{{.rawOutputDataPrefix}}", "{{ .rawOutputDataPrefix }}"] {
            assert_eq!(raw_output_prefix(absent, "s3://meta/n0"), "s3://meta/n0");
        }
        assert_eq!(
            raw_output_prefix("s3://data/n0", "s3://meta/n0"),
            "s3://data/n0"
        );
    }
}
