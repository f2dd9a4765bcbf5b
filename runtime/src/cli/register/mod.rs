//! `register`: registers tasks, workflows and launch plans with Flyte.

mod plan;
mod report;

use std::io;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::verbs::Verb;
use super::{chosen, fail, flags, in_words};
use crate::console::tell;
use crate::execute::on_termination;
use crate::register::admin::Admin;
use crate::register::block_on;
use crate::register::fast::{Archive, archive};
use crate::register::settings::Settings;
use crate::register::submit::{Outcome, submit};
use crate::register::tally::Tally;
use crate::register::upload::{Upload, upload};
use crate::registry::Program;
use plan::Plan;
use report::Report;

/// The flag by which tasks fetch their executable.
const FAST: &str = "fast";

/// The flag that makes launch plans active.
const ACTIVATE: &str = "activate-launch-plans";

pub(super) const VERB: Verb = Verb::of_program("register", command, register);

fn command(verb: Command) -> Command {
    verb.about("Register tasks, workflows and launch plans with Flyte")
        .after_help(
            "Registered entities are never changed. To register them again does no harm, and finishes \
             an interrupted registration.",
        )
        .arg(chosen::argument())
        .args(flags::all())
        .arg(
            Arg::new(FAST)
                .long(FAST)
                .action(ArgAction::SetTrue)
                .help("Let tasks fetch this executable when they start; no image has to be built"),
        )
        .arg(
            Arg::new("concurrency")
                .long("concurrency")
                .value_name("N")
                .value_parser(value_parser!(NonZeroUsize))
                .default_value("16")
                .help("The number of tasks to register at the same time"),
        )
        .arg(
            Arg::new(ACTIVATE)
                .long(ACTIVATE)
                .alias("activate-launchplans")
                .action(ArgAction::SetTrue)
                .help("Activate all launch plans, not only those with `auto_activate`"),
        )
        .arg(
            Arg::new("dry-run")
                .long("dry-run")
                .action(ArgAction::SetTrue)
                .help("Show what would be registered, without a connection"),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print JSON"),
        )
}

fn register(program: &Program, matches: &ArgMatches) -> ExitCode {
    try_register(program, matches).unwrap_or_else(|error| fail(&error))
}

fn try_register(program: &Program, matches: &ArgMatches) -> Result<ExitCode, String> {
    let json = matches.get_flag("json");
    let mut plan = Plan::new(program, matches)?;
    let archive = if matches.get_flag(FAST) {
        Some(archive(&program.executable).map_err(in_words)?)
    } else {
        None
    };
    for remark in archive.iter().flat_map(|archive| &archive.remarks) {
        tell(format_args!("warning: {remark}"));
    }
    if matches.get_flag("dry-run") {
        return Ok(plan.show(json));
    }
    let at_once = matches.get_one("concurrency").copied();
    let at_once = at_once.unwrap_or(NonZeroUsize::MIN);
    let outcomes = carry_out(&mut plan, archive.as_ref(), at_once)?;
    Ok(Report::new(&plan, &outcomes).show(json))
}

fn carry_out(
    plan: &mut Plan<'_>,
    archive: Option<&Archive>,
    at_once: NonZeroUsize,
) -> Result<Vec<Outcome>, String> {
    let tally = Arc::new(Tally::new(plan.specs.len()));
    tell_when_ended(Arc::clone(&tally)).map_err(in_words)?;
    let work = async {
        let Settings {
            platform,
            project,
            domain,
            ..
        } = &plan.settings;
        let admin = Admin::connect(platform).map_err(in_words)?;
        if let Some(archive) = archive {
            let place = (&**project, &**domain);
            let uri = upload(&admin, place, &Upload::of_archive(archive)).await;
            plan.fetch(uri.map_err(in_words)?)?;
        }
        let activates = |spec: &_| plan.activates(spec);
        let add = |outcome: &_| tally.add(outcome);
        Ok(submit(&admin, &plan.specs, at_once, activates, add).await)
    };
    let outcomes = block_on(work).map_err(in_words)?;
    tally.finish();
    outcomes
}

/// Reports the progress when a signal ends the process.
fn tell_when_ended(tally: Arc<Tally>) -> io::Result<()> {
    on_termination(move |signal| {
        let counts = tally.finish();
        tell(format_args!(
            "error: ended by {signal}: {counts}, of {}; register again to finish",
            tally.all()
        ));
    })
}
