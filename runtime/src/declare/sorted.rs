//! Walking the keys of a map in descending order, in const context, without a sorted copy.

use core::cmp::Ordering;

use super::Variable;

/// The keys of a list that is written as a protobuf map.
pub(crate) enum Keys<'a, V> {
    /// Of entries with values of any kind.
    Entries(&'a [(&'a str, V)]),
    /// Of the variables of an interface.
    Variables(&'a [Variable]),
}

impl<'a, V> Keys<'a, V> {
    const fn len(&self) -> usize {
        match self {
            Keys::Entries(list) => list.len(),
            Keys::Variables(list) => list.len(),
        }
    }

    const fn at(&self, index: usize) -> &'a str {
        match self {
            Keys::Entries(list) => list[index].0,
            Keys::Variables(list) => list[index].name,
        }
    }
}

/// Whether the keys are in ascending order, each there once.
pub(crate) const fn is_sorted<V>(keys: &Keys<'_, V>) -> bool {
    let mut index = 1;
    while index < keys.len() {
        if !matches!(compare(keys.at(index - 1), keys.at(index)), Ordering::Less) {
            return false;
        }
        index += 1;
    }
    true
}

/// Where the greatest key below `bound` is (of all keys without one); of equal keys the last.
pub(crate) const fn last_below<V>(keys: &Keys<'_, V>, bound: Option<&str>) -> Option<usize> {
    let mut found: Option<usize> = None;
    let mut index = 0;
    while index < keys.len() {
        let key = keys.at(index);
        let below = match bound {
            Some(bound) => matches!(compare(key, bound), Ordering::Less),
            None => true,
        };
        let greatest = match found {
            Some(found) => !matches!(compare(key, keys.at(found)), Ordering::Less),
            None => true,
        };
        if below && greatest {
            found = Some(index);
        }
        index += 1;
    }
    found
}

/// `str::cmp`, in const context.
pub(crate) const fn compare(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut index = 0;
    while index < left.len() && index < right.len() {
        if left[index] != right[index] {
            return if left[index] < right[index] {
                Ordering::Less
            } else {
                Ordering::Greater
            };
        }
        index += 1;
    }
    if left.len() == right.len() {
        Ordering::Equal
    } else if left.len() < right.len() {
        Ordering::Less
    } else {
        Ordering::Greater
    }
}
