//! Iterates over the keys of a map in descending order, in const context, without a sorted copy.

use core::cmp::Ordering;

use super::{Argument, Variable};

/// The keys of a list that is written as a protobuf map.
pub(crate) enum Keys<'a, V> {
    /// Entries with values of any kind.
    Entries(&'a [(&'a str, V)]),
    /// The variables of an interface.
    Variables(&'a [Variable]),
    /// The arguments of a node.
    Arguments(&'a [Argument<'a>]),
}

impl<'a, V> Keys<'a, V> {
    const fn len(&self) -> usize {
        match self {
            Keys::Entries(list) => list.len(),
            Keys::Variables(list) => list.len(),
            Keys::Arguments(list) => list.len(),
        }
    }

    const fn at(&self, index: usize) -> &'a str {
        match self {
            Keys::Entries(list) => list[index].0,
            Keys::Variables(list) => list[index].name,
            Keys::Arguments(list) => list[index].variable,
        }
    }
}

/// Whether the keys are in ascending order, without duplicates.
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

/// The indexes of the keys in descending order; of equal keys only the last.
///
/// The attribute sorts the keys that it knows, and then this only iterates. Other keys, such as a team's
/// constants, are sorted here.
#[expect(
    clippy::large_enum_variant,
    reason = "const evaluation has no place but its own values"
)]
pub(crate) enum Descending {
    /// A sorted list, from its end; the number of remaining keys.
    Sorted(usize),
    /// A heap, from its top.
    Heap(Heap),
}

impl Descending {
    /// The keys of a list.
    pub(crate) const fn of<V>(keys: &Keys<'_, V>) -> Self {
        if is_sorted(keys) {
            Descending::Sorted(keys.len())
        } else {
            Descending::Heap(Heap::of(keys))
        }
    }

    /// The index of the next key in the original list.
    pub(crate) const fn next<V>(&mut self, keys: &Keys<'_, V>) -> Option<usize> {
        match self {
            Descending::Sorted(0) => None,
            Descending::Sorted(left) => {
                *left -= 1;
                Some(*left)
            }
            Descending::Heap(heap) => heap.next(keys),
        }
    }
}

/// The keys of two lists in descending order, without duplicates.
pub(crate) struct Merged<'a, V> {
    lists: [Keys<'a, V>; 2],
    orders: [Descending; 2],
    next: [Option<&'a str>; 2],
}

impl<'a, V: Copy> Merged<'a, V> {
    /// The keys of these two lists.
    pub(crate) const fn of(one: &'a [(&'a str, V)], other: &'a [(&'a str, V)]) -> Self {
        let lists = [Keys::Entries(one), Keys::Entries(other)];
        let orders = [Descending::of(&lists[0]), Descending::of(&lists[1])];
        let mut merged = Merged {
            lists,
            orders,
            next: [None, None],
        };
        merged.advance(0);
        merged.advance(1);
        merged
    }

    /// The next key.
    pub(crate) const fn next(&mut self) -> Option<&'a str> {
        let order = match self.next {
            [Some(one), Some(other)] => compare(one, other),
            [Some(_), None] => Ordering::Greater,
            [None, Some(_)] => Ordering::Less,
            [None, None] => return None,
        };
        let [one, other] = self.next;
        if !matches!(order, Ordering::Less) {
            self.advance(0);
        }
        if !matches!(order, Ordering::Greater) {
            self.advance(1);
        }
        if matches!(order, Ordering::Less) {
            other
        } else {
            one
        }
    }

    const fn advance(&mut self, list: usize) {
        let keys = &self.lists[list];
        self.next[list] = match self.orders[list].next(keys) {
            Some(index) => Some(keys.at(index)),
            None => None,
        };
    }
}

/// Indexes, with the greatest key at the top.
pub(crate) struct Heap {
    places: [u16; Heap::ROOM],
    /// The number of remaining indexes.
    left: usize,
    /// The index that was returned last.
    given: Option<usize>,
}

impl Heap {
    /// The maximum number of keys that are sorted fast.
    const ROOM: usize = 2048;

    const fn of<V>(keys: &Keys<'_, V>) -> Self {
        let mut heap = Heap {
            places: [0; Heap::ROOM],
            left: keys.len(),
            given: None,
        };
        if heap.left <= Heap::ROOM {
            heap.fill(keys);
        }
        heap
    }

    #[expect(clippy::cast_possible_truncation, reason = "there is room for so many")]
    const fn fill<V>(&mut self, keys: &Keys<'_, V>) {
        let mut index = 0;
        while index < self.left {
            self.places[index] = index as u16;
            index += 1;
        }
        let mut root = self.left / 2;
        while root > 0 {
            root -= 1;
            self.sift(keys, root);
        }
    }

    /// Sinks the index at `root` to its position.
    const fn sift<V>(&mut self, keys: &Keys<'_, V>, mut root: usize) {
        loop {
            let mut greatest = root;
            let mut child = 2 * root + 1;
            while child < self.left && child <= 2 * root + 2 {
                if self.is_below(keys, greatest, child) {
                    greatest = child;
                }
                child += 1;
            }
            if greatest == root {
                return;
            }
            (self.places[root], self.places[greatest]) = (self.places[greatest], self.places[root]);
            root = greatest;
        }
    }

    /// Compares two keys; equal keys are ordered by their indexes.
    const fn is_below<V>(&self, keys: &Keys<'_, V>, one: usize, other: usize) -> bool {
        let (one, other) = (self.places[one] as usize, self.places[other] as usize);
        match compare(keys.at(one), keys.at(other)) {
            Ordering::Less => true,
            Ordering::Equal => one < other,
            Ordering::Greater => false,
        }
    }

