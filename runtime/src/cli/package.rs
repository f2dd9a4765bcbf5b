//! `package`: writes all entities as an archive, for `flytectl`.

use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::amounts::Amounts;
use super::verbs::Verb;
use super::{fail, flags, in_words, show};
use crate::console::tell;
use crate::distribution::Digest;
use crate::register::complete::complete_all;
use crate::register::fast::{self, Fast};
use crate::register::order::all_in_order;
use crate::register::package;
use crate::register::settings::Settings;
use crate::register::spec::Spec;
use crate::registry::{NO_TASKS, Program};

pub(super) const VERB: Verb = Verb::of_program("package", command, package);

fn command(verb: Command) -> Command {
    verb.about("Write tasks, workflows and launch plans as an archive that `flytectl register files --archive` registers")
        .after_help(
            "Equal content and settings produce equal archives. Project, domain and \
             version are left to flytectl: `flytectl register files --archive flyte-package.tgz \
             --project NAME --domain NAME --version TEXT`.",
        )
        .arg(
            Arg::new("output")
                .long("output")
                .short('o')
                .value_name("FILE")
                .default_value("flyte-package.tgz")
                .help("The archive"),
        )
        .arg(
            Arg::new("force")
                .long("force")
                .short('f')
                .action(ArgAction::SetTrue)
                .help("Overwrite an existing file"),
        )
        .arg(fast_argument())
        .args(arguments())
}

/// The flags that affect the content of an archive.
pub(super) fn arguments() -> impl Iterator<Item = Arg> {
    const NOT_IN_ARCHIVES: [&str; 3] = ["project", "domain", "version"];
    let arguments = flags::local().into_iter();
    arguments.filter(|argument| !NOT_IN_ARCHIVES.contains(&argument.get_id().as_str()))
}

fn fast_argument() -> Arg {
    Arg::new("fast")
        .long("fast")
        .action(ArgAction::SetTrue)
        .help(
            "Put the executable into the archive too; tasks then fetch it, and run in any image \
               with an older build of it or with flytekit-launcher",
        )
}

fn package(program: &Program, matches: &ArgMatches) -> ExitCode {
    match write(program, matches) {
        Ok(written) => show(written.as_bytes()),
        Err(error) => fail(&error),
    }
}

fn write(program: &Program, matches: &ArgMatches) -> Result<String, String> {
    let code = matches
        .get_flag("fast")
        .then(|| fast::archive(&program.executable));
    let code = code.transpose().map_err(in_words)?;
    for remark in code.iter().flat_map(|code| &code.remarks) {
        tell(format_args!("warning: {remark}"));
    }
    let specs = specs(program, matches, code.is_some())?;
    if specs.is_empty() {
        return Err(NO_TASKS.to_owned());
    }
    let output = matches.get_one::<String>("output");
    let output = output.map_or("flyte-package.tgz", String::as_str);
    let overwrite = matches.get_flag("force");
    package::write(&specs, code.as_ref(), Path::new(output), overwrite).map_err(in_words)?;
    let with = code.map_or_else(String::new, |code| format!(" and {}", code.name));
    Ok(format!("Wrote {}{with} to {output}\n", Amounts::of(&specs)))
}

/// All entities, in the form of an archive.
pub(super) fn specs(
    program: &Program,
    matches: &ArgMatches,
    is_fast: bool,
) -> Result<Vec<Spec>, String> {
    let mut settings = Settings::resolve_local(&flags::given(matches)).map_err(in_words)?;
    settings.project.clear();
    settings.domain.clear();
    settings.version = None;
    let fast = is_fast.then(|| Fast::packaged(&settings.destination));
    let entities = all_in_order(&program.entities)?;
    complete_all(&entities, &settings, fast.as_ref()).map_err(in_words)
}

/// The name of the executable's archive, which depends on its content.
pub(super) fn code(program: &Program) -> Result<String, String> {
    let digest = File::open(&program.executable).and_then(Digest::of);
    let digest = digest
        .map_err(|error| format!("{} cannot be read: {error}", program.executable.display()))?;
    Ok(digest.archive())
}
