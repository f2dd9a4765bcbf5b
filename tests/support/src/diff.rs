//! Compares texts.

use similar::TextDiff;

/// The differences between two texts, in the format of `diff -u`; None if they are equal.
///
/// ```
/// let diff = flytekit_test_support::diff(("flytekit", "a\nb\n"), ("here", "a\nc\n"));
/// assert_eq!(diff, "--- flytekit\n+++ here\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
/// assert_eq!(flytekit_test_support::diff(("x", "a"), ("y", "a")), "");
/// ```
pub fn diff((left_name, left): (&str, &str), (right_name, right): (&str, &str)) -> String {
    let diff = TextDiff::from_lines(left, right);
    diff.unified_diff()
        .context_radius(4)
        .header(left_name, right_name)
        .to_string()
}
