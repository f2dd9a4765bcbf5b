//! What shall be registered, and where.

use std::fmt;
use std::process::ExitCode;

use clap::ArgMatches;
use flytekit_proto::flyteidl::admin::TaskSpec;
use serde_json::{Value, json};

use super::{FAST, in_words};
use crate::cli::{chosen, flags, show};
use crate::register::complete::complete_all;
use crate::register::fast::Fast;
use crate::register::primary::Primary;
use crate::register::settings::Settings;
use crate::register::submit::id_of;
use crate::register::version::version;
use crate::registry::{FoundTask, Program};

/// Tasks with all that registration adds to them.
pub(super) struct Plan {
    pub(super) settings: Settings,
    pub(super) version: String,
    pub(super) specs: Vec<TaskSpec>,
    tasks: Vec<FoundTask>,
}

impl Plan {
    /// What a command line asks for; tasks that fetch their executable do not know yet from where.
    pub(super) fn new(program: &Program, matches: &ArgMatches) -> Result<Self, String> {
        let tasks = chosen::tasks(program, matches)?;
        let mut settings = Settings::resolve(&flags::given(matches)).map_err(in_words)?;
        let fast = matches.get_flag(FAST);
        let fast = fast.then(|| Fast::packaged(&settings.destination));
        let version = match settings.version.take() {
            Some(version) => version,
            None => content(program, &settings, fast.as_ref())?,
        };
        settings.version = Some(version.clone());
        let specs = complete_all(&tasks, &settings, fast.as_ref()).map_err(in_words)?;
        Ok(Plan {
            settings,
            version,
            specs,
            tasks,
        })
    }

    /// Says from where tasks fetch their executable.
    pub(super) fn fetch(&mut self, uri: String) -> Result<(), String> {
        let fast = Fast::at(uri, &self.settings.destination);
        let specs = complete_all(&self.tasks, &self.settings, Some(&fast));
        self.specs = specs.map_err(in_words)?;
        Ok(())
    }

    /// Shows it, instead of carrying it out.
    pub(super) fn show(&self, json: bool) -> ExitCode {
        if json {
            let each = self.specs.iter().map(|spec| {
                let mut entry = self.entry(spec, "planned");
                entry["image"] = image_of(spec).into();
                entry
            });
            let entries: Value = each.collect();
            return show(format!("{entries}\n").as_bytes());
        }
        let width = self.width();
        let lines = self.specs.iter().map(|spec| {
            let (name, image) = (name(spec), image_of(spec).unwrap_or("no image"));
            format!("{name:width$}  {image}\n")
        });
        let end = format!("{self} would be registered\n");
        show(lines.chain([end]).collect::<String>().as_bytes())
    }

    /// A task, for programs.
    pub(super) fn entry(&self, spec: &TaskSpec, status: &str) -> Value {
        json!({
            "name": name(spec),
            "project": self.settings.project,
            "domain": self.settings.domain,
            "version": self.version,
            "status": status,
        })
    }

    /// The length of the longest name.
    pub(super) fn width(&self) -> usize {
        let lengths = self.specs.iter().map(|spec| name(spec).len());
        lengths.max().unwrap_or_default()
    }
}

/// `3 tasks as version v1 in project flytesnacks, domain development`.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.specs.len();
        let tasks = if count == 1 { "task" } else { "tasks" };
        let Settings {
            project, domain, ..
        } = &self.settings;
        write!(
            f,
            "{count} {tasks} as version {} in project {project}, domain {domain}",
            self.version
        )
    }
}

/// The version that a program's content gives: the same for each of its tasks, in each project and
/// domain.
fn content(program: &Program, settings: &Settings, fast: Option<&Fast>) -> Result<String, String> {
    let anywhere = Settings {
        project: String::new(),
        domain: String::new(),
        ..settings.clone()
    };
    let specs = complete_all(&program.entities.tasks, &anywhere, fast).map_err(in_words)?;
    version(&specs, Some(&program.executable)).map_err(in_words)
}

/// A task's name.
pub(super) fn name(spec: &TaskSpec) -> &str {
    id_of(spec).map_or("", |id| &id.name)
}

/// The image in which a task runs.
fn image_of(spec: &TaskSpec) -> Option<&str> {
    Primary::of(spec)?.image()
}
