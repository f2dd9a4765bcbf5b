//! The plan of a registration.

use std::collections::HashSet;
use std::fmt;
use std::process::ExitCode;

use clap::ArgMatches;
use flytekit_proto::flyteidl::admin::TaskSpec;
use serde_json::{Value, json};

use super::{ACTIVATE, FAST, in_words};
use crate::cli::amounts::Amounts;
use crate::cli::{chosen, flags, show};
use crate::register::complete::complete_all;
use crate::register::fast::Fast;
use crate::register::order::all_in_order;
use crate::register::primary::Primary;
use crate::register::settings::Settings;
use crate::register::spec::Spec;
use crate::register::version::version;
use crate::registry::{EntityKind, Found, Program};

/// Entities, completed with the settings of the registration.
pub(super) struct Plan<'p> {
    pub(super) settings: Settings,
    pub(super) version: String,
    pub(super) specs: Vec<Spec>,
    entities: Vec<Found<'p>>,
    /// The names of launch plans that become active.
    active: HashSet<&'p str>,
}

impl<'p> Plan<'p> {
    /// The plan of a command line. Tasks that fetch their executable do not know its place yet.
    pub(super) fn new(program: &'p Program, matches: &ArgMatches) -> Result<Self, String> {
        let entities = chosen::entities(program, matches)?;
        let mut settings = Settings::resolve(&flags::given(matches)).map_err(in_words)?;
        let fast = matches.get_flag(FAST);
        let fast = fast.then(|| Fast::packaged(&settings.destination));
        let version = match settings.version.take() {
            Some(version) => version,
            None => content(program, &settings, fast.as_ref())?,
        };
        settings.version = Some(version.clone());
        let specs = complete_all(&entities, &settings, fast.as_ref()).map_err(in_words)?;
        let all = matches.get_flag(ACTIVATE);
        let active = entities.iter().filter_map(|found| match found {
            Found::LaunchPlan(plan) if all || plan.auto_activate => Some(&*plan.name),
            _ => None,
        });
        Ok(Plan {
            settings,
            version,
            specs,
            active: active.collect(),
            entities,
        })
    }

    /// Sets the place from which tasks fetch their executable.
    pub(super) fn fetch(&mut self, uri: String) -> Result<(), String> {
        let fast = Fast::at(uri, &self.settings.destination);
        let specs = complete_all(&self.entities, &self.settings, Some(&fast));
        self.specs = specs.map_err(in_words)?;
        Ok(())
    }

    /// Whether the launch plan becomes active.
    pub(super) fn activates(&self, spec: &Spec) -> bool {
        spec.kind() == EntityKind::LaunchPlan && self.active.contains(spec.name())
    }

    /// Shows the plan, instead of executing it.
    pub(super) fn show(&self, json: bool) -> ExitCode {
        if json {
            let each = self.specs.iter().map(|spec| {
                let mut entry = self.entry(spec, "planned");
                if let Spec::Task(task) = spec {
                    entry["image"] = image_of(task).into();
                }
                entry
            });
            let entries: Value = each.collect();
            return show(format!("{entries}\n").as_bytes());
        }
        let width = self.width();
        let lines = self.specs.iter().map(|spec| {
            let what = match spec {
                Spec::Task(task) => image_of(task).unwrap_or("no image"),
                Spec::Workflow(_) => "workflow",
                Spec::LaunchPlan(_) if self.activates(spec) => "launch plan, active",
                Spec::LaunchPlan(_) => "launch plan",
            };
            format!("{:width$}  {what}\n", spec.name())
        });
        let end = format!("{self} would be registered\n");
        show(lines.chain([end]).collect::<String>().as_bytes())
    }

    /// An entity as JSON.
    pub(super) fn entry(&self, spec: &Spec, status: &str) -> Value {
        let mut entry = json!({
            "name": spec.name(),
            "kind": spec.kind().to_string(),
            "project": self.settings.project,
            "domain": self.settings.domain,
            "version": self.version,
            "status": status,
        });
        if spec.kind() == EntityKind::LaunchPlan {
            entry["active"] = self.activates(spec).into();
        }
        entry
    }

    /// The length of the longest name.
    pub(super) fn width(&self) -> usize {
        let lengths = self.specs.iter().map(|spec| spec.name().len());
        lengths.max().unwrap_or_default()
    }
}

/// `3 tasks as version v1 in project flytesnacks, domain development`.
impl fmt::Display for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amounts = Amounts::of(&self.specs);
        let Settings {
            project, domain, ..
        } = &self.settings;
        write!(
            f,
            "{amounts} as version {} in project {project}, domain {domain}",
            self.version
        )
    }
}

/// The version by a program's content: the same for each of its entities, in each project and domain.
fn content(program: &Program, settings: &Settings, fast: Option<&Fast>) -> Result<String, String> {
    let anywhere = Settings {
        project: String::new(),
        domain: String::new(),
        ..settings.clone()
    };
    let entities = all_in_order(&program.entities)?;
    let specs = complete_all(&entities, &anywhere, fast).map_err(in_words)?;
    version(&specs, Some(&program.executable)).map_err(in_words)
}

fn image_of(task: &TaskSpec) -> Option<&str> {
    Primary::of(task).and_then(Primary::image)
}
