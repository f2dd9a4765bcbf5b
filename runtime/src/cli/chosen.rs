//! The tasks that a command line names.

use clap::{Arg, ArgMatches};

use crate::registry::unknown_task;
use crate::registry::{FoundTask, NO_TASKS, Program};

const NAMES: &str = "names";

/// The argument that names them.
pub(super) fn argument() -> Arg {
    Arg::new(NAMES)
        .value_name("NAME")
        .num_args(0..)
        .help("Only these tasks; `*` stands for any text [default: all]")
}

/// They, sorted by name; all if none is named.
///
/// # Errors
///
/// When a name is none of a task.
pub(super) fn tasks(program: &Program, matches: &ArgMatches) -> Result<Vec<FoundTask>, String> {
    let names: Vec<&String> = matches.get_many(NAMES).unwrap_or_default().collect();
    if program.entities.tasks.is_empty() {
        return Err(NO_TASKS.to_owned());
    }
    let fits = |name: &str, task: &FoundTask| is_like(&task.name, name);
    let unknown = |name: &&&String| !program.entities.tasks.iter().any(|task| fits(name, task));
    let unknown = names.iter().filter(unknown);
    let unknown: Vec<String> = unknown
        .map(|name| unknown_task(program.entities.tasks.names(), name))
        .collect();
    if !unknown.is_empty() {
        return Err(unknown.join("\n"));
    }
    let is_chosen =
        |task: &&FoundTask| names.is_empty() || names.iter().any(|name| fits(name, task));
    Ok(program
        .entities
        .tasks
        .iter()
        .filter(is_chosen)
        .cloned()
        .collect())
}

/// Whether this is the name that is meant, in which `*` stands for any text.
fn is_like(name: &str, meant: &str) -> bool {
    let mut parts = meant.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn a_star_stands_for_any_text() {
        let name = "app.etl.load";
        for meant in [
            name,
            "*",
            "app.*",
            "*.load",
            "app.*.load",
            "a*.*ad",
            "app.etl.load*",
        ] {
            assert!(is_like(name, meant), "{meant}");
        }
        for meant in [
            "",
            "app",
            "app.etl",
            "load",
            "*.etl",
            "etl*",
            "app.*.etl*",
            "a*load*load",
        ] {
            assert!(!is_like(name, meant), "{meant}");
        }
    }
}
