//! The command line: `flytekit`'s verbs, each with the options of `cargo build` that select an executable.

use std::path::Path;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use flytekit::cli::verbs;

use crate::new;

/// The id of `--file`.
pub(crate) const FILE: &str = "cargo.file";
/// The id of `--manifest-path`.
pub(crate) const MANIFEST: &str = "cargo.manifest-path";
/// The id of `--debug`.
pub(crate) const DEBUG: &str = "cargo.debug";

/// Options with a value that are passed to Cargo: name, short name, value and help.
const VALUES: [(&str, Option<char>, &str, &str); 8] = [
    ("package", Some('p'), "SPEC", "The package of a workspace"),
    ("bin", None, "NAME", "The binary, if several have tasks"),
    ("example", None, "NAME", "An example instead of a binary"),
    (
        "features",
        Some('F'),
        "FEATURES",
        "Features to activate, separated by spaces or commas",
    ),
    (
        "profile",
        None,
        "NAME",
        "The profile to build with [default: release, which runs in Flyte]",
    ),
    (
        "target",
        None,
        "TRIPLE",
        "The target to build for; it is not run locally",
    ),
    ("manifest-path", None, "PATH", "The Cargo.toml"),
    (
        "target-dir",
        None,
        "DIRECTORY",
        "The folder for all build output",
    ),
];

/// Switches that are passed to Cargo.
const SWITCHES: [(&str, &str); 5] = [
    ("all-features", "Activate all features"),
    (
        "no-default-features",
        "Do not activate the `default` feature",
    ),
    ("locked", "Assert that Cargo.lock stays as it is"),
    ("offline", "Run without accessing the network"),
    ("frozen", "Like --locked and --offline together"),
];

const HEADING: &str = "Which executable";

/// The command. It looks for settings in `crate_folder`, unless the command line names another place.
pub(crate) fn command(crate_folder: Option<&Path>) -> Command {
    let verbs = verbs::commands().into_iter();
    let verbs = verbs.map(|verb| with_cargo(at(verb, crate_folder)));
    Command::new("cargo-flytekit")
        .bin_name("cargo flytekit")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Creates crates with Flyte tasks; lists, describes, compares, packages and registers them")
        .long_about(
            "Lists, describes, compares, packages and registers the Flyte tasks of a crate.\n\n\
             The crate is built like `cargo build --release`, and its tasks are read from the \
             executable, which is never run: it may be for another machine.",
        )
        .after_help(
            "Examples:\n  \
             cargo flytekit new my_app --spark\n  \
             cargo flytekit list\n  \
             cargo flytekit package --image registry/app:1 --target x86_64-unknown-linux-musl\n  \
             cargo flytekit diff flyte-package.tgz --image registry/app:1\n  \
             cargo flytekit describe my_app.train --file target/release/my_app\n\n\
             Some verbs use `-p` for something else; give them the package as `--package`.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(new::command())
        .subcommands(verbs)
        // For the list of verbs only: `main` handles this verb itself.
        .subcommand(Command::new("run").about("Run a registered task in Flyte: run --remote TASK"))
}

/// A verb with settings looks them up in the crate's folder.
fn at(verb: Command, crate_folder: Option<&Path>) -> Command {
    const FOLDER: &str = "crate-folder";
    let takes_settings = verb
        .get_arguments()
        .any(|argument| argument.get_id() == FOLDER);
    match crate_folder {
        Some(folder) if takes_settings => {
            let folder = folder.as_os_str().to_owned();
            verb.mut_arg(FOLDER, |argument| {
                argument.default_value(folder).hide_default_value(true)
            })
        }
        _ => verb,
    }
}

/// Adds the options that select an executable.
fn with_cargo(verb: Command) -> Command {
    let taken: Vec<char> = verb.get_arguments().filter_map(Arg::get_short).collect();
    let file = Arg::new(FILE)
        .long("file")
        .value_name("PATH")
        .help("An existing executable, also for another platform, instead of building one")
        .help_heading(HEADING);
    let debug = Arg::new(DEBUG)
        .long("debug")
        .action(ArgAction::SetTrue)
        .conflicts_with_all([FILE, "cargo.profile"])
        .help("Build with the profile `dev`")
        .help_heading(HEADING);
    let values = VALUES.into_iter().map(|(name, short, value, help)| {
        let argument = Arg::new(id(name)).long(name).value_name(value).help(help);
        let argument = argument.conflicts_with(FILE).help_heading(HEADING);
        let argument = match name {
            "features" => argument.action(ArgAction::Append),
            _ => argument,
        };
        match short {
            Some(short) if !taken.contains(&short) => argument.short(short),
            _ => argument,
        }
    });
    let switches = SWITCHES.into_iter().map(|(name, help)| {
        let argument = Arg::new(id(name)).long(name).help(help);
        let argument = argument.conflicts_with(FILE).help_heading(HEADING);
        argument.action(ArgAction::SetTrue)
    });
    verb.arg(file).args(values).arg(debug).args(switches)
}

/// A verb may have another argument with the same name.
fn id(name: &str) -> String {
    format!("cargo.{name}")
}

/// The value of an option of a verb.
pub(crate) fn value<'a>(matches: &'a ArgMatches, id: &str) -> Option<&'a str> {
    let (_, verb) = matches.subcommand()?;
    Some(verb.get_one::<String>(id)?)
}

/// Whether a verb's switch is on.
pub(crate) fn is_set(matches: &ArgMatches, id: &str) -> bool {
    matches
        .subcommand()
        .is_some_and(|(_, verb)| verb.get_flag(id))
}

/// The options of the command line for Cargo, in its syntax.
pub(crate) fn of_cargo(matches: &ArgMatches) -> Vec<String> {
    let Some((_, verb)) = matches.subcommand() else {
        return Vec::new();
    };
    let given = |name: &str| verb.value_source(&id(name)) == Some(ValueSource::CommandLine);
    let values = VALUES.iter().filter(|(name, ..)| given(name));
    let values = values.flat_map(|(name, ..)| {
        let values = verb.get_many::<String>(&id(name)).into_iter().flatten();
        values.map(move |value| format!("--{name}={value}"))
    });
    let switches = SWITCHES.iter().filter(|(name, _)| given(name));
    let switches = switches.map(|(name, _)| format!("--{name}"));
    values.chain(switches).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_sound() {
        command(Some(Path::new("folder"))).debug_assert();
    }

    #[test]
    fn options_are_handed_to_cargo_as_they_are() {
        let line = "cargo-flytekit list --package a -F x,y --features z --locked --bin=b";
        let matches = command(None).get_matches_from(line.split(' '));
        let expected = [
            "--package=a",
            "--bin=b",
            "--features=x,y",
            "--features=z",
            "--locked",
        ];
        assert_eq!(of_cargo(&matches), expected);
        assert_eq!(
            (value(&matches, FILE), is_set(&matches, DEBUG)),
            (None, false)
        );
    }
}
