//! The number of entities of each kind, in words.

use std::fmt;

use crate::register::spec::Spec;
use crate::registry::EntityKind;

/// `3 tasks, 1 workflow and 2 launch plans`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amounts {
    /// The numbers, in the order of the kinds.
    counts: [usize; 3],
}

impl Amounts {
    /// Counts these entities.
    pub(super) fn of<'s>(specs: impl IntoIterator<Item = &'s Spec>) -> Self {
        let mut counts = [0; 3];
        for spec in specs {
            counts[spec.kind() as usize - 1] += 1;
        }
        Amounts { counts }
    }
}

impl fmt::Display for Amounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = EntityKind::ALL.map(EntityKind::noun);
        let some = self.counts.iter().zip(kinds);
        let some = some.filter(|(count, _)| **count > 0);
        let words: Vec<String> = some
            .map(|(count, noun)| match count {
                1 => format!("1 {}", noun.singular),
                _ => format!("{count} {}", noun.plural),
            })
            .collect();
        match &*words {
            [before @ .., last] if !before.is_empty() => {
                write!(f, "{} and {last}", before.join(", "))
            }
            words => f.write_str(&words.concat()),
        }
    }
}
