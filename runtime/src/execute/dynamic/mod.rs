//! Runs of dynamic tasks: converts the graph of a run into the job that Flyte runs in its place.

mod complete;
mod object;
mod registered;

use std::collections::{BTreeMap, BTreeSet};

use self::complete::Completion;
use self::registered::Registered;
use super::local::{Failure, Local, here, known_results, written};
use super::products::{Built, Product};
use crate::context::Whereabouts;
use crate::declare::{
    Branch, Otherwise, Reference, ReferenceKind, Target, TaskDescriptor, WorkflowDescriptor,
    dynamic_job,
};
use crate::error::Error;
use crate::graph::Graph;
use crate::types::OutputsWriter;
use crate::wire::Writer;

/// Runs a dynamic task and its graph locally, and returns the bytes of its outputs as a
/// `flyteidl.core.LiteralMap`.
///
/// # Errors
///
/// If an input cannot be written, if the task fails, or the first failure of a node.
pub fn run_dynamic(task: &'static TaskDescriptor, inputs: OutputsWriter) -> Result<Vec<u8>, Error> {
    let inputs = written(&format_args!("task {}", task.name), inputs)?;
    here(|local| {
        let task = local.registered(task.name)?;
        let whereabouts = Whereabouts::here(local.raw_output_prefix);
        local.alone(task, &inputs, whereabouts)
    })
}

impl Built for Graph {
    fn graph(&mut self) -> &mut Graph {
        self
    }

    fn product(self: Box<Self>) -> Result<Product, Error> {
        self.finish()?;
        Ok(if self.is_empty() {
            Product::Outputs(known_results(&self)?)
        } else {
            Product::Graph(self)
        })
    }

    fn job(&self) -> Result<Vec<u8>, Error> {
        job(self)
    }

    fn run(&self, local: Local<'_>, path: &str) -> Result<Vec<u8>, Failure> {
        self.described(|graph| local.graph(graph, &[], path))
    }
}

/// The bytes of the `flyteidl.core.DynamicJobSpec` that Flyte compiles and runs: the graph, and the
/// registered templates of all called tasks.
fn job(graph: &Graph) -> Result<Vec<u8>, Error> {
    let registered = Registered::of_process()?;
    graph.described(|graph| {
        let mut tasks = Tasks::default();
        tasks.of_nodes(graph)?;
        let completion = Completion::new(&registered);
        let templates = tasks.found.values();
        let templates = templates.map(|task| completion.task(task));
        let templates: Vec<_> = templates.collect::<Result<_, _>>()?;
        let job = Writer::to_bytes(|w| dynamic_job(w, graph, &templates));
        completion.job(&job)
    })
}

/// All tasks that a graph calls, at any depth, without duplicates.
#[derive(Default)]
struct Tasks<'a> {
    found: BTreeMap<&'a str, &'a TaskDescriptor>,
    /// The names of the workflows that have been searched: one may be a part of many others.
    searched: BTreeSet<&'a str>,
}

impl<'a> Tasks<'a> {
    fn of_nodes(&mut self, graph: &WorkflowDescriptor<'a>) -> Result<(), Error> {
        graph
            .targets()
            .try_for_each(|target| self.of_target(target))
    }

    fn of_target(&mut self, target: &Target<'a>) -> Result<(), Error> {
        match target {
            Target::Task(task) => {
                self.found.insert(task.name, task);
                Ok(())
            }
            Target::Array(array) => {
                self.found.insert(array.task.name, array.task);
                Ok(())
            }
            Target::Workflow(workflow) if self.searched.insert(workflow.name) => {
                self.of_nodes(workflow)
            }
            Target::Branch(branch) => self.of_branch(branch),
            Target::Reference(Reference {
                kind: ReferenceKind::Task,
                name,
                ..
            }) => Err(Error::user(format!(
                "the graph calls a workflow with a node of `{name}`, a task of another program, of which a dynamic \
                 task has no template: call it in a workflow that no dynamic task calls"
            ))),
            _ => Ok(()),
        }
    }

    fn of_branch(&mut self, branch: &Branch<'a>) -> Result<(), Error> {
        for case in branch.cases {
            self.of_target(&case.then.target)?;
        }
        match branch.otherwise {
            Otherwise::Node(node) => self.of_target(&node.target),
            Otherwise::Fail(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{Array, Node, Success};

    fn of(target: Target<'static>) -> Node<'static> {
        Node {
            target,
            ..Node::DEFAULT
        }
    }

    #[test]
    fn tasks_of_maps_and_of_workflows_within_are_found_once() {
        static ONE: TaskDescriptor = TaskDescriptor {
            name: "one",
            ..TaskDescriptor::DEFAULT
        };
        static MAPPED: TaskDescriptor = TaskDescriptor {
            name: "map_one",
            ..TaskDescriptor::DEFAULT
        };
        let array = Array {
            task: &MAPPED,
            concurrency: None,
            success: Success::All,
        };
        let nodes = [of(Target::Task(&ONE)), of(Target::Array(array))];
        let mut workflow: &'static WorkflowDescriptor<'static> =
            Box::leak(Box::new(WorkflowDescriptor {
                name: "0",
                nodes: Box::leak(Box::new(nodes)),
                ..WorkflowDescriptor::DEFAULT
            }));
        // If each use were searched, the first workflow would be searched 2^64 times.
        for depth in 1..=64 {
            let nodes = [
                of(Target::Workflow(workflow)),
                of(Target::Workflow(workflow)),
            ];
            workflow = Box::leak(Box::new(WorkflowDescriptor {
                name: depth.to_string().leak(),
                nodes: Box::leak(Box::new(nodes)),
                ..WorkflowDescriptor::DEFAULT
            }));
        }
        let mut tasks = Tasks::default();
        tasks.of_nodes(workflow).expect("no references");
        let names: Vec<_> = tasks.found.into_keys().collect();
        assert_eq!(names, ["map_one", "one"]);
    }
}
