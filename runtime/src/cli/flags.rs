//! The flags for the settings of registration.

use clap::{Arg, ArgAction, ArgMatches};

use crate::register::settings::Given;

/// The flags of all verbs about registration.
pub(super) fn all() -> Vec<Arg> {
    let mut flags = local();
    flags.extend(platform());
    flags
}

/// The flags of verbs about registered entities; `version` describes the flag for the version.
#[cfg(feature = "register")]
pub(super) fn of_registered(version: &'static str) -> Vec<Arg> {
    const WHERE: [&str; 5] = ["project", "domain", "version", "config", "crate-folder"];
    let all = local().into_iter();
    let mut flags: Vec<Arg> = all
        .filter(|argument| WHERE.contains(&argument.get_id().as_str()))
        .map(|argument| match argument.get_id().as_str() {
            "version" => argument.help(version),
            _ => argument,
        })
        .collect();
    flags.extend(platform());
    flags
}

/// The flags of verbs that do not connect to Flyte.
pub(super) fn local() -> Vec<Arg> {
    let flag = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    vec![
        flag("project", "NAME", "The project in Flyte").short('p'),
        flag("domain", "NAME", "The project's domain").short('d'),
        flag(
            "version",
            "TEXT",
            "The tasks' version [default: a hash of their content]",
        ),
        flag(
            "image",
            "[NAME=]REFERENCE",
            "The default image, or NAME=IMAGE for tasks that use it by this name; can be given more than once",
        )
        .short('i')
        .action(ArgAction::Append),
        flag(
            "env",
            "NAME=VALUE",
            "An environment variable of every task; can be given more than once",
        )
        .action(ArgAction::Append),
        flag(
            "destination-dir",
            "DIR",
            "The folder in the image for a new executable, without an image build",
        ),
        flag(
            "git-repository",
            "LINK",
            "The URL of the sources [default: the crate's remote `origin`]",
        ),
        flag(
            "source-root",
            "DIR",
            "The root of the sources, for tasks to read",
        ),
        Arg::new("embed-settings")
            .long("embed-settings")
            .action(ArgAction::SetTrue)
            .help("Pass these settings to tasks in their environment"),
        flag("config", "FILE", "A config.yaml of flytekit and flytectl"),
        flag(
            "crate-folder",
            "DIR",
            "The crate's folder; flytekit.toml and .git are there or above",
        ),
    ]
}

/// The flags of verbs that connect to Flyte.
fn platform() -> Vec<Arg> {
    vec![
        Arg::new("endpoint")
            .long("endpoint")
            .value_name("HOST:PORT")
            .help("The address of Flyte"),
        Arg::new("insecure")
            .long("insecure")
            .action(ArgAction::SetTrue)
            .help("Connect to Flyte without TLS"),
        Arg::new("header")
            .long("header")
            .value_name("NAME=VALUE")
            .action(ArgAction::Append)
            .help(
                "Metadata of every call to Flyte, such as a token for a proxy; can be given more \
                 than once, and one per line in FLYTEKIT_HEADERS",
            ),
    ]
}

/// The values of the flags. A verb need not have all of them.
pub(super) fn given(matches: &ArgMatches) -> Given {
    let text = |name| matches.try_get_one::<String>(name).ok().flatten().cloned();
    let texts = |name| {
        let texts = matches.try_get_many::<String>(name).ok().flatten();
        texts.into_iter().flatten().cloned().collect()
    };
    let switch = |name| matches!(matches.try_get_one::<bool>(name), Ok(Some(true)));
    Given {
        project: text("project"),
        domain: text("domain"),
        version: text("version"),
        images: texts("image"),
        env: texts("env"),
        destination: text("destination-dir"),
        git_repository: text("git-repository"),
        source_root: text("source-root"),
        embed: switch("embed-settings"),
        endpoint: text("endpoint"),
        insecure: switch("insecure"),
        headers: texts("header"),
        config: text("config"),
        crate_folder: text("crate-folder"),
    }
}

/// The values of a command line that only has these flags.
#[cfg(test)]
pub(crate) fn of_line(line: &[&str]) -> Given {
    let command = clap::Command::new("app").no_binary_name(true).args(all());
    given(&command.try_get_matches_from(line).unwrap())
}