    const fn next<V>(&mut self, keys: &Keys<'_, V>) -> Option<usize> {
        let bound = match self.given {
            Some(given) => Some(keys.at(given)),
            None => None,
        };
        self.given = if keys.len() <= Heap::ROOM {
            self.pop_below(keys, bound)
        } else {
            last_below(keys, bound)
        };
        self.given
    }

    const fn pop_below<V>(&mut self, keys: &Keys<'_, V>, bound: Option<&str>) -> Option<usize> {
        while self.left > 0 {
            let top = self.places[0] as usize;
            self.left -= 1;
            self.places[0] = self.places[self.left];
            self.sift(keys, 0);
            let is_new = match bound {
                Some(bound) => matches!(compare(keys.at(top), bound), Ordering::Less),
                None => true,
            };
            if is_new {
                return Some(top);
            }
        }
        None
    }
}

/// The index of the greatest key below `bound` (of all keys without a bound); of equal keys the last.
const fn last_below<V>(keys: &Keys<'_, V>, bound: Option<&str>) -> Option<usize> {
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

/// `str::cmp`, in const context. Compares eight bytes at a time while they are equal, because patterns are
/// cheapest in const evaluation.
pub(crate) const fn compare(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    while let ([a, b, c, d, e, f, g, h, more @ ..], [s, t, u, v, w, x, y, z, others @ ..]) =
        (left, right)
        && *a == *s
        && *b == *t
        && *c == *u
        && *d == *v
        && *e == *w
        && *f == *x
        && *g == *y
        && *h == *z
    {
        (left, right) = (more, others);
    }
    loop {
        match (left, right) {
            ([one, more @ ..], [other, others @ ..]) => {
                if *one < *other {
                    return Ordering::Less;
                }
                if *one > *other {
                    return Ordering::Greater;
                }
                (left, right) = (more, others);
            }
            ([], []) => return Ordering::Equal,
            ([], _) => return Ordering::Less,
            (_, []) => return Ordering::Greater,
        }
    }
}

/// Whether the bytes are equal, in const context.
pub(crate) const fn equal(mut left: &[u8], mut right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    while let ([a, b, c, d, e, f, g, h, more @ ..], [s, t, u, v, w, x, y, z, others @ ..]) =
        (left, right)
    {
        if *a != *s
            || *b != *t
            || *c != *u
            || *d != *v
            || *e != *w
            || *f != *x
            || *g != *y
            || *h != *z
        {
            return false;
        }
        (left, right) = (more, others);
    }
    while let ([one, more @ ..], [other, others @ ..]) = (left, right) {
        if *one != *other {
            return false;
        }
        (left, right) = (more, others);
    }
    true
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{Descending, Keys, Merged, compare, equal};

    fn descending(entries: &[(&str, usize)]) -> Vec<usize> {
        let keys = Keys::Entries(entries);
        let mut order = Descending::of(&keys);
        std::iter::from_fn(|| order.next(&keys)).collect()
    }

    fn expected(entries: &[(&str, usize)]) -> Vec<usize> {
        let map: BTreeMap<_, _> = entries.iter().copied().collect();
        map.into_values().rev().collect()
    }

    proptest! {
        #[test]
        fn keys_come_from_the_greatest_to_the_least(keys in proptest::collection::vec("[ab.]{0,12}", 0..20)) {
            let entries: Vec<_> = keys.iter().enumerate().map(|(index, key)| (&**key, index)).collect();
            prop_assert_eq!(descending(&entries), expected(&entries));
            let sorted: BTreeMap<_, _> = entries.iter().copied().collect();
            let sorted: Vec<_> = sorted.into_keys().enumerate().map(|(index, key)| (key, index)).collect();
            prop_assert_eq!(descending(&sorted), expected(&sorted));
        }

        #[test]
        fn the_keys_of_two_lists_come_once(
            one in proptest::collection::vec("[ab.]{0,3}", 0..9),
            other in proptest::collection::vec("[ab.]{0,3}", 0..9),
        ) {
            let entries = |keys: &'static [String]| -> &'static [(&'static str, ())] {
                let entries: Vec<_> = keys.iter().map(|key| (&**key, ())).collect();
                entries.leak()
            };
            let all: std::collections::BTreeSet<_> = one.iter().chain(&other).cloned().collect();
            let mut merged = Merged::of(entries(one.leak()), entries(other.leak()));
            let merged: Vec<_> = std::iter::from_fn(|| merged.next()).collect();
            let expected: Vec<_> = all.iter().rev().map(|key| &**key).collect();
            prop_assert_eq!(merged, expected);
        }

        #[test]
        fn text_compares_as_text(left in "[ab]{0,20}", right in "[ab]{0,20}") {
            prop_assert_eq!(compare(&left, &right), left.cmp(&right));
            let same = format!("{left}{right}");
            prop_assert_eq!(compare(&same, &left), same.cmp(&left));
        }

        #[test]
        fn bytes_are_equal_or_not(left in "[ab]{0,20}", right in "[ab]{0,20}") {
            prop_assert_eq!(equal(left.as_bytes(), right.as_bytes()), left == right);
            prop_assert!(equal(left.as_bytes(), left.clone().as_bytes()));
        }
    }

    #[test]
    fn more_keys_than_there_is_room_for_are_sorted_too() {
        let keys: Vec<String> = (0..2100)
            .map(|index| (index * 7 % 2100).to_string())
            .collect();
        let entries: Vec<_> = keys
            .iter()
            .enumerate()
            .map(|(index, key)| (&**key, index))
            .collect();
        assert_eq!(descending(&entries), expected(&entries));
    }
}
