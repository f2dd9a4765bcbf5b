//! `register`: tasks become known to Flyte.

mod plan;
mod report;

use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::{chosen, fail};
use crate::console::tell;
use crate::execute::on_termination;
use crate::register::admin::Admin;
use crate::register::block_on;
use crate::register::settings::Settings;
use crate::register::submit::{Outcome, submit};
use crate::register::tally::Tally;
use crate::registry::Program;
use plan::Plan;
use report::Report;

pub(super) fn command() -> Command {
    Command::new("register")
        .about("Register tasks with Flyte")
        .after_help(
            "What is registered stays as it is: to register it again does no harm, and finishes \
             what was interrupted.",
        )
        .arg(chosen::argument())
        .args(Settings::arguments())
        .arg(
            Arg::new("concurrency")
                .long("concurrency")
                .value_name("N")
                .value_parser(value_parser!(NonZeroUsize))
                .default_value("16")
                .help("How many tasks to register at once"),
        )
        .arg(
            Arg::new("dry-run")
                .long("dry-run")
                .action(ArgAction::SetTrue)
                .help("Show what would be registered, and ask nobody"),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print JSON, for programs"),
        )
}

pub(super) fn register(program: &Program, matches: &ArgMatches) -> ExitCode {
    let json = matches.get_flag("json");
    let shown = Plan::new(program, matches).and_then(|plan| {
        if matches.get_flag("dry-run") {
            return Ok(plan.show(json));
        }
        let outcomes = carry_out(&plan, matches)?;
        Ok(Report::new(&plan, &outcomes).show(json))
    });
    shown.unwrap_or_else(|error| fail(&error))
}

fn carry_out(plan: &Plan, matches: &ArgMatches) -> Result<Vec<Outcome>, String> {
    let at_once = matches.get_one("concurrency").copied();
    let at_once = at_once.unwrap_or(NonZeroUsize::MIN);
    let tally = Arc::new(Tally::new(plan.specs.len()));
    let watched = Arc::clone(&tally);
    on_termination(move |signal| {
        let counts = watched.finish();
        tell(format_args!(
            "error: ended by {signal}: {counts}, of {}; register again to finish",
            watched.all()
        ));
    })
    .map_err(|error| error.to_string())?;
    let outcomes = block_on(async {
        let admin = Admin::connect(&plan.settings.platform)?;
        Ok(submit(&admin, &plan.specs, at_once, |outcome| tally.add(outcome)).await)
    });
    tally.finish();
    outcomes
        .map_err(|error| error.to_string())?
        .map_err(|error: crate::register::admin::AdminError| error.to_string())
}
