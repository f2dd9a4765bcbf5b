//! The flags for the engines of a run: `--spark sail`, `--dask threads`.

use std::collections::BTreeSet;

use clap::{Arg, ArgMatches, Command};

use crate::declare::{Args, Otherwise, Target, TaskDescriptor, WorkflowDescriptor};
use crate::registry::{RegisteredTask, Registry};

/// Adds a flag for each engine of these tasks that has several targets.
pub(super) fn arguments<'r>(
    command: Command,
    tasks: impl IntoIterator<Item = &'r RegisteredTask>,
) -> Command {
    let mut flags = BTreeSet::new();
    let flags = tasks.into_iter().filter_map(|task| {
        let (targets, task_type) = (task.targets?, task.descriptor.task_type);
        let flag = Arg::new(id(task_type)).long(task_type);
        let flag = flag.value_name("TARGET").help(targets);
        flags.insert(task_type).then_some(flag)
    });
    command.args(flags)
}

/// The target of a task's engine on the command line.
pub(super) fn given<'m>(matches: &'m ArgMatches, task: &RegisteredTask) -> Option<&'m str> {
    task.targets?;
    let flag = id(task.descriptor.task_type);
    let given = matches.try_get_one::<String>(&flag).ok().flatten();
    given.map(String::as_str)
}

/// The id of the flag, which no input can have.
fn id(task_type: &str) -> String {
    format!("--{task_type}")
}

/// The tasks that a run of a workflow may need: those of its nodes, of its sub-workflows, and of its failure
/// node.
pub(super) fn tasks<'r>(
    registry: &'r Registry,
    workflow: &WorkflowDescriptor<'_>,
) -> impl Iterator<Item = &'r RegisteredTask> {
    let mut found = Found::default();
    found.in_workflow(workflow);
    let names = found.tasks.into_iter();
    names.filter_map(|name| registry.tasks.get(&name))
}

/// The entities found in a graph, by name. Each workflow is visited only once.
#[derive(Default)]
struct Found {
    tasks: BTreeSet<String>,
    workflows: BTreeSet<String>,
}

impl Found {
    fn in_workflow(&mut self, workflow: &WorkflowDescriptor<'_>) {
        if self.workflows.insert(workflow.name.to_owned()) {
            workflow.targets().for_each(|target| self.in_target(target));
        }
    }

    fn in_target(&mut self, target: &Target<'_>) {
        match target {
            Target::Task(TaskDescriptor { name, .. }) => {
                self.tasks.insert((*name).to_owned());
            }
            Target::Array(array) => {
                if let Args::Map(mapped) = array.task.args {
                    self.tasks.insert(mapped.task.to_owned());
                }
            }
            Target::Workflow(workflow) => self.in_workflow(workflow),
            Target::LaunchPlan(plan) => self.in_workflow(plan.workflow),
            Target::Branch(branch) => {
                let cases = branch.cases.iter();
                cases.for_each(|case| self.in_target(&case.then.target));
                if let Otherwise::Node(node) = branch.otherwise {
                    self.in_target(&node.target);
                }
            }
            Target::Reference(_) | Target::Gate(_) => {}
        }
    }
}
