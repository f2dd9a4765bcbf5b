//! The order of names: the only sort of texts in a program.
//!
//! Each type that the standard library's sort is used for, also to collect a `BTreeMap`, adds six kilobytes to
//! a program. Everything with a name is sorted by these functions instead.

/// The indices of the names in sorted order. Equal names keep their order.
pub(crate) fn by_name<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<usize> {
    places(sorted(names.into_iter().zip(0..).collect()))
}

/// Like [`by_name`], but only the last of equal names remains, as in a map.
pub(crate) fn by_key<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<usize> {
    let mut sorted = sorted(names.into_iter().zip(0..).collect());
    sorted.reverse();
    sorted.dedup_by_key(|(name, _)| *name);
    sorted.reverse();
    places(sorted)
}

/// An unstable sort is enough: no two indices are equal.
fn sorted(mut names: Vec<(&str, usize)>) -> Vec<(&str, usize)> {
    names.sort_unstable();
    names
}

fn places(sorted: Vec<(&str, usize)>) -> Vec<usize> {
    sorted.into_iter().map(|(_, place)| place).collect()
}

/// Sorts the elements by their names.
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
