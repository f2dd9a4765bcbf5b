//! Names in Flyte.

use crate::text::has_blank;

/// What a database column of Flyte Admin holds.
const NAME_MAX: usize = 255;

/// Checks a task's name: not empty, at most 255 bytes, no blanks.
///
/// ```
/// use flytekit_grammar::task_name;
/// assert!(task_name("my_app.etl.sum_range").is_ok());
/// assert!(task_name("sum range").is_err());
/// ```
///
/// # Errors
///
/// What is wrong, as the end of a sentence that begins with the value.
pub const fn task_name(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        Err("is empty: a task needs a name")
    } else if text.len() > NAME_MAX {
        Err("is too long: a task's name has at most 255 bytes")
    } else if has_blank(text) {
        Err("has a blank in it: write the name with dots, such as `my_app.etl.sum_range`")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::task_name;

    #[test]
    fn names() {
        assert!(task_name("a.b_c-d").is_ok());
        assert!(task_name("").is_err());
        assert!(task_name("a b").is_err());
        assert!(task_name("a\n").is_err());
        assert!(task_name(&"a".repeat(255)).is_ok());
        assert!(task_name(&"a".repeat(256)).is_err());
    }
}
