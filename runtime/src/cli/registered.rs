//! `diff --registered`: compares a program's entities with those in Flyte.

use std::num::NonZeroUsize;

use clap::{Arg, ArgAction, ArgMatches, Command};
use flytekit_proto::flyteidl::admin::TaskSpec;

use super::package::code;
use super::{flags, in_words};
use crate::register::admin::Admin;
use crate::register::block_on;
use crate::register::complete::{complete, complete_all};
use crate::register::fast::Fast;
use crate::register::order::all_in_order;
use crate::register::primary::Primary;
use crate::register::registered::registered;
use crate::register::settings::Settings;
use crate::register::spec::Spec;
use crate::registry::{NO_TASKS, Program};

/// The flag.
pub(super) const REGISTERED: &str = "registered";

/// The number of simultaneous requests.
const AT_ONCE: NonZeroUsize = NonZeroUsize::new(16).unwrap();

/// Adds the flag to `command`.
pub(super) fn add_to(command: Command) -> Command {
    let has = |name: &str| command.get_arguments().any(|it| it.get_id() == name);
    let own = flags::all().into_iter();
    let own = own.filter(|argument| !has(argument.get_id().as_str()));
    let own: Vec<_> = own.map(|argument| argument.requires(REGISTERED)).collect();
    command
        .mut_arg("other", |other| {
            other
                .required(false)
                .required_unless_present(REGISTERED)
                .conflicts_with(REGISTERED)
        })
        .arg(
            Arg::new(REGISTERED)
                .long(REGISTERED)
                .action(ArgAction::SetTrue)
                .help("Compare with the registered entities: with --version, or the newest version of each"),
        )
        .args(own)
}

/// The registered entities, and the entities as these settings would register them.
pub(super) fn specs(
    program: &Program,
    matches: &ArgMatches,
) -> Result<(Vec<Spec>, Vec<Spec>), String> {
    if program.entities.is_empty() {
        return Err(NO_TASKS.to_owned());
    }
    let settings = Settings::resolve(&flags::given(matches)).map_err(in_words)?;
    let entities = all_in_order(&program.entities)?;
    let mut here = complete_all(&entities, &settings, None).map_err(in_words)?;
    let there = block_on(async {
        let admin = Admin::connect(&settings.platform)?;
        registered(&admin, &here, settings.version.as_deref(), AT_ONCE).await
    });
    let there = there.map_err(in_words)?.map_err(in_words)?;
    // The archive is only read if a task fetches it.
    let mut archive = None;
    for ((here, there), found) in here.iter_mut().zip(&there).zip(&entities) {
        if let Some(Spec::Task(there)) = there
            && let Some(fetches) = Fetches::of(there)
        {
            let archive = match &archive {
                Some(archive) => archive,
                None => archive.insert(code(program)?),
            };
            let fast = Fast::at(fetches.folder + archive, &fetches.destination);
            *here = complete(*found, &settings, Some(&fast)).map_err(in_words)?;
        }
    }
    Ok((there.into_iter().flatten().collect(), here))
}

/// How a registered task fetches its executable.
struct Fetches {
    /// The folder of the archive, with a slash at the end.
    folder: String,
    destination: String,
}

impl Fetches {
    /// The place for a task that fetches its executable.
    fn of(there: &TaskSpec) -> Option<Self> {
        let args = Primary::of(there)?.args();
        let after = |flag| args.iter().skip_while(move |arg| **arg != flag).nth(1);
        let folder = match after("--additional-distribution")?.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/"),
            None => String::new(),
        };
        Some(Fetches {
            folder,
            destination: (*after("--dest-dir")?).to_owned(),
        })
    }
}
