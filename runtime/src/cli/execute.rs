//! `execute`: the entrypoint of a task's container, with flytekit's flags.

use std::borrow::Cow;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};

use super::verbs::Verb;
use crate::declare;
use crate::error::Error;
use crate::execute::{Mapping, container};
use crate::registry::{RegisteredTask, Registry, unknown_task};
use crate::shim;

/// The advice for a task in an image with flytekit's launcher, which was started without an archive to fetch.
const NO_TASKS: &str = "the image's executable has no tasks; if it is flytekit's launcher, tasks must be \
    registered with `--fast`, which tells them from where to fetch theirs";

pub(super) const VERB: Verb = Verb::of_process("execute", command, execute);

/// flytekit's names of this command as a program. The second is for an element of a map; here, the resolver
/// shows that.
const OF_FLYTEKIT: [&str; 2] = ["pyflyte-execute", "pyflyte-map-execute"];

/// The command line without flytekit's name of this command, which the executable has in images that run
/// Python's tasks:
///
/// ```text
/// app pyflyte-execute --inputs …    app execute --inputs …
/// pyflyte-execute --inputs …        the same
/// ```
pub(super) fn without_flytekits_name(mut words: Vec<OsString>) -> Vec<OsString> {
    let is_flytekits = |name: &str| OF_FLYTEKIT.contains(&name);
    if words
        .get(1)
        .and_then(|verb| verb.to_str())
        .is_some_and(is_flytekits)
    {
        words[1] = "execute".into();
    } else if words
        .first()
        .is_some_and(|it| is_flytekits(&super::file_name(it)))
    {
        words.insert(1, "execute".into());
    }
    words
}

/// flytekit's name of the resolver of mapped tasks.
const OF_MAPS: &str = "flytekit.core.array_node_map_task.ArrayNodeMapTaskResolver";

/// A flag of the container protocol.
struct Flag {
    name: &'static str,
    value: &'static str,
    help: &'static str,
    required: bool,
}

const FLAGS: [Flag; 9] = [
    Flag::optional(TASK, "NAME", "The task's name"),
    Flag::optional(
        RESOLVER,
        "NAME",
        "The resolver that finds the task by the words after `--`, instead of --task",
    ),
    Flag::required("inputs", "URI", "The serialized LiteralMap of its inputs"),
    Flag::required(
        "output-prefix",
        "URI",
        "The place for outputs.pb or error.pb",
    ),
    Flag::optional(
        "raw-output-data-prefix",
        "URI",
        "The place for files and tables that the task returns",
    ),
    Flag::optional(
        "checkpoint-path",
        "URI",
        "The place for this attempt's checkpoint",
    ),
    Flag::optional(
        "prev-checkpoint",
        "URI",
        "The place of the previous attempt's checkpoint",
    ),
    Flag::optional(
        MAP,
        "NAMES",
        "The inputs, separated by commas, that are lists; the task takes one element of each",
    ),
    Flag::optional(
        "max-concurrency",
        "N",
        "Ignored: flytekit has this flag for elements of a map",
    ),
];

/// The flags of which exactly one is given.
const TASK: &str = "task";
const RESOLVER: &str = "resolver";

const MAP: &str = "map";

/// The args after `--`.
const ARGS: &str = "args";

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
        let arg = Arg::new(flag.name)
            .long(flag.name)
            .value_name(flag.value)
            .help(flag.help)
            .required(flag.required);
        match flag.name {
            TASK => arg.required_unless_present(RESOLVER),
            RESOLVER => arg.conflicts_with(TASK),
            MAP => arg.requires(TASK),
            _ => arg,
        }
    });
    let args = Arg::new(ARGS)
        .value_name("ARGS")
        .help("The resolver's arguments")
        .num_args(0..)
        .last(true)
        .conflicts_with(TASK);
    verb.about("Run a task as Flyte does, from files to files")
        .args(flags)
        .arg(args)
}

/// The parsed command line.
#[derive(Debug, Default, PartialEq)]
struct Given<'a> {
    /// The values of the flags, in their order.
    values: [Option<&'a str>; FLAGS.len()],
    /// The args of the resolver.
    args: Vec<&'a str>,
}

/// Runs the task if Flyte has started the program.
///
/// Loading the command line's parser would take a tenth of the memory of a small task. This function handles
/// only plain flags with values. The parser handles all other forms, and reports mistakes.
pub(super) fn as_flyte_does(registry: &Registry, words: &[OsString]) -> Option<ExitCode> {
    let [_, verb, words @ ..] = words else {
        return None;
    };
    let given = plainly_given(words).filter(|_| verb == "execute")?;
    Some(run(registry, given))
}

/// ```text
/// --task app.add --inputs s3://…   each flag once, a value behind it
/// --resolver module.it … -- ARGS   and the resolver's arguments
/// --task=app.add --help            not plain
/// ```
fn plainly_given(words: &[OsString]) -> Option<Given<'_>> {
    let mut given = Given::default();
    let end = words.iter().position(|word| word == "--");
    if let Some(end) = end {
        let args = words[end + 1..].iter().map(|word| word.to_str());
        given.args = args.collect::<Option<_>>()?;
    }
    let (pairs, []) = words[..end.unwrap_or(words.len())].as_chunks() else {
        return None;
    };
    for [flag, value] in pairs {
        let (flag, value) = (flag.to_str()?.strip_prefix("--")?, value.to_str()?);
        let place = FLAGS.iter().position(|known| known.name == flag)?;
        if value.starts_with('-') || given.values[place].replace(value).is_some() {
            return None;
        }
    }
    let is_missing = |(flag, value): (&Flag, Option<&str>)| flag.required && value.is_none();
    let is_whole = !FLAGS.iter().zip(given.values).any(is_missing);
    let is_one = match given.values {
        [Some(_), None, ..] => end.is_none(),
        // The names of lists come after the name of a task.
        [None, Some(_), .., None, _] => true,
        _ => false,
    };
    (is_whole && is_one).then_some(given)
}

