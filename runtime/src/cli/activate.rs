//! `activate`: starts the schedule of a registered launch plan.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use flytekit_proto::flyteidl::admin::{LaunchPlan, LaunchPlanState, NamedEntityIdentifier};
use flytekit_proto::flyteidl::core::{Identifier, ResourceType};

use super::verbs::Verb;
use super::{fail, flags, in_words, show};
use crate::register::admin::{Admin, AdminError};
use crate::register::block_on;
use crate::register::registered::{launch_plan, newest_launch_plan, scope};
use crate::register::settings::Settings;
use crate::register::submit::set_state;

pub(super) const VERB: Verb = Verb::of_crate("activate", command, activate);

fn command(verb: Command) -> Command {
    let command = verb
        .about("Make registered launch plans active, so that their schedules run")
        .after_help(
            "At most one version of each launch plan is active: this deactivates another active version.",
        );
    arguments(command, "The version, instead of the newest")
}

/// The arguments of `activate` and `deactivate`.
pub(super) fn arguments(command: Command, version: &'static str) -> Command {
    command
        .arg(
            Arg::new("names")
                .value_name("NAME")
                .required(true)
                .num_args(1..)
                .help("Names of launch plans; each workflow has one with its name"),
        )
        .args(flags::of_registered(version))
}

fn activate(matches: &ArgMatches) -> ExitCode {
    let newest = async |admin: &Admin, of| newest_launch_plan(admin, of).await;
    change(matches, LaunchPlanState::Active, &newest)
}

/// Sets the state of the named launch plans; without a version, of the version that `find` returns.
pub(super) fn change(
    matches: &ArgMatches,
    state: LaunchPlanState,
    find: &impl AsyncFn(&Admin, NamedEntityIdentifier) -> Result<Option<LaunchPlan>, AdminError>,
) -> ExitCode {
    let word = match state {
        LaunchPlanState::Active => "active",
        LaunchPlanState::Inactive => "inactive",
    };
    let changes = async || {
        let settings = Settings::resolve(&flags::given(matches)).map_err(in_words)?;
        let admin = Admin::connect(&settings.platform).map_err(in_words)?;
        let mut told = String::new();
        for name in matches.get_many::<String>("names").into_iter().flatten() {
            let id = match &settings.version {
                Some(version) => launch_plan(&admin, id(&settings, name, version)).await,
                None => find(&admin, scope(id(&settings, name, ""))).await,
            };
            let plan = id.map_err(in_words)?;
            let id = plan.and_then(|plan| plan.id);
            let id = id.ok_or_else(|| none(&settings, name, state))?;
            let version = id.version.clone();
            let set = set_state(&admin, Some(id), state).await;
            set.map_err(|error| format!("launch plan {name}: {error}"))?;
            told.extend([name, " ", &*version, " is ", word, "\n"]);
        }
        Ok::<_, String>(told)
    };
    match block_on(changes()).map_err(in_words).and_then(|told| told) {
        Ok(told) => show(told.as_bytes()),
        Err(error) => fail(&error),
    }
}

fn none(settings: &Settings, name: &str, state: LaunchPlanState) -> String {
    let Settings {
        project,
        domain,
        version,
        ..
    } = settings;
    let version = version.as_deref();
    let version = version.map_or_else(String::new, |version| format!("version {version} of "));
    let active = match state {
        LaunchPlanState::Active => "",
        LaunchPlanState::Inactive => "active ",
    };
    format!(
        "no {active}{version}launch plan `{name}` is registered in project {project}, domain {domain}"
    )
}

fn id(settings: &Settings, name: &str, version: &str) -> Identifier {
    Identifier {
        resource_type: ResourceType::LaunchPlan.into(),
        project: settings.project.clone(),
        domain: settings.domain.clone(),
        name: name.to_owned(),
        version: version.to_owned(),
        ..Identifier::default()
    }
}
