//! `deactivate`: stops the schedule of a registered launch plan.

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use flytekit_proto::flyteidl::admin::{ActiveLaunchPlanRequest, LaunchPlanState};

use super::activate::{arguments, change};
use super::verbs::Verb;
use crate::register::admin::Admin;
use crate::register::registered::found;

pub(super) const VERB: Verb = Verb::of_crate("deactivate", command, deactivate);

fn command(verb: Command) -> Command {
    let command = verb.about("Make launch plans inactive, so that their schedules stop");
    arguments(command, "The version, instead of the active one")
}

fn deactivate(matches: &ArgMatches) -> ExitCode {
    let active = async |admin: &Admin, of| {
        let request = ActiveLaunchPlanRequest { id: Some(of) };
        found(admin.get_active_launch_plan(request).await)
    };
    change(matches, LaunchPlanState::Inactive, &active)
}
