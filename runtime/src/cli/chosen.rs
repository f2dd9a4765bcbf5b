//! The entities that a command line names.

use clap::{Arg, ArgMatches};

use crate::register::order::in_order;
use crate::registry::{Found, NO_TASKS, Program, unknown_entity};

const NAMES: &str = "names";

/// The argument with the names.
pub(super) fn argument() -> Arg {
    Arg::new(NAMES)
        .value_name("NAME")
        .num_args(0..)
        .help("Only the entities with these names, and the entities that they use; `*` stands for any text [default: all]")
}

/// The named entities and the entities that they use, in the order in which Flyte accepts them; all entities
/// if none is named.
///
/// # Errors
///
/// If no entity has one of the names.
pub(super) fn entities<'p>(
    program: &'p Program,
    matches: &ArgMatches,
) -> Result<Vec<Found<'p>>, String> {
    let names: Vec<&String> = matches.get_many(NAMES).unwrap_or_default().collect();
    let entities = &program.entities;
    if entities.is_empty() {
        return Err(NO_TASKS.to_owned());
    }
    let unknown = |name: &&&String| !entities.names().any(|known| is_like(known, name));
    let unknown = names.iter().filter(unknown);
    let unknown: Vec<String> = unknown.map(|name| unknown_entity(entities, name)).collect();
    if !unknown.is_empty() {
        return Err(unknown.join("\n"));
    }
    let is_chosen = |found: &Found<'_>| {
        names.is_empty() || names.iter().any(|name| is_like(found.name(), name))
    };
    in_order(entities, entities.iter().filter(is_chosen))
}

/// Whether the name matches `meant`, in which `*` stands for any text.
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
