//! The entities of a file, by kind.

use super::table::{Duplicate, Entry, Table};
use super::{FoundLaunchPlan, FoundTask, FoundWorkflow};

/// The entities of a file, each by its name. Entities of different kinds have different names too: who
/// names one shall not have to say what it is.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Entities {
    /// Its tasks.
    pub tasks: Table<FoundTask>,
    /// Its workflows, each with the launch plan of its name.
    pub workflows: Table<FoundWorkflow>,
    /// Its other launch plans.
    pub launch_plans: Table<FoundLaunchPlan>,
}

impl Entities {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty() && self.workflows.is_empty() && self.launch_plans.is_empty()
    }
}

/// Refuses entities of one name among those of different kinds.
///
/// # Errors
///
/// The first two.
pub(super) fn keep_apart(
    tasks: &Table<impl Entry>,
    workflows: &Table<impl Entry>,
    launch_plans: &Table<impl Entry>,
) -> Result<(), Duplicate> {
    no_common_name(tasks, workflows)?;
    no_common_name(tasks, launch_plans)?;
    no_common_name(workflows, launch_plans)
}

fn no_common_name<T: Entry, U: Entry>(some: &Table<T>, others: &Table<U>) -> Result<(), Duplicate> {
    for other in others.iter() {
        if let Some(one) = some.get(other.name()) {
            return Err(Duplicate::of(one, other));
        }
    }
    Ok(())
}
