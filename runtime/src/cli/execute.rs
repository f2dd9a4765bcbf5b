//! `execute`: the entrypoint of a task's container, with flytekit's flags.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};

use super::unknown_task;
use super::verbs::Verb;
use crate::error::Error;
use crate::execute::container;
use crate::registry::Registry;

/// What to say of a task in an image with flytekit's launcher, to which nothing says what to fetch.
const NO_TASKS: &str = "the image's executable has no tasks; if it is flytekit's launcher, tasks have to be \
    registered with `--fast`, which tells them from where to fetch theirs";

pub(super) const VERB: Verb = Verb::of_process("execute", command, execute);

/// A flag of the container protocol.
struct Flag {
    name: &'static str,
    value: &'static str,
    help: &'static str,
    required: bool,
}

const FLAGS: [Flag; 6] = [
    Flag::required("task", "NAME", "The task's name"),
    Flag::required("inputs", "URI", "The serialized LiteralMap of its inputs"),
    Flag::required("output-prefix", "URI", "Where outputs.pb or error.pb goes"),
    Flag::optional(
        "raw-output-data-prefix",
        "URI",
        "Where files and tables that the task returns go",
    ),
    Flag::optional("checkpoint-path", "URI", "This attempt's checkpoint"),
    Flag::optional("prev-checkpoint", "URI", "The attempt's before"),
];

impl Flag {
    const fn required(name: &'static str, value: &'static str, help: &'static str) -> Self {
        Flag {
            name,
            value,
            help,
            required: true,
        }
    }

    const fn optional(name: &'static str, value: &'static str, help: &'static str) -> Self {
        Flag {
            required: false,
            ..Flag::required(name, value, help)
        }
    }
}

fn command(verb: Command, _: &Registry) -> Command {
    let flags = FLAGS.iter().map(|flag| {
        Arg::new(flag.name)
            .long(flag.name)
            .value_name(flag.value)
            .help(flag.help)
            .required(flag.required)
    });
    verb.about("Run a task as Flyte does, from files to files")
        .args(flags)
}

/// What the flags are given, in their order.
type Given<'a> = [Option<&'a str>; FLAGS.len()];

/// Runs the task if the program is started as Flyte starts it.
///
/// Loading the command line's parser would be a tenth of the memory of a small task. What is not just
/// a value behind each flag is left to it: it knows further forms, and says what is wrong.
pub(super) fn as_flyte_does(registry: &Registry, words: &[OsString]) -> Option<ExitCode> {
    let [_, verb, words @ ..] = words else {
        return None;
    };
    let given = plainly_given(words).filter(|_| verb == "execute")?;
    Some(run(registry, given))
}

/// ```text
/// --task app.add --inputs s3://…   each flag once, a value behind it
/// --task=app.add --help            not plain
/// ```
fn plainly_given(words: &[OsString]) -> Option<Given<'_>> {
    let mut given = Given::default();
    let (pairs, []) = words.as_chunks() else {
        return None;
    };
    for [flag, value] in pairs {
        let (flag, value) = (flag.to_str()?.strip_prefix("--")?, value.to_str()?);
        let place = FLAGS.iter().position(|known| known.name == flag)?;
        if value.starts_with('-') || given[place].replace(value).is_some() {
            return None;
        }
    }
    let is_missing = |(flag, value): (&Flag, Option<&str>)| flag.required && value.is_none();
    (!FLAGS.iter().zip(given).any(is_missing)).then_some(given)
}

fn execute(registry: &Registry, matches: &ArgMatches) -> ExitCode {
    let given = FLAGS.map(|flag| matches.get_one::<String>(flag.name).map(String::as_str));
    run(registry, given)
}

fn run(registry: &Registry, given: Given<'_>) -> ExitCode {
    let [name, inputs, output_prefix, raw_output_prefix, ..] = given.map(Option::unwrap_or_default);
    let tasks = &registry.tasks;
    let unknown = || {
        if tasks.is_empty() {
            return Error::user(NO_TASKS);
        }
        Error::user(unknown_task(tasks.names(), name))
    };
    let arguments = container::Arguments {
        task: name,
        inputs,
        output_prefix,
        raw_output_prefix,
    };
    container::execute(tasks.get(name).ok_or_else(unknown), arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    /// Whatever is taken plainly is what the parser takes.
    #[test]
    fn plain_flags_are_read_as_the_parser_reads_them() {
        let registry = Registry::load().expect("no two have one name");
        for line in [
            "--task t --inputs i --output-prefix o",
            "--output-prefix o --prev-checkpoint p --inputs i --checkpoint-path c --task t \
             --raw-output-data-prefix r",
        ] {
            let words = words(line);
            let plainly = plainly_given(&words).expect(line);
            let parsed = command(Command::new("execute").no_binary_name(true), &registry);
            let parsed = parsed.try_get_matches_from(&words).expect(line);
            let parsed = FLAGS.map(|flag| parsed.get_one::<String>(flag.name).cloned());
            assert_eq!(plainly.map(|it| it.map(str::to_owned)), parsed, "{line}");
        }
    }

    #[test]
    fn other_forms_and_mistakes_are_left_to_the_parser() {
        for line in [
            "",
            "--help",
            "--task t --inputs i",
            "--task t --inputs i --output-prefix",
            "--task=t --inputs i --output-prefix o",
            "--task t --inputs i --output-prefix -o",
            "--task t --task u --inputs i --output-prefix o",
            "--task t --inputs i --output-prefix o --other x",
            "--task t --inputs i --output-prefix o file",
        ] {
            assert_eq!(plainly_given(&words(line)), None, "{line}");
        }
    }
}
