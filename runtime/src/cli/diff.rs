//! `diff`: shows the changes since another build, or since an archive was written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

#[cfg(feature = "register")]
use super::registered;
use super::verbs::Verb;
use super::{fail, package, show};
use crate::register::difference::between;
use crate::register::order::all_in_order;
use crate::register::package as archive;
use crate::register::spec::Spec;
use crate::registry::{EntityKind, Found, Program};

pub(super) const VERB: Verb = Verb::of_program("diff", command, diff);

fn command(verb: Command) -> Command {
    let command = verb
        .about("Compare tasks, workflows and launch plans with those of another binary or of an archive")
        .after_help(
            "Project, domain and version are ignored. An archive is compared with the archive that `package` \
             would write, so use the same settings. Exit codes: 0 if all are equal, 1 if some \
             differ, 2 if they cannot be compared.",
        )
        .arg(
            Arg::new("other")
                .value_name("OTHER")
                .required(true)
                .help("A binary with tasks, or an archive of `package` or `pyflyte package`"),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print JSON"),
        )
        .args(package::arguments());
    #[cfg(feature = "register")]
    let command = registered::add_to(command);
    command
}

fn diff(program: &Program, matches: &ArgMatches) -> ExitCode {
    const EQUAL: u8 = 0;
    const DIFFERENT: u8 = 1;
    const TROUBLE: u8 = 2;
    let difference = match compare(program, matches) {
        Ok(difference) => difference,
        Err(error) => {
            fail(&error);
            return ExitCode::from(TROUBLE);
        }
    };
    let shown = if matches.get_flag("json") {
        difference.json()
    } else {
        difference.text()
    };
    if show(shown.as_bytes()) != ExitCode::SUCCESS {
        return ExitCode::from(TROUBLE);
    }
    let is_equal = difference.is_empty();
    ExitCode::from(if is_equal { EQUAL } else { DIFFERENT })
}

fn compare(program: &Program, matches: &ArgMatches) -> Result<Difference, String> {
    #[cfg(feature = "register")]
    if matches.get_flag(registered::REGISTERED) {
        let (there, here) = registered::specs(program, matches)?;
        return Ok(Difference::between(there, here));
    }
    let other = matches.get_one::<String>("other");
    let other = Path::new(other.map_or("", String::as_str));
    let of_other = |error: &dyn std::fmt::Display| format!("{}: {error}", other.display());
    if archive::is_archive(other).map_err(|error| of_other(&error))? {
        let archived = archive::read_file(other).map_err(|error| of_other(&error))?;
        let here = package::specs(program, matches, archived.code.is_some())?;
        let mut difference = Difference::between(archived.specs, here);
        if let Some(there) = archived.code {
            let here = package::code(program)?;
            difference.executable = (there != here).then(|| format!("{here}, was {there}"));
        }
        return Ok(difference);
    }
    let there = Program::of_file(other).map_err(|error| {
        of_other(&format_args!(
            "neither an archive nor a binary with tasks: {error}"
        ))
    })?;
    Ok(Difference::between(decoded(&there)?, decoded(program)?))
}

fn decoded(program: &Program) -> Result<Vec<Spec>, String> {
    let decode = |found: &Found<'_>| {
        let spec = Spec::decode(found.kind(), found.bytes());
        spec.map_err(|error| found.damaged(&error))
    };
    let entities = all_in_order(&program.entities)?;
    entities.iter().map(decode).collect()
}

/// The difference between two sets of entities.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Difference {
    added: Vec<String>,
    removed: Vec<String>,
    /// The changes by name, in words.
    changed: BTreeMap<String, Vec<String>>,
    equal: usize,
    /// The difference of the executables, in words, if there is one.
    executable: Option<String>,
}

impl Difference {
    /// The changes from the first set to the second, without project, domain and version.
    pub(super) fn between(
        before: impl IntoIterator<Item = Spec>,
        after: impl IntoIterator<Item = Spec>,
    ) -> Self {
        let [before, after] = [named(before), named(after)];
        let mut difference = Difference::default();
        let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        for name in names {
            match (before.get(name), after.get(name)) {
                (Some(before), Some(after)) => difference.compare(name, before, after),
                (None, _) => difference.added.push(name.clone()),
                (_, None) => difference.removed.push(name.clone()),
            }
        }
        difference
    }

