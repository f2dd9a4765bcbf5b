//! Tables of entries with unique names.

use std::fmt;
use std::ops::Deref;

use crate::order;

/// An entry that is found by its name.
pub trait Entry {
    /// The noun for messages.
    const NOUN: &'static Noun;

    /// The name.
    fn name(&self) -> &str;

    /// The location in the source: `file:line`.
    fn location(&self) -> String;

    /// Whether the other entry, which has the same name, is this one once more.
    fn is_again(&self, _other: &Self) -> bool {
        false
    }
}

/// The noun for entries of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Noun {
    /// The singular: `task`.
    pub singular: &'static str,
    /// The plural: `tasks`.
    pub plural: &'static str,
    /// How to rename an entry: `#[task(name = "…")]`.
    pub renaming: &'static str,
}

/// Entries, sorted by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<T> {
    entries: Vec<T>,
}

impl<T: Entry> Table<T> {
    /// A table of these entries.
    ///
    /// # Errors
    ///
    /// If two of them have the same name.
    pub fn new(entries: impl IntoIterator<Item = T>) -> Result<Self, Duplicate> {
        let mut entries = order::sort_by_name(entries.into_iter().collect(), T::name);
        entries.dedup_by(|second, first| first.name() == second.name() && first.is_again(second));
        for pair in entries.windows(2) {
            if pair[0].name() == pair[1].name() {
                return Err(Duplicate::of(&pair[0], &pair[1]));
            }
        }
        Ok(Table { entries })
    }

    /// The entry of this name.
    pub fn get(&self, name: &str) -> Option<&T> {
        let found = self.entries.binary_search_by(|it| it.name().cmp(name));
        Some(&self.entries[found.ok()?])
    }

    /// A table of the results of `of`, which must keep the names.
    pub(crate) fn map<U: Entry>(&self, of: impl FnMut(&T) -> U) -> Table<U> {
        let entries = self.entries.iter().map(of).collect();
        Table { entries }
    }

    /// The names of all entries.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(Entry::name)
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        let entries = Vec::new();
        Table { entries }
    }
}

impl<T> Deref for Table<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.entries
    }
}

impl<T> IntoIterator for Table<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Table<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

/// Two entries with the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Duplicate {
    /// The nouns of the two.
    pub nouns: [&'static Noun; 2],
    /// The name.
    pub name: String,
    /// The locations of the two.
    pub locations: [String; 2],
}

impl Duplicate {
    pub(super) fn of<T: Entry, U: Entry>(first: &T, second: &U) -> Self {
        let mut duplicate = Duplicate {
            nouns: [T::NOUN, U::NOUN],
            name: first.name().to_owned(),
            locations: [first.location(), second.location()],
        };
        // By location, so that a program always gives the same message.
        if T::NOUN == U::NOUN {
            duplicate.locations.sort_unstable();
        }
        duplicate
    }
}

impl fmt::Display for Duplicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Duplicate {
            nouns: [one, other],
            name,
            locations: [first, second],
        } = self;
        if one == other {
            write!(f, "two {} are", one.plural)?;
        } else {
            write!(f, "a {} and a {} are", one.singular, other.singular)?;
        }
        write!(
            f,
            " called `{name}`: one at {first}, one at {second}; rename one, or give it another name \
             with {}",
            one.renaming
        )?;
        if one != other {
            write!(f, " or {}", other.renaming)?;
        }
        Ok(())
    }
}

impl std::error::Error for Duplicate {}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Plan(&'static str, u32);

    impl Entry for Plan {
        const NOUN: &'static Noun = &Noun {
            singular: "plan",
            plural: "plans",
            renaming: "#[plan(name = \"…\")]",
        };

        fn name(&self) -> &str {
            self.0
        }

        fn location(&self) -> String {
            format!("src/main.rs:{}", self.1)
        }
    }

    #[test]
    fn entries_are_found_by_name() {
        let table = Table::new([Plan("b", 1), Plan("c", 2), Plan("a", 3)]).unwrap();
        assert_eq!(table.names().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(table.get("c"), Some(&Plan("c", 2)));
        assert_eq!(table.get("aa"), None);
        assert_eq!(table.len(), 3);
        assert!(Table::<Plan>::default().get("a").is_none());
    }

    #[test]
    fn a_name_is_that_of_one_entry() {
        for entries in [
            [Plan("a", 7), Plan("b", 1), Plan("a", 3)],
            [Plan("a", 3), Plan("a", 7), Plan("b", 1)],
        ] {
            let duplicate = Table::new(entries).unwrap_err();
            assert_eq!(
                duplicate.to_string(),
                "two plans are called `a`: one at src/main.rs:3, one at src/main.rs:7; rename one, \
                 or give it another name with #[plan(name = \"…\")]"
            );
        }
    }
}
