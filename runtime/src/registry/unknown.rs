//! Errors for unknown names.

use super::Entities;

/// The error for a name that no task has.
pub(crate) fn unknown_task<'a>(names: impl Iterator<Item = &'a str>, name: &str) -> String {
    unknown("task", names, name)
}

/// The error for a name that no entity has.
pub(crate) fn unknown_entity(entities: &Entities, name: &str) -> String {
    let has_only_tasks = entities.workflows.is_empty() && entities.launch_plans.is_empty();
    let noun = if has_only_tasks {
        "task"
    } else {
        "task, workflow or launch plan"
    };
    unknown(noun, entities.names(), name)
}

fn unknown<'a>(noun: &str, names: impl Iterator<Item = &'a str>, name: &str) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        return super::NO_TASKS.to_owned();
    }
    match nearest(&names, name) {
        Some(near) => format!("this binary has no {noun} `{name}`; did you mean `{near}`?"),
        None => format!(
            "this binary has no {noun} `{name}`; it has {}",
            names.join(", ")
        ),
    }
}

/// The intended name, if only its module is missing or a few letters are wrong.
pub(crate) fn nearest<'a>(names: &[&'a str], name: &str) -> Option<&'a str> {
    const FEW: usize = 3;
    let without_module = |known: &&&str| {
        known
            .strip_suffix(name)
            .is_some_and(|module| module.ends_with('.'))
    };
    let distances = names
        .iter()
        .map(|known| (strsim::osa_distance(known, name), known));
    names
        .iter()
        .find(without_module)
        .or_else(|| Some(distances.min().filter(|(letters, _)| *letters <= FEW)?.1))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_task_that_was_meant_is_found() {
        let names = ["app.etl.load", "app.etl.store", "app.train"];
        assert_eq!(nearest(&names, "app.elt.laod"), Some("app.etl.load"));
        assert_eq!(nearest(&names, "store"), Some("app.etl.store"));
        assert_eq!(nearest(&names, "tore"), None);
        assert_eq!(nearest(&names, "predict"), None);
    }
}
