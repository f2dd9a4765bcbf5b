//! Names in Flyte.

use crate::text::has_blank;

/// The limit of a database column of Flyte Admin.
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
/// The problem, as the end of a sentence that begins with the value.
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

/// Checks the name of an executor of shim tasks, which flytekit uses as the path of a class: a module and a
/// class, joined by dots, such as `my_tools.queries.Executor`.
///
/// ```
/// use flytekit_grammar::executor_name;
/// assert!(executor_name("my_tools.queries.Executor").is_ok());
/// assert!(executor_name("Executor").is_err());
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the name.
pub const fn executor_name(text: &str) -> Result<(), &'static str> {
    const PROBLEM: &str = "is not the name of an executor: words joined by dots, the module's and the executor's, such as `my_tools.queries.Executor`";
    let bytes = text.as_bytes();
    let (mut at_start, mut has_dot) = (true, false);
    let mut index = 0;
    while index < bytes.len() {
        match bytes[index] {
            b'.' if !at_start => (at_start, has_dot) = (true, true),
            b'0'..=b'9' if !at_start => {}
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => at_start = false,
            _ => return Err(PROBLEM),
        }
        index += 1;
    }
    if at_start || !has_dot {
        Err(PROBLEM)
    } else {
        Ok(())
    }
}

/// Checks a key of the backend plugin's settings (`config`) in a task's template.
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the key.
pub const fn config_key(text: &str) -> Result<(), &'static str> {
    match text.as_bytes() {
        [] => Err("is empty: a setting needs a name"),
        b"primary_container_name" => {
            Err("is set by `pod_template(primary_container = …)`, not in `config`")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{config_key, executor_name, task_name};

    #[test]
    fn executors_are_in_modules() {
        for name in [
            "a.B",
            "flytekit.extras.sqlite3.task.SQLite3TaskExecutor",
            "größe.B",
            "_a._1",
        ] {
            assert!(executor_name(name).is_ok(), "{name}");
        }
        for name in ["", "B", ".B", "a.", "a..B", "a b.B", "a.1B", "a-b.B", "a:B"] {
            assert!(executor_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_setting_of_the_pod_is_not_one_of_the_plugin() {
        assert!(config_key("any key").is_ok());
        assert!(config_key("").is_err());
        assert!(config_key("primary_container_name").is_err());
    }

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
