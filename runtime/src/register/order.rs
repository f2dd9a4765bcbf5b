//! The order in which Flyte accepts entities: each after all entities that it refers to.

use std::collections::HashSet;

use flytekit_proto::flyteidl::admin::WorkflowSpec;
use flytekit_proto::flyteidl::core::ResourceType;
use prost::Message;

use super::references;
use crate::registry::{Entities, Found, FoundLaunchPlan, FoundWorkflow, is_of_this_program};

/// These entities and everything that they refer to: first tasks by name, then workflows, each after the
/// workflows and launch plans that it runs and before the launch plan of its name, and finally the other
/// launch plans.
///
/// # Errors
///
/// If a referenced entity is not in the program, or a workflow is damaged.
pub(crate) fn in_order<'p>(
    entities: &'p Entities,
    chosen: impl Iterator<Item = Found<'p>>,
) -> Result<Vec<Found<'p>>, String> {
    let mut order = Order {
        entities,
        seen: HashSet::new(),
        tasks: Vec::new(),
        others: Vec::new(),
    };
    for found in chosen {
        order.add(found)?;
    }
    let Order {
        mut tasks, others, ..
    } = order;
    tasks.sort_by_key(|task| task.name());
    tasks.extend(others);
    Ok(tasks)
}

/// All entities of a program, in the order of [`in_order`].
///
/// # Errors
///
/// As [`in_order`].
pub(crate) fn all_in_order(entities: &Entities) -> Result<Vec<Found<'_>>, String> {
    in_order(entities, entities.iter())
}

struct Order<'p> {
    entities: &'p Entities,
    /// The names of the entities in the order, which are unique across kinds.
    seen: HashSet<&'p str>,
    tasks: Vec<Found<'p>>,
    others: Vec<Found<'p>>,
}

impl<'p> Order<'p> {
    fn add(&mut self, found: Found<'p>) -> Result<(), String> {
        if !self.seen.insert(found.name()) {
            return Ok(());
        }
        match found {
            Found::Task(_) => self.tasks.push(found),
            Found::Workflow(workflow) => self.add_workflow(workflow)?,
            Found::LaunchPlan(plan) => self.add_launch_plan(plan)?,
        }
        Ok(())
    }

    fn add_workflow(&mut self, workflow: &'p FoundWorkflow) -> Result<(), String> {
        let name = &workflow.name;
        let spec = WorkflowSpec::decode(&*workflow.spec);
        let mut spec = spec.map_err(|error| Found::Workflow(workflow).damaged(&error))?;
        let mut ids = Vec::new();
        references::of_workflow(&mut spec, &mut |id| ids.push(id.clone()));
        for id in ids.iter().filter(|id| is_of_this_program(id)) {
            let found = self.entities.get(&id.name);
            let found = found.filter(|found| fits(*found, id.resource_type()));
            let found = found.ok_or_else(|| {
                format!(
                    "the workflow `{name}` runs `{}`, which is not in this program",
                    id.name
                )
            })?;
            self.add(found)?;
        }
        self.others.push(Found::Workflow(workflow));
        self.others.push(Found::LaunchPlan(&workflow.default_plan));
        Ok(())
    }

    fn add_launch_plan(&mut self, plan: &'p FoundLaunchPlan) -> Result<(), String> {
        if !plan.elsewhere {
            let workflow = self.entities.workflows.get(&plan.workflow);
            let workflow = workflow.ok_or_else(|| {
                format!(
                    "the launch plan `{}` starts the workflow `{}`, which is not in this program",
                    plan.name, plan.workflow
                )
            })?;
            self.add(Found::Workflow(workflow))?;
        }
        self.others.push(Found::LaunchPlan(plan));
        Ok(())
    }
}

/// A workflow also serves as the launch plan of its name.
fn fits(found: Found<'_>, kind: ResourceType) -> bool {
    matches!(
        (found, kind),
        (Found::Task(_), ResourceType::Task)
            | (
                Found::Workflow(_),
                ResourceType::Workflow | ResourceType::LaunchPlan
            )
            | (Found::LaunchPlan(_), ResourceType::LaunchPlan)
    )
}
