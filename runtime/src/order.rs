//! The order of names: the one sort of texts that a program has.
//!
//! The standard library's sort takes six kilobytes of a program for each type that it sorts, and so does
//! collecting a `BTreeMap`. All that is sorted by a text is sorted by these functions instead.

/// The places of the names, from the first name to the last. Of equal names the first stays the first.
pub(crate) fn by_name<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<usize> {
    places(sorted(names.into_iter().zip(0..).collect()))
}

/// The same, of equal names the last place alone: as the keys of a map.
pub(crate) fn by_key<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<usize> {
    let mut sorted = sorted(names.into_iter().zip(0..).collect());
    sorted.reverse();
    sorted.dedup_by_key(|(name, _)| *name);
    sorted.reverse();
    places(sorted)
}

/// No two are equal, since no two have one place.
fn sorted(mut names: Vec<(&str, usize)>) -> Vec<(&str, usize)> {
    names.sort_unstable();
    names
}

fn places(sorted: Vec<(&str, usize)>) -> Vec<usize> {
    sorted.into_iter().map(|(_, place)| place).collect()
}

/// Sorts by name what has one.
pub(crate) fn sort_by_name<T>(all: Vec<T>, name: impl Fn(&T) -> &str) -> Vec<T> {
    let order = by_name(all.iter().map(name));
    let mut all: Vec<Option<T>> = all.into_iter().map(Some).collect();
    order
        .into_iter()
        .filter_map(|place| all[place].take())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_by_their_bytes() {
        assert_eq!(by_name(["b", "", "ä", "a", "B"]), [1, 4, 3, 0, 2]);
        assert_eq!(by_name([]), [0_usize; 0]);
    }

    #[test]
    fn of_equal_names_the_first_stays_the_first() {
        assert_eq!(by_name(["b", "a", "b", "a"]), [1, 3, 0, 2]);
        let pairs = vec![("b", 1), ("a", 2), ("b", 3)];
        let sorted = sort_by_name(pairs, |(name, _)| name);
        assert_eq!(sorted, [("a", 2), ("b", 1), ("b", 3)]);
    }

    #[test]
    fn of_equal_keys_the_last_counts() {
        assert_eq!(by_key(["b", "a", "b", "a", "c"]), [3, 2, 4]);
    }
}