    fn compare(&mut self, name: &str, before: &Spec, after: &Spec) {
        let changes = between(before, after);
        if changes.is_empty() {
            self.equal += 1;
        } else {
            self.changed.insert(name.to_owned(), changes);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let is_same_code = self.executable.is_none();
        is_same_code && self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    /// A line per entity, followed by its changes, and the numbers.
    pub(super) fn text(&self) -> String {
        let marked = |mark: char, names: &[String]| {
            let lines = names.iter().map(|name| format!("{mark} {name}\n"));
            lines.collect::<String>()
        };
        let changed = self.changed.iter().map(|(name, changes)| {
            let changes = changes.iter().map(|change| format!("    {change}\n"));
            format!("~ {name}\n{}", changes.collect::<String>())
        });
        let executable = self.executable.iter();
        let executable = executable.map(|words| format!("executable: {words}\n"));
        let [added, removed] = [&self.added, &self.removed].map(Vec::len);
        format!(
            "{}{}{}{}{added} added, {removed} removed, {} changed, {} equal\n",
            executable.collect::<String>(),
            marked('+', &self.added),
            marked('-', &self.removed),
            changed.collect::<String>(),
            self.changed.len(),
            self.equal
        )
    }

    pub(super) fn json(&self) -> String {
        let json = json!({
            "added": self.added,
            "removed": self.removed,
            "changed": self.changed,
            "equal": self.equal,
            "executable": self.executable,
        });
        format!("{json}\n")
    }
}

/// Entities by name, without the values that only a registration knows. A workflow and its launch plan have
/// the same name.
fn named(specs: impl IntoIterator<Item = Spec>) -> BTreeMap<String, Spec> {
    let mut specs: Vec<_> = specs.into_iter().collect();
    let names: BTreeSet<_> = specs.iter().map(|spec| spec.name().to_owned()).collect();
    for spec in &mut specs {
        unregister(spec, &names);
    }
    let by_name = specs.into_iter().map(|spec| {
        let name = match spec.kind() {
            EntityKind::Task => spec.name().to_owned(),
            kind => format!("{} ({kind})", spec.name()),
        };
        (name, spec)
    });
    by_name.collect()
}

/// Removes project, domain and version of the registration with entities of these names. References to other
/// programs keep their version, which counts.
fn unregister(spec: &mut Spec, names: &BTreeSet<String>) {
    let own = spec.id().cloned().unwrap_or_default();
    spec.ids_mut(&mut |id| {
        for (part, own) in [
            (&mut id.project, &own.project),
            (&mut id.domain, &own.domain),
        ] {
            if part == own {
                part.clear();
            }
        }
        if id.version == own.version && names.contains(&id.name) {
            id.version.clear();
        }
    });
}

#[cfg(test)]
mod tests {
    use flytekit_proto::flyteidl::admin::{TaskSpec, WorkflowSpec};
    use flytekit_proto::flyteidl::core::node::Target;
    use flytekit_proto::flyteidl::core::task_node::Reference;
    use flytekit_proto::flyteidl::core::{
        Identifier, Node, ResourceType, TaskNode, TaskTemplate, WorkflowTemplate,
    };

    use super::*;

    fn id(kind: ResourceType, name: &str, [project, version]: [&str; 2]) -> Identifier {
        Identifier {
            resource_type: kind.into(),
            project: project.to_owned(),
            domain: "development".to_owned(),
            name: name.to_owned(),
            version: version.to_owned(),
            ..Identifier::default()
        }
    }

    /// A task, and a workflow that calls it and a task of another program. They are registered in `at`, and
    /// the other task in `foreign`.
    fn registered(at: [&str; 2], foreign: [&str; 2]) -> [Spec; 2] {
        let calls = |node: &str, id| Node {
            id: node.to_owned(),
            target: Some(Target::TaskNode(TaskNode {
                reference: Some(Reference::ReferenceId(id)),
                ..TaskNode::default()
            })),
            ..Node::default()
        };
        let own = id(ResourceType::Task, "app.own", at);
        let task = TaskSpec {
            template: Some(TaskTemplate {
                id: Some(own.clone()),
                ..TaskTemplate::default()
            }),
            ..TaskSpec::default()
        };
        let foreign = id(ResourceType::Task, "other.task", foreign);
        let template = WorkflowTemplate {
            id: Some(id(ResourceType::Workflow, "app.calls", at)),
            nodes: vec![calls("n0", own), calls("n1", foreign)],
            ..WorkflowTemplate::default()
        };
        let workflow = WorkflowSpec {
            template: Some(template),
            ..WorkflowSpec::default()
        };
        [task.into(), Spec::Workflow(Box::new(workflow))]
    }

    fn changes(before: [Spec; 2], after: [Spec; 2]) -> Vec<String> {
        let difference = Difference::between(before, after);
        assert_eq!(difference.equal + difference.changed.len(), 2);
        difference.changed.into_values().flatten().collect()
    }

    #[test]
    fn where_something_is_registered_does_not_count() {
        let before = registered(["p", "v1"], ["q", "v7"]);
        let after = registered(["r", "v2"], ["q", "v7"]);
        assert_eq!(changes(before, after), Vec::<String>::new());
        // The other program may have the same version by chance.
        let before = registered(["p", "v1"], ["p", "v1"]);
        let after = registered(["p", "v2"], ["p", "v1"]);
        assert_eq!(changes(before, after), Vec::<String>::new());
        // In a binary, an entity in the registration's project has no project of its own.
        let before = registered(["", ""], ["", "v1"]);
        let after = registered(["p", "v2"], ["p", "v1"]);
        assert_eq!(changes(before, after), Vec::<String>::new());
    }

    #[test]
    fn which_version_of_another_program_is_called_counts() {
        let before = registered(["p", "v1"], ["q", "v7"]);
        let after = registered(["p", "v1"], ["q", "v8"]);
        let expected = ["node n1.task_node.reference_id.version: \"v8\", was \"v7\""];
        assert_eq!(changes(before.clone(), after), expected);
        let after = registered(["p", "v1"], ["r", "v7"]);
        let expected = ["node n1.task_node.reference_id.project: \"r\", was \"q\""];
        assert_eq!(changes(before, after), expected);
    }
}