fn execute(registry: &Registry, matches: &ArgMatches) -> ExitCode {
    run(registry, parsed(matches))
}

fn parsed(matches: &ArgMatches) -> Given<'_> {
    let args = matches.get_many::<String>(ARGS).unwrap_or_default();
    Given {
        values: FLAGS.map(|flag| matches.get_one::<String>(flag.name).map(String::as_str)),
        args: args.map(String::as_str).collect(),
    }
}

fn run(registry: &Registry, given: Given<'_>) -> ExitCode {
    let Given { values, args } = given;
    let [task, resolver, .., map, _] = values;
    let [
        name,
        _,
        inputs,
        output_prefix,
        raw_output_prefix,
        checkpoint,
        previous_checkpoint,
        ..,
    ] = values.map(Option::unwrap_or_default);
    let of_lists = map.map(Mapping::of_lists);
    let asked = if task.is_some() {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(args.join(" "))
    };
    let load = || match resolver {
        Some(OF_MAPS) if task.is_none() => mapped(&args, registry),
        Some(resolver) if task.is_none() => Ok((shim::resolve(resolver, &args, registry)?, None)),
        _ => by_name(registry, name, of_lists.clone()),
    };
    let arguments = container::Arguments {
        task: &asked,
        inputs,
        output_prefix,
        raw_output_prefix,
        checkpoint,
        previous_checkpoint,
    };
    container::execute(&load, arguments)
}

/// The args of flytekit's map tasks: the inputs that are not lists, then the resolver of the task.
///
/// ```text
/// vars "factor,other" resolver NAME ARGS…
/// ```
fn mapped<'a>(
    args: &[&'a str],
    registry: &Registry,
) -> Result<(RegisteredTask, Option<Mapping<'a>>), Error> {
    let ["vars", whole, "resolver", resolver, args @ ..] = args else {
        return Err(Error::user(format!(
            "the resolver of map tasks takes `vars NAMES resolver NAME ARGS…`, but got `{}`",
            args.join(" ")
        )));
    };
    let task = shim::resolve(resolver, args, registry)?;
    Ok((task, Some(Mapping::of_others(task.descriptor, whole))))
}

/// The task with this name; for a mapped task, the task of its elements.
fn by_name<'a>(
    registry: &Registry,
    name: &str,
    mapping: Option<Mapping<'a>>,
) -> Result<(RegisteredTask, Option<Mapping<'a>>), Error> {
    let task = registered(registry, name)?;
    match task.descriptor.args {
        declare::Args::Map(mapped) => {
            let lists = mapped.lists.to_vec();
            let mapping = Mapping {
                lists,
                first_alone: false,
            };
            Ok((registered(registry, mapped.task)?, Some(mapping)))
        }
        _ => Ok((task, mapping)),
    }
}

fn registered(registry: &Registry, name: &str) -> Result<RegisteredTask, Error> {
    let tasks = &registry.tasks;
    tasks.get(name).copied().ok_or_else(|| {
        if tasks.is_empty() {
            return Error::user(NO_TASKS);
        }
        Error::user(unknown_task(tasks.names(), name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    /// The plain form gives the same result as the parser.
    #[test]
    fn plain_flags_are_read_as_the_parser_reads_them() {
        let registry = Registry::load().expect("no two have one name");
        for line in [
            "--task t --inputs i --output-prefix o",
            "--output-prefix o --prev-checkpoint p --inputs i --checkpoint-path c --task t \
             --raw-output-data-prefix r",
            "--resolver r --inputs i --output-prefix o -- s3://b/task.pb module.Executor",
            "--inputs i --output-prefix o --resolver r -- --task -- x",
            "--inputs i --output-prefix o --resolver r --",
            "--inputs i --output-prefix o --resolver r",
        ] {
            let words = words(line);
            let plainly = plainly_given(&words).expect(line);
            let command = command(Command::new("execute").no_binary_name(true), &registry);
            let matches = command.try_get_matches_from(&words).expect(line);
            assert_eq!(plainly, parsed(&matches), "{line}");
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
            "--task t --inputs i --output-prefix o --",
            "--task t --resolver r --inputs i --output-prefix o -- x",
            "--inputs i --output-prefix o -- x",
        ] {
            assert_eq!(plainly_given(&words(line)), None, "{line}");
        }
    }

    #[test]
    fn a_task_is_asked_for_in_one_way() {
        let registry = Registry::load().expect("no two have one name");
        for line in [
            "--task t --resolver r --inputs i --output-prefix o -- x",
            "--task t --inputs i --output-prefix o -- x",
            "--inputs i --output-prefix o",
            "--resolver r --output-prefix o -- x",
        ] {
            let command = command(Command::new("execute").no_binary_name(true), &registry);
            assert!(command.try_get_matches_from(words(line)).is_err(), "{line}");
        }
    }

    #[test]
    fn flytekits_name_of_the_command_stands_for_it() {
        for line in [
            "app execute --inputs i",
            "app pyflyte-execute --inputs i",
            "/usr/bin/pyflyte-execute --inputs i",
            "pyflyte-execute pyflyte-execute --inputs i",
        ] {
            let [_, rest @ ..] = &without_flytekits_name(words(line))[..] else {
                panic!("{line}")
            };
            assert_eq!(rest, words("execute --inputs i"), "{line}");
        }
        assert_eq!(without_flytekits_name(words("app")), words("app"));
    }
}
