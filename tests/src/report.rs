//! Reports of scripts about the cases that they compared.

use std::collections::BTreeMap;

/// Asserts that there are cases, and that none of them has a problem.
///
/// # Panics
///
/// With all problems, by the names of their cases.
///
/// ```
/// use std::collections::BTreeMap;
///
/// let cases = BTreeMap::from([("a list".to_owned(), Vec::new())]);
/// flytekit_tests::assert_no_problems(&cases);
/// ```
pub fn assert_no_problems(cases: &BTreeMap<String, Vec<String>>) {
    assert!(!cases.is_empty(), "no cases");
    let problems = cases.iter().filter(|(_, problems)| !problems.is_empty());
    let shown: Vec<_> = problems
        .map(|(case, problems)| format!("{case}:\n{}", problems.join("\n")))
        .collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}
