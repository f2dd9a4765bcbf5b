//! The options of a Databricks run: the body of `POST /api/2.1/jobs/runs/submit` with one task, as far as
//! Flyte's connector leaves it to the task.

use crate::syntax::schema;

/// The Jobs API and the Clusters API of August 2026, with the names of Databricks' own SDK for Python: each
/// type is followed by its fields, and each field by its kind, unless it may be anything.
///
/// `environment_vars` is not part of the API: flytekit's connector writes it, and merges the task's own
/// variables.
const TYPES: &str = include_str!("api.txt");

/// The type of the whole request.
pub(super) const RUN: &str = "Run";

/// The kind of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Anything,
    Text,
    /// A whole number, not negative.
    Count,
    Number,
    Flag,
    Texts,
    /// An object with texts.
    Strings,
    /// One of these words, which are separated by bars.
    Word(&'static str),
    /// An object of this type.
    Object(&'static str),
    /// A list of objects of this type.
    Objects(&'static str),
    /// A list of objects of this type, with one member each.
    Choices(&'static str),
}

impl Kind {
    fn of(said: Option<&'static str>) -> Self {
        let Some(said) = said else {
            return Kind::Anything;
        };
        let between = |open, close| said.strip_prefix(open)?.strip_suffix(close);
        match said {
            "text" => Kind::Text,
            "count" => Kind::Count,
            "number" => Kind::Number,
            "flag" => Kind::Flag,
            "texts" => Kind::Texts,
            "strings" => Kind::Strings,
            of => {
                let word = between('(', ')').map(Kind::Word);
                let objects = || between('[', ']').map(Kind::Objects);
                let choices = || between('<', '>').map(Kind::Choices);
                let found = word.or_else(objects).or_else(choices);
                found.unwrap_or(Kind::Object(of))
            }
        }
    }

    /// The allowed words.
    pub(super) fn words(list: &'static str) -> Vec<&'static str> {
        list.split('|').collect()
    }
}

/// The fields of a type, by their names.
pub(super) fn names(of: &str) -> Vec<&'static str> {
    let fields = schema::fields(TYPES, of).unwrap_or_default();
    fields.into_iter().map(|(name, _)| name).collect()
}

/// The kind of a type's field, if the type has the field.
pub(super) fn kind(of: &str, field: &str) -> Option<Kind> {
    let fields = schema::fields(TYPES, of)?;
    let found = fields.into_iter().find(|(name, _)| *name == field);
    found.map(|(_, said)| Kind::of(said))
}

/// The name of a list's item in the attribute: `environments(environment(…))`.
pub(super) fn one_of(list: &str) -> String {
    match list {
        "access_control_list" => "access_control".to_owned(),
        _ if list.starts_with("on_") => "webhook".to_owned(),
        _ => list.trim_end_matches('s').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Kind, RUN, TYPES, kind, names};

    #[test]
    fn each_type_that_a_field_names_is_there_once_and_is_reached() {
        let heads: Vec<&str> = TYPES
            .lines()
            .filter_map(|line| line.strip_suffix(':'))
            .collect();
        let mut reached = BTreeSet::from([RUN]);
        for of in &heads {
            assert!(!names(of).is_empty(), "{of}");
            for name in names(of) {
                if let Some(Kind::Object(of) | Kind::Objects(of) | Kind::Choices(of)) =
                    kind(of, name)
                {
                    reached.insert(of);
                }
            }
        }
        assert_eq!(heads.len(), reached.len());
        assert_eq!(heads.into_iter().collect::<BTreeSet<_>>(), reached);
    }

    #[test]
    fn a_field_is_of_a_kind() {
        assert_eq!(kind(RUN, "run_name"), Some(Kind::Text));
        assert_eq!(kind(RUN, "tags"), Some(Kind::Strings));
        assert_eq!(kind(RUN, "libraries"), Some(Kind::Choices("Library")));
        assert_eq!(kind("QueueSettings", "enabled"), Some(Kind::Flag));
        let words = "PERFORMANCE_OPTIMIZED|STANDARD";
        assert_eq!(kind(RUN, "performance_target"), Some(Kind::Word(words)));
        assert_eq!(kind(RUN, "tasks"), None);
    }
}
